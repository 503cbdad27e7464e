"""Concepts: one idea in all the words people have for it, found in a reading. Knows no medical word; the words are data.

How the words are written is the pattern language of `patterns`, which compiles them into the tables used here.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from backspasm_cli.language import Reading
from backspasm_cli.packed import Packed, Rows

#: The words from the first up to but not including the last, by their place in a reading.
Span = tuple[int, int]

_MOST_FILLERS = 3
_NEAR = 8  # words between the two parts of `first & second`
_MOST_REMEMBERED = 50_000
_MOST_IN_SENTENCE = 50  # occurrences of one concept; a sentence with more is a paste accident


class Element(NamedTuple):
    """What may stand at one place of a pattern: words (as stems), <concepts>, or numbers in `ranges`; and the gap before it."""

    symbols: tuple[str, ...]
    gap: int
    ranges: tuple[tuple[float, float], ...] = ()


class Pattern(NamedTuple):
    """A way of saying a concept: one sequence of elements, or several that stand near each other in any order."""

    concept: str
    parts: tuple[tuple[Element, ...], ...]


class Watch(NamedTuple):
    """What is filed under one symbol (a stem, "=word", "#" or "<concept>") for one level of composition.

    `units` are the concepts for which the symbol alone is enough; `pairs` has, for each other symbol that must stand in the
    same sentence ("" where none must), the numbers of the patterns that are then worth a look.
    """

    level: int
    units: list[str]
    pairs: dict[str, list[int]]


class ConceptTables(msgspec.Struct, frozen=True):
    """Compiled concepts, ready to be stored.

    `patterns` are rows; `symbols` has the watches of every symbol; `exact` are the words whose exact form counts; `depth` is
    how many levels of composition there are.
    """

    fillers: list[str]
    blockers: list[str]
    exact: list[str]
    depth: int
    patterns: memoryview
    symbols: memoryview


class _Place(NamedTuple):
    """One place of a decoded pattern: the only symbol that may stand there ("" when there are several), all of them, ranges, gap."""

    only: str
    symbols: frozenset[str]
    ranges: tuple[tuple[float, float], ...]
    gap: int


class _Waiting(NamedTuple):
    """A decoded pattern with what a sentence must hold for it to be worth a look: all of `singles`, and one of each of `choices`."""

    symbol: str
    singles: frozenset[str]
    choices: tuple[frozenset[str], ...]
    parts: tuple[tuple[_Place, ...], ...]


def _waiting(pattern: Pattern) -> _Waiting:
    parts = tuple(
        tuple(_Place(one.symbols[0] if len(one.symbols) == 1 else "", frozenset(one.symbols), one.ranges, one.gap) for one in part)
        for part in pattern.parts
    )
    places = [place for part in parts for place in part]
    singles = frozenset(place.only for place in places if place.only)
    return _Waiting(f"<{pattern.concept}>", singles, tuple(place.symbols for place in places if not place.only), parts)


class ConceptIndex:
    """Finds concepts; a sentence touches, and decodes, only the patterns that its words allow."""

    def __init__(self, tables: ConceptTables) -> None:
        self.fillers = frozenset(tables.fillers)
        self.blockers = frozenset(tables.blockers)
        self._exact = frozenset(tables.exact)
        self._depth = tables.depth
        self._rows = Rows(tables.patterns)
        self._symbols = Packed(tables.symbols)
        self._watches: dict[str, list[Watch]] = {}
        self._decoded: dict[int, _Waiting] = {}

    def _watches_of(self, symbol: str) -> list[Watch]:
        found = self._watches.get(symbol)
        if found is None:
            if len(self._watches) > _MOST_REMEMBERED:  # a stream of nonsense must not grow memory without end
                self._watches.clear()
            entry = self._symbols.get(symbol)
            found = self._watches[symbol] = [] if entry is None else msgspec.msgpack.decode(entry, type=list[Watch])
        return found

    def _pattern(self, number: int) -> _Waiting:
        pattern = self._decoded.get(number)
        if pattern is None:
            pattern = self._decoded[number] = _waiting(msgspec.msgpack.decode(self._rows[number], type=Pattern))
        return pattern

    def find(self, reading: Reading) -> dict[str, list[Span]]:
        """Every concept in the reading with its places, in order; time grows linearly with the number of sentences."""
        found: dict[str, list[Span]] = {}
        for first, last in reading.sentences():
            for symbol, spans in self._find_in(reading, first, last):
                found.setdefault(symbol[1:-1], []).extend(spans)
        return found

    def _find_in(self, reading: Reading, first: int, last: int) -> list[tuple[str, list[Span]]]:
        """The concepts of one sentence, as symbols, each with its places in order."""
        where = self._words_of(reading, first, last)
        sentence = _Sentence(where, reading, last, self.fillers, self.blockers)
        # By level, so that a pattern is looked at only when all that it may name has been found.
        levels: list[list[tuple[str, Watch]]] = [[] for _ in range(self._depth)]
        for symbol in where:
            for watch in self._watches_of(symbol):
                levels[watch.level].append((symbol, watch))
        where[""] = []
        found: list[tuple[str, list[Span]]] = []
        for watches in levels:
            new: dict[str, set[Span]] = {}
            looked_at: set[int] = set()
            for symbol, watch in watches:
                for unit in watch.units:
                    new.setdefault(unit, set()).update(where[symbol])
                for second in watch.pairs.keys() & where.keys():
                    for number in watch.pairs[second]:
                        if number not in looked_at:
                            looked_at.add(number)
                            pattern = self._pattern(number)
                            spans = sentence.match(pattern)
                            if spans and len(new.get(pattern.symbol, ())) < _MOST_IN_SENTENCE:
                                new.setdefault(pattern.symbol, set()).update(spans)
            for symbol, places in new.items():
                where[symbol] = sorted(places)
                found.append((symbol, where[symbol]))
                for watch in self._watches_of(symbol):
                    levels[watch.level].append((symbol, watch))
        return found

    def _words_of(self, reading: Reading, first: int, last: int) -> dict[str, list[Span]]:
        """The symbols of the words of a sentence, each with its places in order."""
        where: dict[str, list[Span]] = {}
        for place in range(first, last):
            symbol, word = reading.stems[place], reading.words[place]
            span = (place, place + 1)
            where.setdefault(symbol, []).append(span)
            # "leg's" folds to "legs", but is no plural: an exact form is one that was typed without an apostrophe.
            if word in self._exact and reading.text[slice(*reading.spans[place])].isalnum():
                where.setdefault(f"={word}", []).append(span)
            if symbol[0].isdigit():
                where.setdefault("#", []).append(span)
        return where


class _Sentence:
    """What was found in a sentence so far (`where`: the places of each symbol, in order), and whether a pattern matches it."""

    def __init__(
        self, where: dict[str, list[Span]], reading: Reading, last: int, fillers: frozenset[str], blockers: frozenset[str]
    ) -> None:
        self._where, self._reading, self._last, self._fillers, self._blockers = where, reading, last, fillers, blockers
        self._longest: dict[str, dict[int, int]] = {}

    def match(self, pattern: _Waiting) -> list[Span]:
        """The words that the pattern covers, each place at which it starts once."""
        present = self._where.keys()
        if not present >= pattern.singles or any(map(present.isdisjoint, pattern.choices)):
            return []
        spans = self._sequences(pattern.parts[0])
        for part in pattern.parts[1:]:
            if not spans:
                return []
            others = self._sequences(part)
            spans = [
                (min(a, c), max(b, d))
                for a, b in spans
                for c, d in others
                if (b <= c and self._open(b, c)) or (d <= a and self._open(d, a))
            ]
        return spans

    def _open(self, start: int, end: int) -> bool:
        """Whether two things may belong together across the words from `start` up to `end`."""
        if end - start > _NEAR:
            return False
        reading = self._reading
        return all(
            reading.stops[place] in ("", ",") and (place == end or reading.stems[place] not in self._blockers)
            for place in range(start, end + 1)
        )

    def _sequences(self, elements: tuple[_Place, ...]) -> list[Span]:
        spans: list[Span] = []
        for start, end in self._places(elements[0]):
            reached = self._rest(elements, 1, end)
            if reached is not None:
                spans.append((start, reached))
        return spans

    def _places(self, element: _Place) -> list[Span]:
        where = self._where
        if element.only and not element.ranges:
            return where.get(element.only, [])
        words = self._reading.words
        return [
            span
            for symbol in where.keys() & element.symbols
            for span in where[symbol]
            if symbol != "#" or any(low <= _number(words[span[0]]) <= high for low, high in element.ranges)
        ]

    def _ends(self, element: _Place) -> dict[int, int]:
        """For every word at which the element may start, where it ends at the latest."""
        if element.only and not element.ranges:
            ends = self._longest.get(element.only)
            if ends is None:
                ends = self._longest[element.only] = dict(self._where.get(element.only, ()))
            return ends
        return dict(sorted(self._places(element)))

    def _rest(self, elements: tuple[_Place, ...], number: int, place: int) -> int | None:
        """Match the elements from `number` on, at or after `place`; where they end, or None."""
        if number == len(elements):
            return place
        element = elements[number]
        ends = self._ends(element)
        stops, stems = self._reading.stops, self._reading.stems
        skipped = fillers = 0
        while place < self._last and (place == 0 or stops[place] in ("", ",")):
            if place in ends:
                reached = self._rest(elements, number + 1, ends[place])
                if reached is not None:
                    return reached
            symbol = stems[place]
            if symbol in self._fillers and fillers < _MOST_FILLERS:
                fillers += 1
            elif skipped < element.gap and symbol not in self._blockers:
                skipped += 1
            else:
                return None
            place += 1
        return None


def _number(word: str) -> float:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return float("nan")
