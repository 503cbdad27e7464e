"""Text -> findings: which danger sign, at what level, in the user's own words, and why. Knows no medical word.

What people say, and which of it together is a danger sign, stands in data/detection/: concepts and rules by area.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, NamedTuple

import msgspec

from backspasm_cli.assertion import Assertion, AssertionReader
from backspasm_cli.concepts import ConceptIndex, Occurrence
from backspasm_cli.errors import Fault, KnowledgeError
from backspasm_cli.knowledge import LEVELS, Level, Line, RedFlag, Slug
from backspasm_cli.language import Reading
from backspasm_cli.packed import Packed, Rows, pack, pack_rows

Scope = Literal["clause", "sentence", "text"]


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


class Finding(NamedTuple):
    """A danger sign found.

    `matched` are the user's own words, from character `start` up to `end`; `because` names the concepts that fired.
    """

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


class Clue(NamedTuple):
    """One entry of a rule's `when`: any of these concepts, standing as wanted: now, ever (now or in the past), or denied."""

    concepts: tuple[str, ...]
    wanted: Literal["now", "ever", "denied"]


class CompiledRule(NamedTuple):
    """A rule with its entries taken apart."""

    flag: str
    clues: tuple[Clue, ...]
    within: Scope
    unless: tuple[str, ...]
    level: Level | None


class RuleTables(msgspec.Struct, frozen=True):
    """Compiled rules, ready to be stored.

    `rules` are rows; `by_concept` has, for each concept that counts, the rules of which it is the first entry.
    """

    rules: memoryview
    by_concept: memoryview


def compile_rules(rules: Mapping[str, Iterable[Rule]], names: frozenset[str]) -> RuleTables:
    """Compile rules by flag against the names of the concepts. Raises KnowledgeError for a name that does not exist."""
    faults: list[Fault] = []
    stored: list[bytes] = []
    by_concept: dict[str, list[int]] = {}
    for flag, own in rules.items():
        for rule in own:
            clues = tuple(_clue(entry) for entry in rule.when)
            mentioned = [*(name for clue in clues for name in clue.concepts), *rule.unless]
            faults.extend(
                Fault("detection", flag, "rules", f"names {name!r}, but there is no such concept")
                for name in mentioned
                if name not in names
            )
            for name in mentioned:
                by_concept.setdefault(name, [])
            for name in clues[0].concepts:
                by_concept[name].append(len(stored))
            compiled = CompiledRule(flag, clues, rule.within, tuple(rule.unless), rule.level)
            stored.append(msgspec.msgpack.encode(compiled))
    if faults:
        raise KnowledgeError(faults)
    numbers = pack({name: msgspec.msgpack.encode(own) for name, own in by_concept.items()})
    return RuleTables(memoryview(pack_rows(stored)), memoryview(numbers))


_STATUSES = {"now": frozenset({"present"}), "ever": frozenset({"present", "past"}), "denied": frozenset({"absent"})}

_Seen = tuple[Occurrence, Assertion]


class Detector:
    """Scans readings. A rule is decoded and looked at only when a concept of its first entry was found."""

    def __init__(self, flags: Mapping[str, RedFlag], rules: RuleTables, concepts: ConceptIndex, assertions: AssertionReader) -> None:
        self._flags, self._concepts, self._assertions = flags, concepts, assertions
        self._rows = Rows(rules.rules)
        self._by_concept = Packed(rules.by_concept)
        self._numbers: dict[str, list[int] | None] = {}
        self._decoded: dict[int, CompiledRule] = {}

    def _rule(self, number: int) -> CompiledRule:
        rule = self._decoded.get(number)
        if rule is None:
            rule = self._decoded[number] = msgspec.msgpack.decode(self._rows[number], type=CompiledRule)
        return rule

    def _rules_of(self, concept: str) -> list[int] | None:
        """The rules of which a concept is the first entry; None when it counts in no rule at all."""
        if concept not in self._numbers:
            entry = self._by_concept.get(concept)
            self._numbers[concept] = None if entry is None else msgspec.msgpack.decode(entry, type=list[int])
        return self._numbers[concept]

    def scan(self, reading: Reading) -> Scan:
        """Find every danger sign in a reading; time grows linearly with its length."""
        seen: dict[str, list[_Seen]] = {}
        found = [one for one in self._concepts.find(reading) if self._rules_of(one.concept) is not None]
        if not found:
            return Scan((), ())
        scopes = self._assertions.scopes(reading)
        for one in found:
            seen.setdefault(one.concept, []).append((one, scopes.assertion(one.first, one.last)))
        findings: dict[str, Finding] = {}
        mentions: dict[str, Mention] = {}
        for number in sorted({number for name in seen for number in self._rules_of(name) or ()}):
            rule = self._rule(number)
            flag = self._flags[rule.flag]
            combination = _combine(rule, seen, reading)
            if combination:
                new = _finding(flag, rule, combination, reading)
                old = findings.get(flag.id)
                findings[flag.id] = new if old is None else _merged(old, new)
            elif len(rule.clues) == 1 and rule.clues[0].wanted != "denied":
                for name in rule.clues[0].concepts:
                    for _, assertion in seen.get(name, ()):
                        if assertion.status not in _STATUSES[rule.clues[0].wanted]:
                            mentions.setdefault(flag.id, Mention(flag, assertion))
        ordered = sorted(findings.values(), key=lambda one: (LEVELS.index(one.level), one.start))
        return Scan(tuple(ordered), tuple(mention for name, mention in mentions.items() if name not in findings))


def _clue(entry: str) -> Clue:
    if entry.startswith("!"):
        return Clue(tuple(entry[1:].split("|")), "denied")
    if entry.startswith("~"):
        return Clue(tuple(entry[1:].split("|")), "ever")
    return Clue(tuple(entry.split("|")), "now")


def _combine(rule: CompiledRule, seen: Mapping[str, list[_Seen]], reading: Reading) -> list[Occurrence] | None:
    """The occurrences that satisfy the rule, one for each entry, or None."""
    options: list[list[Occurrence]] = []
    for clue in rule.clues:
        fitting = [one for name in clue.concepts for one, assertion in seen.get(name, ()) if assertion.status in _STATUSES[clue.wanted]]
        if not fitting:
            return None
        options.append(fitting)
    silencers = [one for name in rule.unless for one, assertion in seen.get(name, ()) if assertion.status != "absent"]
    if rule.within == "text" and len(options) > 1:
        if silencers:
            return None
        lead = options[0][0]
        return [lead, *(min(others[:_NEAREST_OF], key=lambda one: abs(one.first - lead.first)) for others in options[1:])]
    sentence = reading.sentence_numbers
    silent = {sentence[one.first] for one in silencers}
    partners = [_by_sentence(others, sentence) for others in options[1:]]
    for lead in options[0]:
        place = sentence[lead.first]
        if place in silent:
            continue
        chosen = [lead]
        for others in partners:
            near = [one for one in others.get(place, ()) if rule.within == "sentence" or _in_one_clause(lead, one, reading)]
            if not near:
                break
            chosen.append(min(near, key=lambda one: abs(one.first - lead.first)))
        else:
            return chosen
    return None


_NEAREST_OF = 50  # occurrences among which the nearest is sought; a text with more is long enough for any of them to do


def _by_sentence(occurrences: Iterable[Occurrence], sentence: list[int]) -> dict[int, list[Occurrence]]:
    found: dict[int, list[Occurrence]] = {}
    for one in occurrences:
        found.setdefault(sentence[one.first], []).append(one)
    return found


def _in_one_clause(one: Occurrence, other: Occurrence, reading: Reading) -> bool:
    first, last = min(one.last, other.last), max(one.first, other.first)
    return last - first <= 10 and not any(stop in (";", ":") for stop in reading.stops[first : last + 1])


def _finding(flag: RedFlag, rule: CompiledRule, combination: list[Occurrence], reading: Reading) -> Finding:
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
