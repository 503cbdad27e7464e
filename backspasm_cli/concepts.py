"""Concepts: one idea in all the words people have for it, found in a reading. Knows no medical word; the words are data.

How the words are written is the pattern language of `patterns`, which compiles them into the tables used here.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from backspasm_cli.language import Reading
from backspasm_cli.packed import Packed, Rows

#: The words from the first up to but not including the last, by their place in a reading.
Span = tuple[int, int]

_MOST_FILLERS = 3
_NEAR = 8  # words between the two parts of `first & second`
_NOWHERE: list[Span] = []

_MOST_IN_SENTENCE = 50  # occurrences of one concept; a sentence with more is a paste accident


class Element(msgspec.Struct, frozen=True, array_like=True):
    """What may stand at one place of a pattern: words (as stems), <concepts>, or numbers in `ranges`; and the gap before it."""

    symbols: tuple[str, ...]
    gap: int
    ranges: tuple[tuple[float, float], ...] = ()


class Pattern(msgspec.Struct, frozen=True, array_like=True):
    """A way of saying a concept: one sequence of elements, or several that stand near each other in any order."""

    concept: str
    parts: tuple[tuple[Element, ...], ...]


class Watch(msgspec.Struct, frozen=True, array_like=True):
    """What is filed under one symbol (a stem, "=word", "#" or "<concept>") for one level of composition.

    `units` are the concepts for which the symbol alone is enough; `pairs` has, for each other symbol that must stand in the
    same sentence ("" where none must), the numbers of the patterns that are then worth a look.
    """

    level: int
    units: list[str]
    pairs: dict[str, list[int]]


class Deferred(msgspec.Struct, frozen=True, array_like=True):
    """How a concept is found that is looked for only when asked about.

    Each of `words` and `concepts` (both symbols) is enough alone; `by_word` and `by_concept` have, for each symbol that must
    stand in the sentence, the numbers of the patterns that are then worth a look.
    """

    words: frozenset[str]
    concepts: list[str]
    by_word: dict[str, list[int]]
    by_concept: dict[str, list[int]]


#: How a concept is found that is looked for in every text: not at all when asked about.
NOT_DEFERRED = Deferred(frozenset(), [], {}, {})


_NOTHING: list[Watch] = []


class ConceptTables(msgspec.Struct, frozen=True):
    """Compiled concepts, ready to be stored.

    `patterns` are rows; `watches` has what is filed under every symbol, `deferred` how to find the concepts that are not looked
    for in every text; `exact` are the words whose exact form counts; `depth` is how many levels of composition there are.
    """

    fillers: list[str]
    blockers: list[str]
    exact: list[str]
    depth: int
    patterns: memoryview
    watches: memoryview
    deferred: memoryview


class _Place(msgspec.Struct, frozen=True):
    """One place of a decoded pattern: the only symbol that may stand there ("" when there are several), all of them, ranges, gap."""

    only: str
    symbols: frozenset[str]
    ranges: tuple[tuple[float, float], ...]
    gap: int


class _Choice(msgspec.Struct, frozen=True):
    """Symbols of which one must stand in a sentence, and those of them that are concepts."""

    symbols: frozenset[str]
    concepts: tuple[str, ...]


class _Waiting(msgspec.Struct, frozen=True):
    """A decoded pattern, with what a sentence must hold for it to be worth a look: all `words`, all `concepts`, one of each choice."""

    symbol: str
    words: frozenset[str]
    concepts: tuple[str, ...]
    choices: tuple[_Choice, ...]
    parts: tuple[tuple[_Place, ...], ...]


def _waiting(pattern: Pattern) -> _Waiting:
    parts = tuple(
        tuple(_Place(one.symbols[0] if len(one.symbols) == 1 else "", frozenset(one.symbols), one.ranges, one.gap) for one in part)
        for part in pattern.parts
    )
    places = [place for part in parts for place in part]
    words = frozenset(place.only for place in places if place.only and place.only[0] != "<")
    concepts = tuple({place.only: None for place in places if place.only and place.only[0] == "<"})
    choices = tuple(_Choice(place.symbols, tuple(one for one in place.symbols if one[0] == "<")) for place in places if not place.only)
    return _Waiting(f"<{pattern.concept}>", words, concepts, choices, parts)


class ConceptIndex:
    """Finds concepts; a sentence touches, and decodes, only the patterns that its words allow."""

    def __init__(self, tables: ConceptTables) -> None:
        self.fillers = frozenset(tables.fillers)
        self.blockers = frozenset(tables.blockers)
        self.exact = frozenset(tables.exact)
        self.depth = tables.depth
        self._rows = Rows(tables.patterns)
        self._watches = Packed(tables.watches)
        self._deferred = Packed(tables.deferred)
        self._known_watches: dict[str, list[Watch]] = {}
        self._known_deferred: dict[str, Deferred] = {}
        self._known_reach: dict[str, frozenset[str]] = {}
        self._known_patterns: dict[int, _Waiting] = {}

    def watches(self, symbol: str) -> list[Watch]:
        """What is filed under a symbol, by level."""
        found = self._known_watches.get(symbol)
        if found is None:
            entry = self._watches.get(symbol)
            if entry is None:  # not remembered: a stream of nonsense must not grow memory without end
                return _NOTHING
            found = self._known_watches[symbol] = msgspec.msgpack.decode(entry, type=list[Watch])
        return found

    def deferred(self, symbol: str) -> Deferred:
        """How a concept is found that is looked for only when asked about; empty for all others."""
        found = self._known_deferred.get(symbol)
        if found is None:
            entry = self._deferred.get(symbol)
            found = self._known_deferred[symbol] = NOT_DEFERRED if entry is None else msgspec.msgpack.decode(entry, type=Deferred)
        return found

    def reach(self, symbol: str) -> frozenset[str]:
        """The symbols of which one must stand in a sentence that holds a concept: the words at the bottom of it, where it is deferred."""
        found = self._known_reach.get(symbol)
        if found is None:
            later = self.deferred(symbol)
            parts = [self.reach(concept) for concept in (*later.concepts, *later.by_concept)]
            found = later.words.union(later.by_word, *parts) if later is not NOT_DEFERRED else frozenset((symbol,))
            self._known_reach[symbol] = found
        return found

    def pattern(self, number: int) -> _Waiting:
        """One pattern."""
        pattern = self._known_patterns.get(number)
        if pattern is None:
            pattern = self._known_patterns[number] = _waiting(msgspec.msgpack.decode(self._rows[number], type=Pattern))
        return pattern

    def find(self, reading: Reading) -> Found:
        """Look for concepts in a reading; time grows linearly with the number of sentences."""
        return Found([_Sentence(self, reading, first, last) for first, last in reading.sentences()])


class Found:
    """The concepts of a text. `names` are those found of the ones that are looked for in every text."""

    def __init__(self, sentences: list[_Sentence]) -> None:
        self._sentences = sentences
        self._spans: dict[str, list[Span]] = {}
        self.names = {symbol[1:-1] for sentence in sentences for symbol in sentence.found}

    def spans(self, name: str) -> list[Span]:
        """Where a concept stands, in order."""
        found = self._spans.get(name)
        if found is None:
            symbol = f"<{name}>"
            found = self._spans[name] = [span for sentence in self._sentences for span in sentence.spans(symbol)]
        return found


class _Sentence:
    """One sentence, with the places of each symbol found in it so far; `found` are the concepts that are looked for in every text."""

    def __init__(self, index: ConceptIndex, reading: Reading, first: int, last: int) -> None:
        self._index, self._reading, self._last = index, reading, last
        self._longest: dict[str, dict[int, int]] = {}
        self._where: dict[str, list[Span]] = {}
        self.found: list[str] = []
        self._read_words(first, last)
        self._find()

    def _read_words(self, first: int, last: int) -> None:
        where, reading, exact = self._where, self._reading, self._index.exact
        stems, words = reading.stems, reading.words
        for place in range(first, last):
            symbol, word = stems[place], words[place]
            span = (place, place + 1)
            if symbol in where:
                where[symbol].append(span)
            else:
                where[symbol] = [span]
            # "leg's" folds to "legs", but is no plural: an exact form is one that was typed without an apostrophe.
            if word in exact and reading.text[slice(*reading.spans[place])].isalnum():
                where.setdefault(f"={word}", []).append(span)
            if symbol[0].isdigit():
                where.setdefault("#", []).append(span)

    def _find(self) -> None:
        """Find what is looked for in every text, level by level, so that what a pattern may name is found before it."""
        where, index = self._where, self._index
        levels: list[list[tuple[str, Watch]]] = [[] for _ in range(index.depth)]
        for symbol in where:
            for watch in index.watches(symbol):
                levels[watch.level].append((symbol, watch))
        where[""] = []
        for watches in levels:
            new: dict[str, set[Span]] = {}
            numbers: set[int] = set()
            for symbol, watch in watches:
                for unit in watch.units:
                    new.setdefault(unit, set()).update(where[symbol])
                for second in watch.pairs.keys() & where.keys():
                    numbers.update(watch.pairs[second])
            self._match_all(numbers, new)
            for symbol, places in new.items():
                where[symbol] = sorted(places)
                self.found.append(symbol)
                for watch in index.watches(symbol):
                    levels[watch.level].append((symbol, watch))

    def _match_all(self, numbers: Iterable[int], new: dict[str, set[Span]]) -> None:
        """Add what these patterns cover to `new`, by concept."""
        present, pattern_of = self._where.keys(), self._index.pattern
        for number in numbers:
            pattern = pattern_of(number)
            if present >= pattern.words and self._holds(pattern):
                spans = self._match(pattern)
                if spans and len(new.get(pattern.symbol, ())) < _MOST_IN_SENTENCE:
                    new.setdefault(pattern.symbol, set()).update(spans)

    def spans(self, symbol: str) -> list[Span]:
        """Where a symbol stands; a concept that was not looked for is found now."""
        found = self._where.get(symbol)
        if found is None:
            if symbol[0] != "<" or self._where.keys().isdisjoint(self._index.reach(symbol)):
                return _NOWHERE
            found = self._where[symbol] = self._ask(symbol)
        return found

    def _ask(self, symbol: str) -> list[Span]:
        later, where = self._index.deferred(symbol), self._where
        places: set[Span] = set()
        for word in later.words & where.keys():
            places.update(where[word])
        for concept in later.concepts:
            places.update(self.spans(concept))
        numbers = {number for word in later.by_word.keys() & where.keys() for number in later.by_word[word]}
        numbers.update(number for concept, filed in later.by_concept.items() if self.spans(concept) for number in filed)
        self._match_all(numbers, {symbol: places})
        return sorted(places)

    def _holds(self, pattern: _Waiting) -> bool:
        """Whether the concepts and one of each choice that the pattern needs stand in the sentence, in whatever order."""
        present = self._where.keys()
        if not all(map(self.spans, pattern.concepts)):
            return False
        return all(not present.isdisjoint(choice.symbols) or any(map(self.spans, choice.concepts)) for choice in pattern.choices)

    def _match(self, pattern: _Waiting) -> list[Span]:
        """The words that the pattern covers, each place at which it starts once."""
        spans = self._sequences(pattern.parts[0])
        for part in pattern.parts[1:]:
            if not spans:
                return _NOWHERE
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
            reading.stops[place] in ("", ",") and (place == end or reading.stems[place] not in self._index.blockers)
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
        if element.only and not element.ranges:
            return self.spans(element.only)
        words = self._reading.words
        return [
            span
            for symbol in element.symbols
            for span in self.spans(symbol)
            if symbol != "#" or any(low <= _number(words[span[0]]) <= high for low, high in element.ranges)
        ]

    def _ends(self, element: _Place) -> dict[int, int]:
        """For every word at which the element may start, where it ends at the latest."""
        if element.only and not element.ranges:
            ends = self._longest.get(element.only)
            if ends is None:
                ends = self._longest[element.only] = dict(self.spans(element.only))
            return ends
        return dict(sorted(self._places(element)))

    def _rest(self, elements: tuple[_Place, ...], number: int, place: int) -> int | None:
        """Match the elements from `number` on, at or after `place`; where they end, or None."""
        if number == len(elements):
            return place
        element = elements[number]
        ends = self._ends(element)
        stops, stems, known_fillers, blockers = self._reading.stops, self._reading.stems, self._index.fillers, self._index.blockers
        skipped = fillers = 0
        while place < self._last and (place == 0 or stops[place] in ("", ",")):
            if place in ends:
                reached = self._rest(elements, number + 1, ends[place])
                if reached is not None:
                    return reached
            symbol = stems[place]
            if symbol in known_fillers and fillers < _MOST_FILLERS:
                fillers += 1
            elif skipped < element.gap and symbol not in blockers:
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
