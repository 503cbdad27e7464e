"""Concepts: one idea in all the words people have for it, found in a reading. Knows no medical word; the words are data.

A concept is a list of patterns, each a sequence of:

    word          that word in any inflection (stems are compared)
    =word         that word in exactly this form: "=legs" is neither "leg" nor "leg's"
    a|b           either
    <name>        another concept
    #  #65-110    a number, or a number in that range
    ..  ...       a gap of up to three, or six, words

and `first & second` finds both parts in either order, near each other in one clause. Filler words ("my", "really")
may stand between any two elements. A gap never crosses the end of a sentence or clause, nor a blocking word such as
"no" or "but", so that "pain, but not in the leg" is not "pain in the leg".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from backspasm_cli.errors import Fault, KnowledgeError
from backspasm_cli.language import Reading, fold, stem
from backspasm_cli.packed import Packed, Rows, pack, pack_rows

_MOST_FILLERS = 3
_NEAR = 8  # words between the two parts of `first & second`
_MOST_REMEMBERED = 50_000
_UNSEEN = 1  # how common a word is taken to be that no ordinary question holds
_MOST_IN_SENTENCE = 50  # occurrences of one concept; a sentence with more is a paste accident


class Occurrence(NamedTuple):
    """A concept found: its name and the words from `first` up to but not including `last`."""

    concept: str
    first: int
    last: int


class Element(NamedTuple):
    """What may stand at one place of a pattern: words (as stems), <concepts>, or numbers in `ranges`; and the gap before it."""

    symbols: tuple[str, ...]
    gap: int
    ranges: tuple[tuple[float, float], ...] = ()


class Pattern(NamedTuple):
    """A way of saying a concept: one sequence of elements, or several that stand near each other in any order."""

    concept: str
    parts: tuple[tuple[Element, ...], ...]


class ConceptTables(msgspec.Struct, frozen=True):
    """Compiled concepts, ready to be stored.

    `patterns` are rows; `symbols` has, for each symbol that a pattern waits for, the numbers of those patterns by level of
    composition; `depth` is how many levels there are.
    """

    fillers: list[str]
    blockers: list[str]
    exact: list[str]
    depth: int
    patterns: memoryview
    symbols: memoryview


class Compiled(NamedTuple):
    """Tables, and what was learnt on the way: the names of all concepts and how often each word stands in a pattern."""

    tables: ConceptTables
    names: frozenset[str]
    words: dict[str, int]


def compile_concepts(
    concepts: Mapping[str, Iterable[str]],
    fillers: Iterable[str] = (),
    blockers: Iterable[str] = (),
    *,
    file: str = "concepts",
    common: Mapping[str, int] | None = None,
) -> Compiled:
    """Compile concepts (name -> patterns). Raises KnowledgeError with every pattern that cannot be understood.

    `common` says how often each stem stands in ordinary questions, so that a pattern waits for its rarest word.
    """
    names = frozenset(concepts)
    words: dict[str, int] = {}
    faults: list[Fault] = []
    patterns: list[Pattern] = []
    for name, texts in concepts.items():
        for text in texts:
            try:
                patterns.append(_parsed(name, text, names, words))
            except ValueError as error:
                faults.append(Fault(file, name, repr(text), str(error)))
    if faults:
        raise KnowledgeError(faults)
    levels = _levels(patterns, file)
    depth = 1 + max(levels.values(), default=0)
    waiting: dict[str, list[list[int]]] = {}
    frequency = Counter(common or {})
    patterns.sort(key=lambda pattern: levels[pattern.concept])
    for number, pattern in enumerate(patterns):
        # The anchor is the element that the fewest texts hold: only those texts then ask for this pattern.
        elements = [element for part in pattern.parts for element in part]
        costs = [sum(frequency[symbol] or _UNSEEN for symbol in element.symbols) for element in elements]
        anchor = elements[costs.index(min(costs))]
        frequency[f"<{pattern.concept}>"] += min(costs)
        for symbol in anchor.symbols:
            waiting.setdefault(symbol, [[] for _ in range(depth)])[levels[pattern.concept]].append(number)
    encode = msgspec.msgpack.encode
    symbols = pack({symbol: encode(numbers) for symbol, numbers in waiting.items()})
    rows = pack_rows(encode(pattern) for pattern in patterns)
    exact = sorted({symbol for pattern in patterns for part in pattern.parts for one in part for symbol in one.symbols if symbol[0] == "="})
    tables = ConceptTables(_stems(fillers), _stems(blockers), exact, depth, memoryview(rows), memoryview(symbols))
    return Compiled(tables, names, words)


def _stems(words: Iterable[str]) -> list[str]:
    return [stem(fold(word)) for word in words]


def _parsed(name: str, text: str, names: frozenset[str], words: dict[str, int]) -> Pattern:
    parts: list[tuple[Element, ...]] = []
    for part in text.split("&"):
        elements: list[Element] = []
        gap = 0
        for token in part.split():
            if token in ("..", "..."):
                gap = 3 if token == ".." else 6
                continue
            elements.append(_element(token, gap, names, words))
            gap = 0
        if not elements or gap:
            raise ValueError("is empty or ends in a gap; expected words, <concepts> or numbers")
        parts.append(tuple(elements))
    return Pattern(name, tuple(parts))


def _element(token: str, gap: int, names: frozenset[str], words: dict[str, int]) -> Element:
    symbols: list[str] = []
    ranges: list[tuple[float, float]] = []
    for one in token.split("|"):
        if one.startswith("#"):
            symbols.append("#")
            ranges.append(_range(one))
        elif one.startswith("<"):
            if not one.endswith(">") or one[1:-1] not in names:
                raise ValueError(f"names {one}, but there is no such concept")
            symbols.append(one)
        else:
            word = fold(one.removeprefix("="))
            if not word.isalnum():
                raise ValueError(f"has {one!r}; expected words of letters and digits")
            words[word] = words.get(word, 0) + 1
            symbols.append(f"={word}" if one.startswith("=") else stem(word))
    return Element(tuple(dict.fromkeys(symbols)), gap, tuple(ranges))


def _levels(patterns: list[Pattern], file: str) -> dict[str, int]:
    """How deep each concept is composed: 0 for words only. Raises KnowledgeError for a concept made of itself."""
    needs: dict[str, set[str]] = {}
    for pattern in patterns:
        wanted = needs.setdefault(pattern.concept, set())
        for part in pattern.parts:
            for element in part:
                wanted.update(symbol[1:-1] for symbol in element.symbols if symbol.startswith("<"))
    levels: dict[str, int] = {}

    def level(name: str, above: tuple[str, ...]) -> int:
        if name in above:
            raise KnowledgeError([Fault(file, name, "", f"is made of itself ({' > '.join([*above, name])})")])
        if name not in levels:
            levels[name] = 1 + max((level(other, (*above, name)) for other in needs.get(name, ())), default=-1)
        return levels[name]

    for name in needs:
        level(name, ())
    return levels


class _Place(NamedTuple):
    """One place of a decoded pattern: the only symbol that may stand there ("" when there are several), all of them, ranges, gap."""

    only: str
    symbols: frozenset[str]
    ranges: tuple[tuple[float, float], ...]
    gap: int


class _Waiting(NamedTuple):
    """A decoded pattern with what a sentence must hold for it to be worth a look: all of `singles`, and one of each of `choices`."""

    concept: str
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
    return _Waiting(pattern.concept, singles, tuple(place.symbols for place in places if not place.only), parts)


class ConceptIndex:
    """Finds concepts; a sentence touches, and decodes, only the patterns that its words allow."""

    def __init__(self, tables: ConceptTables) -> None:
        self._fillers = frozenset(tables.fillers)
        self._blockers = frozenset(tables.blockers)
        self._exact = frozenset(tables.exact)
        self._depth = tables.depth
        self._rows = Rows(tables.patterns)
        self._symbols = Packed(tables.symbols)
        self._numbers: dict[str, list[list[int]] | None] = {}
        self._decoded: dict[int, _Waiting] = {}

    def _waiting(self, level: int, symbol: str) -> Iterable[_Waiting]:
        """The patterns of a level that wait for a symbol."""
        if symbol in self._numbers:
            numbers = self._numbers[symbol]
        else:
            if len(self._numbers) > _MOST_REMEMBERED:  # a stream of nonsense must not grow memory without end
                self._numbers.clear()
            entry = self._symbols.get(symbol)
            numbers = self._numbers[symbol] = None if entry is None else msgspec.msgpack.decode(entry, type=list[list[int]])
        return map(self._pattern, numbers[level]) if numbers else ()

    def _pattern(self, number: int) -> _Waiting:
        pattern = self._decoded.get(number)
        if pattern is None:
            pattern = self._decoded[number] = _waiting(msgspec.msgpack.decode(self._rows[number], type=Pattern))
        return pattern

    def find(self, reading: Reading) -> list[Occurrence]:
        """Every concept in the reading, in order of place; time grows linearly with the number of sentences."""
        found: list[Occurrence] = []
        for first, last in reading.sentences():
            found.extend(self._find_in(reading, first, last))
        return found

    def _find_in(self, reading: Reading, first: int, last: int) -> list[Occurrence]:
        # where: symbol -> its (start, end) places in this sentence, in order
        where: dict[str, list[tuple[int, int]]] = {}
        for place in range(first, last):
            symbol = reading.stems[place]
            where.setdefault(symbol, []).append((place, place + 1))
            exact = f"={reading.words[place]}"
            # "leg's" folds to "legs", but is no plural: an exact form is one that was typed without an apostrophe.
            if exact in self._exact and reading.text[slice(*reading.spans[place])].isalnum():
                where.setdefault(exact, []).append((place, place + 1))
            if symbol[0].isdigit():
                where.setdefault("#", []).append((place, place + 1))
        found: set[Occurrence] = set()
        for level in range(self._depth):
            new: dict[str, set[tuple[int, int]]] = {}
            present = where.keys()
            for symbol in list(where):
                for pattern in self._waiting(level, symbol):
                    if present >= pattern.singles and not any(map(present.isdisjoint, pattern.choices)):
                        spans = self._match(pattern, where, reading, last)
                        if spans and len(new.get(pattern.concept, ())) < _MOST_IN_SENTENCE:
                            new.setdefault(pattern.concept, set()).update(spans)
            for concept, places in new.items():
                where[f"<{concept}>"] = sorted(places)
                found.update(Occurrence(concept, start, end) for start, end in places)
        return sorted(found, key=lambda one: (one.first, one.last, one.concept))

    def _match(self, pattern: _Waiting, where: dict[str, list[tuple[int, int]]], reading: Reading, last: int) -> list[tuple[int, int]]:
        spans = self._sequences(pattern.parts[0], where, reading, last)
        for part in pattern.parts[1:]:
            if not spans:
                return []
            others = self._sequences(part, where, reading, last)
            spans = [
                (min(a, c), max(b, d))
                for a, b in spans
                for c, d in others
                if (b <= c and self._open(reading, b, c)) or (d <= a and self._open(reading, d, a))
            ]
        return spans

    def _open(self, reading: Reading, start: int, end: int) -> bool:
        """Whether two things may belong together across the words from `start` up to `end`."""
        if end - start > _NEAR:
            return False
        return all(
            reading.stops[place] in ("", ",") and (place == end or reading.stems[place] not in self._blockers)
            for place in range(start, end + 1)
        )

    def _sequences(
        self, elements: tuple[_Place, ...], where: dict[str, list[tuple[int, int]]], reading: Reading, last: int
    ) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        for start, end in self._places(elements[0], where, reading):
            reached = self._rest(elements, 1, end, where, reading, last)
            if reached is not None:
                spans.append((start, reached))
        return spans

    @staticmethod
    def _places(element: _Place, where: dict[str, list[tuple[int, int]]], reading: Reading) -> list[tuple[int, int]]:
        if element.only and not element.ranges:
            return where.get(element.only, [])
        return [
            span
            for symbol in where.keys() & element.symbols
            for span in where[symbol]
            if symbol != "#" or any(low <= _number(reading.words[span[0]]) <= high for low, high in element.ranges)
        ]

    def _rest(
        self,
        elements: tuple[_Place, ...],
        number: int,
        place: int,
        where: dict[str, list[tuple[int, int]]],
        reading: Reading,
        last: int,
    ) -> int | None:
        """Match the elements from `number` on, at or after `place`; where they end, or None."""
        if number == len(elements):
            return place
        element = elements[number]
        ends: dict[int, int] = {}
        for start, end in self._places(element, where, reading):
            if start >= place and end > ends.get(start, 0):
                ends[start] = end
        if not ends:
            return None
        skipped = fillers = 0
        while place < last and (place == 0 or reading.stops[place] in ("", ",")):
            if place in ends:
                reached = self._rest(elements, number + 1, ends[place], where, reading, last)
                if reached is not None:
                    return reached
            symbol = reading.stems[place]
            if symbol in self._fillers and fillers < _MOST_FILLERS:
                fillers += 1
            elif skipped < element.gap and symbol not in self._blockers:
                skipped += 1
            else:
                return None
            place += 1
        return None


def _range(text: str) -> tuple[float, float]:
    if text == "#":
        return float("-inf"), float("inf")
    try:
        low, high = text[1:].split("-")
        return float(low), float(high)
    except ValueError:
        raise ValueError(f"has {text!r}; expected # or a range of numbers such as #65-110") from None


def _number(word: str) -> float:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return float("nan")
