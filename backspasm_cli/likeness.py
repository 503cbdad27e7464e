"""How much a text sounds like those in which people described an emergency: a second look, where no rule found one.

Rules know what to look for; people find words that nobody foresaw. This looks at all words and concepts of a text at once,
each with a weight learnt from labelled statements (a logistic regression, see `likening`), so that several faint hints
together are heard. Knows no medical word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

from backspasm_cli.packed import Packed

_RUN = 3  # sentences that are looked at together; what follows or goes before can then not drown them


class Weight(msgspec.Struct, frozen=True, array_like=True):
    """What one feature says: for an emergency (above 0) or against it, and for which flags, by number, how strongly."""

    danger: float
    flags: dict[int, float]


class LikenessTables(msgspec.Struct, frozen=True):
    """Learnt weights, ready to be stored.

    `features` are packed, and "<name>" holds the most that a concept can say, whatever is asserted of it; `bias` is the sum
    with which a text begins, `at` the one from which on it is taken for an emergency; `flags` are the ids of the flags.
    """

    bias: float
    at: float
    flags: list[str]
    features: memoryview


def features_of(stems: list[str], concepts: Iterable[tuple[str, str]]) -> set[str]:
    """What a stretch of text is judged by: its words, its neighbouring words, and its concepts with what is asserted of each.

    `stems` are those words that are said to be so: a denied symptom is no hint of one. A concept of which it is not known yet
    what is asserted ("") says the most it can.
    """
    pairs = (f"{one} {two}" for one, two in pairwise(stems))
    return {*stems, *pairs, *(f"<{name}>{status}" for name, status in concepts)}


def runs(sentences: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches of text that are judged, the shortest first: every sentence, every two, every three that follow each other."""
    for length in range(1, _RUN + 1):
        for first in range(len(sentences) - length + 1):
            yield sentences[first][0], sentences[first + length - 1][1]


class Likeness:
    """Judges stretches of text by what they hold."""

    def __init__(self, tables: LikenessTables) -> None:
        self._tables = tables
        self._features = Packed(tables.features)
        self._known: dict[str, Weight] = {}

    def _weight(self, feature: str) -> Weight | None:
        weight = self._known.get(feature)
        if weight is None and (entry := self._features.get(feature)) is not None:
            # Unknown words are not remembered: a stream of nonsense must not grow memory without end.
            weight = self._known[feature] = msgspec.msgpack.decode(entry, type=Weight)
        return weight

    def excess(self, features: Iterable[str]) -> float:
        """How far the features together lie above (or, negative, below) the sum from which on a text is taken for an emergency."""
        weights = (self._weight(feature) for feature in features)
        return self._tables.bias - self._tables.at + sum(weight.danger for weight in weights if weight)

    def flag(self, features: Iterable[str]) -> str:
        """The flag that fits the features best."""
        scores = dict.fromkeys(range(len(self._tables.flags)), 0.0)
        for feature in features:
            weight = self._weight(feature)
            for number, lift in weight.flags.items() if weight else ():
                scores[number] += lift
        return self._tables.flags[max(scores, key=scores.__getitem__)]
