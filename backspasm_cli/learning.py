"""Topics and their phrasings -> the evidence with which `matching` ranks them. Done once for a base, then stored."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable

import msgspec

from backspasm_cli.concepts import ConceptIndex
from backspasm_cli.knowledge import Line, Slug, Topic
from backspasm_cli.language import Vocabulary, read, stem
from backspasm_cli.matching import Feature, MatchTables, Settings, features_of
from backspasm_cli.packed import pack


_PRIOR = 0.7  # sightings every word is given beforehand


class LexiconFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file of the lexicon: lay wordings by concept, spellings taken for a word, and words that say little.

    `domain_words` say that a question is ours but not what it is about ("back", "pain"); `empty_words` say nothing ("my", "have").
    """

    concepts: dict[Slug, list[Line]] = {}
    spellings: dict[str, str] = {}
    domain_words: list[str] = []
    empty_words: list[str] = []
    fillers: list[str] = []
    blockers: list[str] = []


class Rival(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A subject that is not ours to answer, with things that people ask about it."""

    id: Slug
    phrasings: list[Line]


class RivalFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The subjects that are not ours."""

    rivals: list[Rival]


def learn(
    topics: Iterable[Topic],
    rivals: Iterable[Rival],
    lexicon: ConceptIndex,
    vocabulary: Vocabulary,
    settings: Settings,
    domain_words: Iterable[str],
    empty_words: Iterable[str],
) -> MatchTables:
    """Read every phrasing of every topic and rival once, and weigh what each word and concept says."""
    names: list[str] = []
    texts: list[list[tuple[str, float]]] = []
    for topic in topics:
        names.append(topic.id)
        texts.append([(topic.question, 1.0), *((text, 1.0) for text in topic.phrasings), (topic.summary, settings.summary_weight)])
    ours = len(names)
    for rival in rivals:
        names.append(rival.id)
        texts.append([(text, 1.0) for text in rival.phrasings])
    counts: dict[str, dict[int, float]] = {}
    phrasings: list[tuple[int, list[str]]] = []
    verbatim: dict[str, int] = {}
    for number, group in enumerate(texts):
        for text, weight in group:
            reading = read(text, vocabulary)
            found = list(features_of(reading, lexicon, settings))
            if weight == 1.0:
                phrasings.append((number, found))
                if number < ours:
                    verbatim.setdefault(" ".join(reading.stems), number)
            for name in found:
                per_topic = counts.setdefault(name, {})
                per_topic[number] = per_topic.get(number, 0.0) + weight
    k = settings.saturation
    worth: dict[str, float] = {}
    for name, per_topic in counts.items():
        # Rarity over topics, where a topic that says a word once counts less than one that says it again and again.
        mass = sum(count / (count + k) for count in per_topic.values())
        worth[name] = math.log(1 + len(texts) / (mass + 0.5)) ** 2 * (settings.concept_weight if name[0] == "<" else 1.0)
    standing: dict[str, list[int]] = {}
    for place, (_, found) in enumerate(phrasings):
        for name in found:
            standing.setdefault(name, []).append(place)
    lengths = [math.sqrt(sum(worth[name] for name in found)) or 1.0 for _, found in phrasings]
    of_ours = sum(number < ours for number, _ in phrasings)
    of_rivals = len(phrasings) - of_ours
    features: dict[str, bytes] = {}
    for name, per_topic in counts.items():
        evidence = [worth[name] * count / (count + k) for count in per_topic.values()]
        places = standing.get(name, [])
        in_ours = sum(phrasings[place][0] < ours for place in places)
        leaning = _log_odds(in_ours, of_ours) - _log_odds(len(places) - in_ours, of_rivals)
        feature = Feature(worth[name], leaning if of_rivals else 0.0, list(per_topic), evidence, places)
        features[name] = msgspec.msgpack.encode(feature)
    return MatchTables(
        topics=names,
        ours=ours,
        features=memoryview(pack(features)),
        verbatim=memoryview(pack({text: msgspec.msgpack.encode(number) for text, number in verbatim.items()})),
        owner=memoryview(array("i", [number for number, _ in phrasings]).tobytes()),
        length=memoryview(array("f", lengths).tobytes()),
        domain=[stem(word) for word in domain_words],
        empty=[stem(word) for word in empty_words],
        settings=settings,
    )


def _log_odds(count: int, of: int) -> float:
    """How often a word stands in a set of phrasings, as a logarithm, kept finite for words that never do."""
    return math.log((count + _PRIOR) / (of + 2 * _PRIOR))
