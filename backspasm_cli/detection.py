"""What is written about danger signs, compiled: detection files and the cues of assertion -> the tables that a text is scanned with.

Done once for a base, then stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec

from backspasm_cli.assertion import AssertionTables
from backspasm_cli.concepts import ConceptTables
from backspasm_cli.errors import Fault, KnowledgeError
from backspasm_cli.knowledge import Level, Line, Slug
from backspasm_cli.language import fold, stem
from backspasm_cli.packed import pack, pack_rows
from backspasm_cli.patterns import Compiled, compile_concepts
from backspasm_cli.red_flags import Clue, CompiledRule, RuleTables, Scope


class AssertionCues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cues by kind, the words with which a new clause starts after "," or "and", and people who are not the patient."""

    cues: dict[Slug, list[Line]]
    subjects: list[str]
    persons: list[str]
    joiners: list[str]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When a flag is raised: every entry of `when` stands in the text as wanted.

    `a|b` is either concept; `!a` is one that is denied (an ability that is lost); `~a` counts in the past too.
    `within` bounds how far from the first entry the others may stand; a concept of `unless` in the same sentence
    (or anywhere, with within: text) silences the rule; `level` overrides the level of the flag.
    """

    when: Annotated[list[Line], msgspec.Meta(min_length=1)]
    within: Scope = "text"
    unless: list[Slug] = []
    level: Level | None = None


class DetectionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One area of the body or of life: concepts (name -> patterns, see `concepts`) and rules by red flag."""

    concepts: dict[Slug, list[Line]]
    rules: dict[Slug, list[Rule]] = {}


def compile_cues(data: AssertionCues, fillers: Iterable[str]) -> tuple[AssertionTables, dict[str, int]]:
    """Compile the cues; and how often each word stands in them. Raises KnowledgeError for a bad pattern."""
    compiled = compile_concepts(data.cues, fillers, file="assertion.json")

    def stems(words: Iterable[str]) -> list[str]:
        return [stem(fold(word)) for word in words]

    return AssertionTables(compiled.tables(), stems(data.subjects), stems(data.persons), stems(data.joiners)), compiled.words


def compile_rules(rules: Mapping[str, Iterable[Rule]], signs: Compiled) -> tuple[RuleTables, ConceptTables]:
    """Compile rules by flag, and the concepts that they name: those of the rarest entry of each rule are looked for in every text.

    Raises KnowledgeError for a name that does not exist.
    """
    faults: list[Fault] = []
    stored: list[bytes] = []
    by_concept: dict[str, list[int]] = {}
    for flag, own in rules.items():
        for rule in own:
            clues = tuple(_clue(entry) for entry in rule.when)
            unknown = [name for name in (*(name for clue in clues for name in clue.concepts), *rule.unless) if name not in signs.names]
            faults.extend(Fault("detection", flag, "rules", f"names {name!r}, but there is no such concept") for name in unknown)
            needs = sorted((clue.concepts for clue in clues), key=lambda concepts: sum(signs.frequency[name] for name in concepts))
            for name in needs[0]:
                by_concept.setdefault(name, []).append(len(stored))
            compiled = CompiledRule(flag, clues, tuple(needs), rule.within, tuple(rule.unless), rule.level)
            stored.append(msgspec.msgpack.encode(compiled))
    if faults:
        raise KnowledgeError(faults)
    numbers = pack({name: msgspec.msgpack.encode(own) for name, own in by_concept.items()})
    return RuleTables(memoryview(pack_rows(stored)), memoryview(numbers)), signs.tables(by_concept)


def _clue(entry: str) -> Clue:
    if entry.startswith("!"):
        return Clue(tuple(entry[1:].split("|")), "denied")
    if entry.startswith("~"):
        return Clue(tuple(entry[1:].split("|")), "ever")
    return Clue(tuple(entry.split("|")), "now")
