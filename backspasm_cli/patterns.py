"""The pattern language, compiled: concept names and the wordings people have for them -> tables in which to look a text up.

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
from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import NamedTuple

import msgspec

from backspasm_cli.concepts import NOT_DEFERRED, ConceptTables, Deferred, Element, Pattern, Watch
from backspasm_cli.errors import Fault, KnowledgeError
from backspasm_cli.language import fold, stem
from backspasm_cli.packed import pack, pack_rows

_UNSEEN = 1  # how common a word is taken to be that no ordinary question holds
_MOST_SECONDS = 40  # alternatives up to which a pattern is filed under two of its elements; with more, under one


class Compiled(NamedTuple):
    """Patterns that were understood, those of which others are made first, and what was learnt on the way.

    `elements` has those of each pattern, the one that the fewest texts hold first; `names` are those of all concepts,
    `levels` how deep each is composed, `words` counts how often each word stands in a pattern, and `frequency` estimates how
    often each concept is found in ordinary questions.
    """

    patterns: list[Pattern]
    elements: list[list[Element]]
    names: frozenset[str]
    levels: dict[str, int]
    words: dict[str, int]
    frequency: Counter[str]
    fillers: list[str]
    blockers: list[str]

    def tables(self, wanted: Iterable[str] | None = None) -> ConceptTables:
        """The tables in which to look a text up.

        The concepts `wanted` (None: all) are looked for in every text, the others only when they are asked about.
        """
        sought = self._sought(self.names if wanted is None else wanted)
        watches: dict[str, dict[int, Watch]] = {}
        deferred: dict[str, Deferred] = {}
        for number, (pattern, elements) in enumerate(zip(self.patterns, self.elements, strict=True)):
            symbol = f"<{pattern.concept}>"
            alone = len(elements) == 1 and not elements[0].ranges
            if pattern.concept not in sought:
                deferred[symbol] = _deferred(deferred.get(symbol, NOT_DEFERRED), elements[0].symbols, None if alone else number)
                continue
            level = self.levels[pattern.concept]
            for one in elements[0].symbols:
                watch = watches.setdefault(one, {}).setdefault(level, Watch(level, [], {}))
                if alone:
                    watch.units.append(symbol)
                for second in () if alone else _seconds(elements[1:], sought):
                    watch.pairs.setdefault(second, []).append(number)
        exact = {one[1:] for elements in self.elements for element in elements for one in element.symbols if one[0] == "="}
        encode = msgspec.msgpack.Encoder(order="deterministic").encode  # the same knowledge is the same bytes, sets included
        return ConceptTables(
            fillers=self.fillers,
            blockers=self.blockers,
            exact=sorted(exact),
            depth=1 + max(self.levels.values(), default=0),
            patterns=memoryview(pack_rows(map(encode, self.patterns))),
            watches=memoryview(pack({one: encode(list(levels.values())) for one, levels in watches.items()})),
            deferred=memoryview(pack({one: encode(later) for one, later in deferred.items()})),
        )

    def _sought(self, wanted: Iterable[str]) -> set[str]:
        """The wanted concepts and those whose being found makes one look for them."""
        sought = set(wanted)
        for pattern, elements in zip(reversed(self.patterns), reversed(self.elements), strict=True):
            if pattern.concept in sought:
                sought.update(one[1:-1] for one in elements[0].symbols if one[0] == "<")
        return sought


def _deferred(so_far: Deferred, symbols: Iterable[str], number: int | None) -> Deferred:
    """`so_far` with a pattern more (None: none, each of the symbols is enough) for a sentence that holds one of the symbols."""
    words = [one for one in symbols if one[0] != "<"]
    concepts = [one for one in symbols if one[0] == "<"]
    if number is None:
        return msgspec.structs.replace(so_far, words=so_far.words.union(words), concepts=[*so_far.concepts, *concepts])
    by_word = {**so_far.by_word, **{one: [*so_far.by_word.get(one, ()), number] for one in words}}
    by_concept = {**so_far.by_concept, **{one: [*so_far.by_concept.get(one, ()), number] for one in concepts}}
    return msgspec.structs.replace(so_far, by_word=by_word, by_concept=by_concept)


def _seconds(others: Iterable[Element], sought: Collection[str]) -> tuple[str, ...]:
    """The symbols of which one must stand in a text beside the rarest element: of the next rarest whose presence is known early."""
    for element in others:
        if len(element.symbols) <= _MOST_SECONDS and all(one[0] != "<" or one[1:-1] in sought for one in element.symbols):
            return element.symbols
    return ("",)


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
    patterns.sort(key=lambda pattern: levels[pattern.concept])
    frequency: Counter[str] = Counter()
    ordered: list[list[Element]] = []
    for pattern in patterns:
        costs = [(_cost(element, common or {}, frequency), element) for part in pattern.parts for element in part]
        costs.sort(key=itemgetter(0))
        frequency[pattern.concept] += costs[0][0]
        ordered.append([element for _, element in costs])
    return Compiled(patterns, ordered, names, levels, words, frequency, _stems(fillers), _stems(blockers))


def _cost(element: Element, common: Mapping[str, int], frequency: Counter[str]) -> int:
    """How many ordinary texts hold the element."""
    return sum((frequency[one[1:-1]] if one[0] == "<" else common.get(one, 0)) or _UNSEEN for one in element.symbols)


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


def _range(text: str) -> tuple[float, float]:
    if text == "#":
        return float("-inf"), float("inf")
    try:
        low, high = text[1:].split("-")
        return float(low), float(high)
    except ValueError:
        raise ValueError(f"has {text!r}; expected # or a range of numbers such as #65-110") from None
