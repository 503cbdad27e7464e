"""Text -> findings: which danger sign, at what level, in the user's own words, and why. Knows no medical word.

What people say, and which of it together is a danger sign, stands in data/detection/: concepts and rules by area.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, NamedTuple

import msgspec

from backspasm_cli.assertion import Assertion, AssertionReader, Scopes
from backspasm_cli.concepts import ConceptIndex, Occurrence
from backspasm_cli.errors import Fault, KnowledgeError
from backspasm_cli.knowledge import LEVELS, Level, Line, RedFlag, Slug
from backspasm_cli.language import Reading


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When a flag is raised: every entry of `when` stands in the text as wanted.

    `a|b` is either concept; `!a` is one that is denied (an ability that is lost); `~a` counts in the past too.
    `within` bounds how far from the first entry the others may stand; a concept of `unless` in the same sentence
    (or anywhere, with within: text) silences the rule; `level` overrides the level of the flag.
    """

    when: Annotated[list[Line], msgspec.Meta(min_length=1)]
    within: Literal["clause", "sentence", "text"] = "text"
    unless: list[Slug] = []
    level: Level | None = None


class DetectionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One area of the body or of life: concepts (name -> patterns, see `concepts`) and rules by red flag."""

    concepts: dict[Slug, list[Line]]
    rules: dict[Slug, list[Rule]] = {}


class Finding(NamedTuple):
    """A danger sign found. `matched` are the user's own words from character `start` up to `end`; `because` names the concepts that fired."""

    flag: RedFlag
    level: Level
    matched: str
    start: int
    end: int
    because: tuple[str, ...]


class Mention(NamedTuple):
    """A danger sign spoken of, but not as present: denied, past, asked about, figurative or somebody else's."""

    flag: RedFlag
    assertion: Assertion


class Scan(NamedTuple):
    """What a text holds: the findings, gravest first, and the mentions that were silenced."""

    findings: tuple[Finding, ...]
    mentions: tuple[Mention, ...]


class _Clue(NamedTuple):
    """One entry of a rule's `when`: any of these concepts, standing as wanted."""

    concepts: tuple[str, ...]
    statuses: frozenset[str]


_NOW = frozenset({"present"})
_NOW_OR_PAST = frozenset({"present", "past"})
_DENIED = frozenset({"absent"})

_Seen = tuple[Occurrence, Assertion]


class Detector:
    """Rules compiled against the concepts. Raises KnowledgeError when a rule names a concept that does not exist."""

    def __init__(
        self, flags: Iterable[RedFlag], rules: Mapping[str, Iterable[Rule]], concepts: ConceptIndex, assertions: AssertionReader
    ) -> None:
        self._concepts, self._assertions = concepts, assertions
        faults: list[Fault] = []
        self._rules: list[tuple[RedFlag, Rule, tuple[_Clue, ...]]] = []
        # A rule is looked at only when a concept of its first clue was found.
        self._by_first: dict[str, list[int]] = {}
        self._used: set[str] = set()
        for flag in flags:
            for rule in rules.get(flag.id, ()):
                clues = tuple(_clue(entry) for entry in rule.when)
                for name in [*(name for clue in clues for name in clue.concepts), *rule.unless]:
                    if name not in concepts.names:
                        faults.append(Fault("detection", flag.id, "rules", f"names {name!r}, but there is no such concept"))
                for name in clues[0].concepts:
                    self._by_first.setdefault(name, []).append(len(self._rules))
                self._used.update(name for clue in clues for name in clue.concepts)
                self._used.update(rule.unless)
                self._rules.append((flag, rule, clues))
        if faults:
            raise KnowledgeError(faults)

    def scan(self, reading: Reading) -> Scan:
        """Find every danger sign in a reading; time grows linearly with its length."""
        seen: dict[str, list[_Seen]] = {}
        found = [one for one in self._concepts.find(reading) if one.concept in self._used]
        if not found:
            return Scan((), ())
        scopes = self._assertions.scopes(reading)
        for one in found:
            seen.setdefault(one.concept, []).append((one, scopes.assertion(one.first, one.last)))
        findings: dict[str, Finding] = {}
        mentions: dict[str, Mention] = {}
        for number in sorted({number for name in seen for number in self._by_first.get(name, ())}):
            flag, rule, clues = self._rules[number]
            combination = _combine(clues, rule, seen, reading, scopes)
            if combination:
                new = _finding(flag, rule, combination, reading)
                old = findings.get(flag.id)
                findings[flag.id] = new if old is None else _merged(old, new)
            elif len(clues) == 1:
                for name in clues[0].concepts:
                    for _, assertion in seen.get(name, ()):
                        if assertion.status not in clues[0].statuses and not clues[0].statuses == _DENIED:
                            mentions.setdefault(flag.id, Mention(flag, assertion))
        ordered = sorted(findings.values(), key=lambda one: (LEVELS.index(one.level), one.start))
        return Scan(tuple(ordered), tuple(mention for name, mention in mentions.items() if name not in findings))


def _clue(entry: str) -> _Clue:
    if entry.startswith("!"):
        return _Clue(tuple(entry[1:].split("|")), _DENIED)
    if entry.startswith("~"):
        return _Clue(tuple(entry[1:].split("|")), _NOW_OR_PAST)
    return _Clue(tuple(entry.split("|")), _NOW)


def _combine(
    clues: tuple[_Clue, ...], rule: Rule, seen: Mapping[str, list[_Seen]], reading: Reading, scopes: Scopes
) -> list[Occurrence] | None:
    """The occurrences that satisfy the rule, one for each clue, or None."""
    options: list[list[Occurrence]] = []
    for clue in clues:
        fitting = [one for name in clue.concepts for one, assertion in seen.get(name, ()) if assertion.status in clue.statuses]
        if not fitting:
            return None
        options.append(fitting)
    silencers = [one for name in rule.unless for one, assertion in seen.get(name, ()) if assertion.status != "absent"]
    for lead in options[0]:
        chosen = [lead]
        for others in options[1:]:
            near = [one for one in others if _within(lead, one, rule.within, reading, scopes)]
            if not near:
                break
            chosen.append(min(near, key=lambda one: abs(one.first - lead.first)))
        else:
            scope = "sentence" if rule.within == "clause" else rule.within if len(clues) > 1 else "sentence"
            if not any(_within(lead, silencer, scope, reading, scopes) for silencer in silencers):
                return chosen
    return None


def _within(one: Occurrence, other: Occurrence, scope: str, reading: Reading, scopes: Scopes) -> bool:
    if scope == "text":
        return True
    first, last = min(one.last, other.last), max(one.first, other.first)
    between = reading.stops[first : last + 1]
    if any(stop in (".", "?") for stop in between):
        return False
    return scope == "sentence" or (last - first <= 10 and ";" not in between)


def _finding(flag: RedFlag, rule: Rule, combination: list[Occurrence], reading: Reading) -> Finding:
    lead = combination[0]
    first = min(one.first for one in combination)
    last = max(one.last for one in combination)
    # One stretch of the user's words when the parts stand close together, else the part that leads the rule.
    if last - first > 16:
        first, last = lead.first, lead.last
    start, end, words = reading.quote(first, last)
    return Finding(flag, rule.level or flag.level, words, start, end, tuple(dict.fromkeys(one.concept for one in combination)))


def _merged(old: Finding, new: Finding) -> Finding:
    """One finding of two for the same flag: the graver level, its words, and all reasons."""
    first, second = (new, old) if LEVELS.index(new.level) < LEVELS.index(old.level) else (old, new)
    return first._replace(because=tuple(dict.fromkeys([*first.because, *second.because])))
