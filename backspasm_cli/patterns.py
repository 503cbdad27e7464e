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
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from backspasm_cli.concepts import ConceptTables, Element, Pattern, Watch
from backspasm_cli.errors import Fault, KnowledgeError
from backspasm_cli.language import fold, stem
from backspasm_cli.packed import pack, pack_rows

_UNSEEN = 1  # how common a word is taken to be that no ordinary question holds
_MOST_SECONDS = 40  # alternatives up to which a pattern is filed under two of its elements; with more, under one


class Compiled(NamedTuple):
    """Tables, and what was learnt on the way.

    `names` are those of all concepts, `words` counts how often each word stands in a pattern, and `frequency` estimates how
    often each concept is found in ordinary questions.
    """

    tables: ConceptTables
    names: frozenset[str]
    words: dict[str, int]
    frequency: Counter[str]


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
    watches = _Watches(common or {})
    for number, pattern in enumerate(patterns):
        watches.add(number, pattern, levels[pattern.concept])
    exact = {one[1:] for pattern in patterns for part in pattern.parts for element in part for one in element.symbols if one[0] == "="}
    tables = ConceptTables(
        fillers=_stems(fillers),
        blockers=_stems(blockers),
        exact=sorted(exact),
        depth=1 + max(levels.values(), default=0),
        patterns=memoryview(pack_rows(msgspec.msgpack.encode(pattern) for pattern in patterns)),
        symbols=memoryview(watches.packed()),
    )
    return Compiled(tables, names, words, Counter({name: watches.frequency[f"<{name}>"] for name in names}))


class _Watches:
    """Files every pattern under the two of its elements that the fewest texts hold: only texts with both look at it."""

    def __init__(self, common: Mapping[str, int]) -> None:
        self.frequency = Counter(common)
        self._found: dict[str, dict[int, Watch]] = {}

    def add(self, number: int, pattern: Pattern, level: int) -> None:
        """File a pattern. The patterns of the concepts that it names come before it, so that it is known how common those are."""
        elements = [element for part in pattern.parts for element in part]
        costs = [sum(self.frequency[symbol] or _UNSEEN for symbol in element.symbols) for element in elements]
        order = sorted(range(len(elements)), key=costs.__getitem__)
        rarest = elements[order[0]]
        self.frequency[f"<{pattern.concept}>"] += costs[order[0]]
        alone = len(elements) == 1 and not rarest.ranges
        seconds = elements[order[1]].symbols if len(elements) > 1 else ()
        for symbol in rarest.symbols:
            watch = self._found.setdefault(symbol, {}).setdefault(level, Watch(level, [], {}))
            if alone:
                watch.units.append(f"<{pattern.concept}>")
            for second in () if alone else seconds if 0 < len(seconds) <= _MOST_SECONDS else ("",):
                watch.pairs.setdefault(second, []).append(number)

    def packed(self) -> bytes:
        """What is filed under every symbol, ready to be stored."""
        return pack({symbol: msgspec.msgpack.encode(list(levels.values())) for symbol, levels in self._found.items()})


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
