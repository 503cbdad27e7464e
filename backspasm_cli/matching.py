"""Question -> ranked topics, each with a confidence and the words that counted.

What speaks for a topic is evidence of two kinds, learnt from the phrasings and summed over the words and concepts of
the question: how many of the topic's phrasings use a word that few other topics use, and how close the nearest few
phrasings come to the whole question. Rivals (subjects that are not ours: knees, phones) compete in the same way, so
that a question about them is refused rather than bent to fit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from heapq import nlargest
from typing import Literal

import msgspec

from backspasm_cli.concepts import ConceptIndex
from backspasm_cli.knowledge import Slug
from backspasm_cli.language import Reading
from backspasm_cli.packed import Packed

Status = Literal["answered", "ambiguous", "no_match"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The numbers of matching, each found by measurement (see CONTRIBUTING); all live in data/matching.json."""

    saturation: float
    summary_weight: float
    nearest: int
    nearest_weight: float
    concept_weight: float
    ours: dict[str, float]
    right: dict[str, float]
    ours_at: float
    answered_at: float
    lead_at: float
    basic_topics: list[Slug]


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A topic and how likely it answers the question: confidence, 0 to 1."""

    topic: str
    confidence: float


class Reason(msgspec.Struct, frozen=True):
    """A word that counted: as typed, what it was taken for ("" when itself), and its share of the evidence, 0 to 1."""

    typed: str
    taken_for: str
    share: float


class Match(msgspec.Struct, frozen=True):
    """The outcome: `status`, the best topics first, whether the first of them leads (is to be shown), and, when asked for, why."""

    status: Status
    candidates: tuple[Candidate, ...]
    leads: bool = False
    reasons: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()


class Feature(msgspec.Struct, frozen=True, array_like=True):
    """What one word or concept of a question says.

    `worth` is its rarity over topics, squared; `leaning` is how much more often it stands in our phrasings than in those of
    the rivals, as a logarithm of odds; `evidence` is how strongly it speaks for each topic, by number; `phrasings` says in
    which of each topic's phrasings it stands, counted within the topic, and `spread` in how many in all.
    """

    worth: float
    leaning: float
    evidence: dict[int, float]
    phrasings: dict[int, list[int]]
    spread: int


class MatchTables(msgspec.Struct, frozen=True):
    """What was learnt from a set of topics, ready to be stored (see `learning`). `features` are packed, each decoded when first asked for.

    `topics` holds our ids first (the first `ours`), then the rivals; `verbatim` (packed) has the topic of each phrasing,
    by its stems; `lengths` has for every topic an array, one 32-bit float a phrasing: how much evidence it holds.
    """

    topics: list[str]
    ours: int
    features: memoryview
    verbatim: memoryview
    lengths: list[memoryview]
    domain: list[str]
    empty: list[str]
    settings: Settings


def features_of(reading: Reading, lexicon: ConceptIndex) -> set[str]:
    """The words (as stems) and the concepts (as "<name>") of a text."""
    features = set(reading.stems)
    for part in reading.windows():
        features.update(f"<{concept}>" for concept in lexicon.find(part).names)
    return features


class Matcher:
    """Ranks the topics for a question, well under a millisecond at the bundled size."""

    def __init__(self, tables: MatchTables, lexicon: ConceptIndex) -> None:
        self._tables, self._lexicon, self._settings = tables, lexicon, tables.settings
        self._domain = frozenset(tables.domain)
        self._little = self._domain.union(tables.empty)
        self.topics = tables.topics
        self._ours = tables.ours
        self._lengths = [lengths.cast("f") for lengths in tables.lengths]
        self._phrasings = sum(map(len, self._lengths))
        self._features = Packed(tables.features)
        self._verbatim = Packed(tables.verbatim)
        self._decoded: dict[str, Feature] = {}

    def _feature(self, name: str) -> Feature | None:
        feature = self._decoded.get(name)
        if feature is None and (entry := self._features.get(name)) is not None:
            # Unknown words are not remembered: a stream of nonsense must not grow memory without end.
            feature = self._decoded[name] = msgspec.msgpack.decode(entry, type=Feature)
        return feature

    def match(self, reading: Reading, *, top: int, explain: bool = False) -> Match:
        """Rank the topics for a question and decide between the three outcomes."""
        if self.says_little(reading):
            return self._only_domain_words(reading, top)
        evidence = self.weigh(reading)
        order = evidence.ranked(top + 1)
        if not order:
            return Match("no_match", ())
        signals = self.signals(evidence, order, reading)
        settings = self._settings
        ours = _logistic(settings.ours, signals)
        right = _logistic(settings.right, signals)
        if order[0] == evidence.verbatim:
            ours = right = _VERBATIM
        confidence = ours * right
        best = evidence.scores[order[0]]
        candidates = [Candidate(self.topics[order[0]], round(confidence, 3))]
        for number in order[1:top]:
            share = evidence.scores[number] / best
            candidates.append(Candidate(self.topics[number], round(min(confidence, ours * (1 - right) * share), 3)))
        status: Status = "no_match" if ours < settings.ours_at else "answered" if confidence >= settings.answered_at else "ambiguous"
        reasons: tuple[Reason, ...] = ()
        against: tuple[Reason, ...] = ()
        if explain:
            reasons = self._reasons(evidence, reading, order[0])
            against = self._reasons(evidence, reading, order[1]) if len(order) > 1 else ()
        return Match(status, tuple(candidates), status != "no_match" and confidence >= settings.lead_at, reasons, against)

    def says_little(self, reading: Reading) -> bool:
        """Whether a question holds nothing but words such as "my back hurts", which say that it is ours but not what it is about."""
        return all(one in self._little for one in reading.stems)

    def _only_domain_words(self, reading: Reading, top: int) -> Match:
        """Such a question gets the choice of the basic topics, if it holds one word of the subject and not only filler."""
        known = [name for name in self._settings.basic_topics if name in self.topics[: self._ours]][:top]
        if not known or not any(one in self._domain for one in reading.stems):
            return Match("no_match", ())
        return Match("ambiguous", tuple(Candidate(name, round(0.5 / len(known), 3)) for name in known))

    def weigh(self, reading: Reading) -> Evidence:
        """What speaks for every topic and rival."""
        features = features_of(reading, self._lexicon)
        by_word = [0.0] * len(self.topics)
        telling: list[Feature] = []
        too_common = self._phrasings * _TOO_COMMON
        says_little = len(self.topics) * _SAYS_LITTLE
        length = leaning = strangest = 0.0
        known = 0
        for name in features:
            feature = self._feature(name)
            if feature is None:
                continue
            length += feature.worth
            leaning += feature.leaning
            strangest = min(strangest, feature.leaning)
            known += 1
            if len(feature.evidence) < says_little:
                for number, evidence in feature.evidence.items():
                    by_word[number] += evidence
            if feature.spread < too_common:
                telling.append(feature)
        least = max(nlargest(_LIKELY, by_word)[-1], _NOTHING)
        likely = [number for number, evidence in enumerate(by_word) if evidence >= least]
        entry = self._verbatim.get(" ".join(reading.stems))
        verbatim = None if entry is None else msgspec.msgpack.decode(entry, type=int)
        near = {number: self._nearness(number, telling) / (math.sqrt(length) or 1.0) for number in likely}
        most_by_word = max(by_word)
        scale = self._settings.nearest_weight / (max(near.values(), default=0.0) or 1.0)
        scores = {number: by_word[number] / most_by_word + closeness * scale for number, closeness in near.items()}
        if verbatim is not None:  # a phrasing typed word for word is the question of its topic, whatever else speaks for others
            scores[verbatim] = scores.get(verbatim, 0.0) + 1.0
        return Evidence(features, length, leaning / math.sqrt(known or 1), strangest, verbatim, by_word, near, scores, self._ours)

    def _nearness(self, number: int, features: list[Feature]) -> float:
        """How close the nearest few phrasings of a topic come to these features: what they share, by the length of the phrasing."""
        shared: dict[int, float] = {}
        for feature in features:
            if number in feature.phrasings:
                for place in feature.phrasings[number]:
                    shared[place] = shared.get(place, 0.0) + feature.worth
        lengths, nearest = self._lengths[number], self._settings.nearest
        closeness = [evidence / lengths[place] for place, evidence in shared.items()]
        closeness.sort()
        return sum(closeness[-nearest:]) / nearest

    def signals(self, evidence: Evidence, order: list[int], reading: Reading) -> dict[str, float]:
        """What tells whether a question is ours and the best topic right, each about 0 to 1."""
        best = order[0]
        first = evidence.scores[best]
        second = evidence.scores[order[1]] if len(order) > 1 else 0.0
        rival = max((number for number in evidence.scores if number >= self._ours), key=evidence.scores.__getitem__, default=None)
        words = [one for one in set(reading.stems) if one not in self._little]
        unknown = sum(1 for one in words if self._feature(one) is None) / max(1, len(words))
        return {
            "leaning": evidence.leaning / 3,
            "strangest": evidence.strangest / 3,
            "near": evidence.near.get(best, 0.0),
            "covered": evidence.by_word[best] / (evidence.length or 1.0),
            "margin": (first - second) / (first or 1.0),
            "rival": evidence.scores[rival] / (first or 1.0) if rival is not None else 0.0,
            "rival_near": evidence.near.get(rival, 0.0) if rival is not None else 0.0,
            "unknown": unknown,
            "domain": float(any(one in self._domain for one in reading.stems)),
            "long": min(1.0, len(words) / 30),
            "short": float(len(words) < 3),
        }

    def _reasons(self, evidence: Evidence, reading: Reading, number: int) -> tuple[Reason, ...]:
        """The words that counted for one topic, the strongest first, as typed."""
        places: dict[str, tuple[int, int]] = {}
        for place, one in enumerate(reading.stems):
            places.setdefault(one, (place, place + 1))
        found = self._lexicon.find(reading)
        places.update((f"<{concept}>", found.spans(concept)[0]) for concept in found.names)
        counted: list[tuple[float, str]] = []
        for feature in evidence.features:
            known = self._feature(feature)
            if known and number in known.evidence:
                counted.append((known.evidence[number], feature))
        counted.sort(reverse=True)
        total = sum(worth for worth, _ in counted) or 1.0
        reasons = []
        for worth, feature in counted[:6]:
            first, last = places[feature]
            typed = reading.quote(first, last)[2]
            repair = reading.repairs.get(first) if last == first + 1 else None
            taken = feature[1:-1].replace("-", " ") if feature[0] == "<" else repair.taken_for if repair else ""
            reasons.append(Reason(typed, taken, round(worth / total, 3)))
        return tuple(reasons)


_VERBATIM = 0.98  # how sure one may be of a question that stands word for word among a topic's phrasings
_TOO_COMMON = 0.04  # a feature of more than this share of all phrasings says nothing about which is nearest
_LIKELY = 16  # topics and rivals, those with most evidence by words, whose phrasings are looked at
_NOTHING = 1e-9  # less evidence than any word gives
_SAYS_LITTLE = 0.5  # a feature of more than this share of all topics and rivals speaks for none of them


class Evidence(msgspec.Struct, frozen=True):
    """What a question holds for the topics and, numbered after them, the rivals.

    `by_word` is what its words and concepts say for each; for the likely ones, `near` is how close their nearest phrasings
    come, and `scores` joins the two.
    `length` is what all its known features are worth; `leaning` how much they sound like ours (above 0) or the rivals',
    `strangest` the leaning of the feature that sounds least like ours; `verbatim` the topic that has it word for word.
    """

    features: set[str]
    length: float
    leaning: float
    strangest: float
    verbatim: int | None
    by_word: list[float]
    near: dict[int, float]
    scores: dict[int, float]
    ours: int

    def ranked(self, most: int) -> list[int]:
        """The numbers of the best topics of ours that have any evidence, best first."""
        found = [number for number, score in self.scores.items() if number < self.ours and score > 0]
        found.sort(key=lambda number: (-self.scores[number], number))
        return found[:most]


def _logistic(weights: Mapping[str, float], signals: Mapping[str, float]) -> float:
    total = weights.get("bias", 0.0) + sum(weight * signals[name] for name, weight in weights.items() if name != "bias")
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
