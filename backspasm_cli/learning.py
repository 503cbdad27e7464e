"""Topics and their phrasings -> the evidence with which `matching` ranks them. Done once for a base, then stored."""

from __future__ import annotations

import math
from array import array
from collections import Counter
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
    read_texts = _Texts(ours)
    for number, group in enumerate(texts):
        for text, weight in group:
            reading = read(text, vocabulary)
            read_texts.add(number, sorted(features_of(reading, lexicon)), weight, " ".join(reading.stems))
    worth = read_texts.worth(settings, len(texts))
    verbatim = {text: msgspec.msgpack.encode(number) for text, number in read_texts.verbatim.items()}
    lengths: list[array[float]] = [array("f") for _ in texts]
    for number, found in read_texts.phrasings:
        lengths[number].append(math.sqrt(sum(worth[name] for name in found)) or 1.0)
    return MatchTables(
        topics=names,
        ours=ours,
        features=memoryview(pack(read_texts.features(worth, settings.saturation))),
        verbatim=memoryview(pack(verbatim)),
        lengths=[memoryview(own.tobytes()) for own in lengths],
        domain=[stem(word) for word in domain_words],
        empty=[stem(word) for word in empty_words],
        settings=settings,
    )


class _Texts:
    """What was read: the features of each phrasing, how much of each topic says a feature, and the topic of each phrasing."""

    def __init__(self, ours: int) -> None:
        self._ours = ours
        self._counts: dict[str, dict[int, float]] = {}
        self.phrasings: list[tuple[int, list[str]]] = []
        self.verbatim: dict[str, int] = {}

    def add(self, number: int, found: list[str], weight: float, stems: str) -> None:
        """Add one text of a topic. Only texts of full weight are phrasings; a summary is not how people ask."""
        if weight == 1.0:
            self.phrasings.append((number, found))
            if number < self._ours:
                self.verbatim.setdefault(stems, number)
        for name in found:
            per_topic = self._counts.setdefault(name, {})
            per_topic[number] = per_topic.get(number, 0.0) + weight

    def worth(self, settings: Settings, topics: int) -> dict[str, float]:
        """Rarity over topics, squared, where a topic that says a word once counts less than one that says it again and again."""
        k = settings.saturation
        found = {}
        for name, per_topic in self._counts.items():
            mass = sum(count / (count + k) for count in per_topic.values())
            found[name] = math.log(1 + topics / (mass + 0.5)) ** 2 * (settings.concept_weight if name[0] == "<" else 1.0)
        return found

    def features(self, worth: dict[str, float], k: float) -> dict[str, bytes]:
        """Each feature with what it says, ready to be stored."""
        standing: dict[str, dict[int, list[int]]] = {}
        read_before: Counter[int] = Counter()
        for number, found in self.phrasings:
            for name in found:
                standing.setdefault(name, {}).setdefault(number, []).append(read_before[number])
            read_before[number] += 1
        of_ours = sum(number < self._ours for number, _ in self.phrasings)
        of_rivals = len(self.phrasings) - of_ours
        features: dict[str, bytes] = {}
        for name, per_topic in self._counts.items():
            evidence = {number: worth[name] * count / (count + k) for number, count in per_topic.items()}
            standing_in = standing.get(name, {})
            count = sum(map(len, standing_in.values()))
            in_ours = sum(len(places) for number, places in standing_in.items() if number < self._ours)
            leaning = _log_odds(in_ours, of_ours) - _log_odds(count - in_ours, of_rivals) if of_rivals else 0.0
            features[name] = msgspec.msgpack.encode(Feature(worth[name], leaning, evidence, standing_in, count))
        return features


def _log_odds(count: int, of: int) -> float:
    """How often a word stands in a set of phrasings, as a logarithm, kept finite for words that never do."""
    return math.log((count + _PRIOR) / (of + 2 * _PRIOR))
