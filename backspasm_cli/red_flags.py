"""Text -> findings: which danger sign, at what level, in the user's own words, and why. Knows no medical word.

What people say, and which of it together is a danger sign, stands in data/detection/: concepts and rules by area.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from backspasm_cli.assertion import Assertion, AssertionReader, Scopes
from backspasm_cli.concepts import ConceptIndex, Found
from backspasm_cli.knowledge import LEVELS, Level, RedFlag
from backspasm_cli.language import Reading
from backspasm_cli.likeness import Likeness, features_of, runs
from backspasm_cli.packed import Packed, Rows

Scope = Literal["clause", "sentence", "text"]


class Finding(msgspec.Struct, frozen=True):
    """A danger sign found.

    `matched` are the user's own words, from character `start` up to `end`; `because` names the concepts that fired; `by` is
    "rule", or "likeness" where no rule fitted and the words as a whole resemble those of such an emergency.
    """

    flag: RedFlag
    level: Level
    matched: str
    start: int
    end: int
    because: tuple[str, ...]
    by: Literal["rule", "likeness"] = "rule"


class Mention(msgspec.Struct, frozen=True):
    """A danger sign spoken of, but not as present: denied, past, asked about, figurative or somebody else's."""

    flag: RedFlag
    assertion: Assertion


class Scan(msgspec.Struct, frozen=True):
    """What a text holds: the findings, gravest first, and the mentions that were silenced."""

    findings: tuple[Finding, ...]
    mentions: tuple[Mention, ...]


class Clue(msgspec.Struct, frozen=True, array_like=True):
    """One entry of a rule's `when`: any of these concepts, standing as wanted: now, ever (now or in the past), or denied."""

    concepts: tuple[str, ...]
    wanted: Literal["now", "ever", "denied"]


class CompiledRule(msgspec.Struct, frozen=True, array_like=True):
    """A rule with its entries taken apart. `needs` are the concepts of each entry, those first that the fewest texts hold."""

    flag: str
    clues: tuple[Clue, ...]
    needs: tuple[tuple[str, ...], ...]
    within: Scope
    unless: tuple[str, ...]
    level: Level | None


class RuleTables(msgspec.Struct, frozen=True):
    """Compiled rules, ready to be stored.

    `rules` are rows; `by_concept` has, for each concept, the rules of which it may stand for the entry that the fewest texts hold.
    """

    rules: memoryview
    by_concept: memoryview


_GRAVE = ("crisis", "emergency")
_STATUSES = {"now": frozenset({"present"}), "ever": frozenset({"present", "past"}), "denied": frozenset({"absent"})}


class Occurrence(msgspec.Struct, frozen=True, gc=False):
    """A concept found: its name and the words from `first` up to but not including `last`."""

    concept: str
    first: int
    last: int


class _Seen:
    """The concepts of a text; what is asserted of one is settled when a rule first asks, since most texts complete no rule."""

    def __init__(self, found: Found, reading: Reading, assertions: AssertionReader) -> None:
        self._found, self._reading, self._assertions = found, reading, assertions
        self.names = sorted(found.names)
        self._scopes: Scopes | None = None
        self._judged: dict[str, list[tuple[Occurrence, Assertion]]] = {}

    def completes(self, rule: CompiledRule) -> bool:
        """Whether every entry of the rule stands in the text, whatever is asserted of it."""
        return all(any(map(self._found.spans, concepts)) for concepts in rule.needs)

    def judged(self, concepts: Iterable[str]) -> Iterator[tuple[Occurrence, Assertion]]:
        """The occurrences of these concepts, each with what is asserted of it."""
        for name in concepts:
            if name not in self._judged:
                spans = self._found.spans(name)
                if spans and self._scopes is None:
                    self._scopes = self._assertions.scopes(self._reading)
                self._judged[name] = [(Occurrence(name, *span), self._scopes.assertion(*span)) for span in spans if self._scopes]
            yield from self._judged[name]

    def within(self, first: int, last: int) -> Iterator[str]:
        """The names of the concepts that stand between two words."""
        for name in self.names:
            if any(first <= start and end <= last for start, end in self._found.spans(name)):
                yield name

    def said(self, first: int, last: int) -> list[str]:
        """The stems of a stretch that are said to be so, not denied, past, asked about or somebody else's."""
        if self._scopes is None:
            self._scopes = self._assertions.scopes(self._reading)
        scopes = self._scopes
        return [self._reading.stems[place] for place in range(first, last) if scopes.assertion(place, place + 1).status == "present"]


class Detector:
    """Scans readings. A rule is decoded and looked at only when the rarest of its entries was found."""

    def __init__(
        self,
        flags: Mapping[str, RedFlag],
        rules: RuleTables,
        concepts: ConceptIndex,
        assertions: AssertionReader,
        likeness: Likeness | None = None,
    ) -> None:
        self._flags, self._concepts, self._assertions, self._likeness = flags, concepts, assertions, likeness
        self._rows = Rows(rules.rules)
        self._by_concept = Packed(rules.by_concept)
        self._numbers: dict[str, list[int]] = {}
        self._decoded: dict[int, CompiledRule] = {}

    def _rule(self, number: int) -> CompiledRule:
        rule = self._decoded.get(number)
        if rule is None:
            rule = self._decoded[number] = msgspec.msgpack.decode(self._rows[number], type=CompiledRule)
        return rule

    def _rules_of(self, concept: str) -> list[int]:
        numbers = self._numbers.get(concept)
        if numbers is None:
            entry = self._by_concept.get(concept)
            numbers = self._numbers[concept] = [] if entry is None else msgspec.msgpack.decode(entry, type=list[int])
        return numbers

    def scan(self, reading: Reading) -> Scan:
        """Find every danger sign in a reading; time grows linearly with its length."""
        findings: dict[str, Finding] = {}
        mentions: dict[str, Mention] = {}
        for part in reading.windows():
            seen = _Seen(self._concepts.find(part), part, self._assertions)
            self._scan(part, seen, findings, mentions)
            if self._likeness and not any(finding.level in _GRAVE for finding in findings.values()):
                self._look_again(part, seen, self._likeness, findings)
        ordered = sorted(findings.values(), key=lambda one: (LEVELS.index(one.level), one.start))
        return Scan(tuple(ordered), tuple(mention for name, mention in mentions.items() if name not in findings))

    def features(self, reading: Reading) -> set[str]:
        """What a whole text is judged by when it is compared with labelled statements."""
        seen = _Seen(self._concepts.find(reading), reading, self._assertions)
        return features_of(seen.said(0, len(reading)), ((one.concept, assertion.status) for one, assertion in seen.judged(seen.names)))

    def _look_again(self, reading: Reading, seen: _Seen, likeness: Likeness, findings: dict[str, Finding]) -> None:
        """Raise an emergency in the shortest stretch whose words and concepts together resemble one, if there is any."""
        for first, last in runs(list(reading.sentences())):
            # At first sight all is taken as said; what is denied, past or asked about takes time to tell and is rarely needed.
            if likeness.excess(features_of(reading.stems[first:last], ((name, "") for name in seen.within(first, last)))) < 0:
                continue
            within = [
                (one.concept, assertion.status) for one, assertion in seen.judged(seen.names) if first <= one.first and one.last <= last
            ]
            features = features_of(seen.said(first, last), within)
            if likeness.excess(features) >= 0:
                flag = self._flags[likeness.flag(features)]
                start, end, words = reading.quote(first, last)
                because = tuple(dict.fromkeys(concept for concept, status in within if status == "present"))
                findings[flag.id] = Finding(flag, flag.level, words, start, end, because, "likeness")
                return

    def _scan(self, reading: Reading, seen: _Seen, findings: dict[str, Finding], mentions: dict[str, Mention]) -> None:
        for number in sorted({number for name in seen.names for number in self._rules_of(name)}):
            rule = self._rule(number)
            if not seen.completes(rule):
                continue
            flag = self._flags[rule.flag]
            combination = _combine(rule, seen, reading)
            if combination:
                new = _finding(flag, rule, combination, reading)
                old = findings.get(flag.id)
                findings[flag.id] = new if old is None else _merged(old, new)
            elif len(rule.clues) == 1 and rule.clues[0].wanted != "denied":
                for _, assertion in seen.judged(rule.clues[0].concepts):
                    if assertion.status not in _STATUSES[rule.clues[0].wanted]:
                        mentions.setdefault(flag.id, Mention(flag, assertion))


def _combine(rule: CompiledRule, seen: _Seen, reading: Reading) -> list[Occurrence] | None:
    """The occurrences that satisfy the rule, one for each entry, or None."""
    options: list[list[Occurrence]] = []
    for clue in rule.clues:
        fitting = [one for one, assertion in seen.judged(clue.concepts) if assertion.status in _STATUSES[clue.wanted]]
        if not fitting:
            return None
        options.append(fitting)
    silencers = [one for one, assertion in seen.judged(rule.unless) if assertion.status != "absent"]
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
    return msgspec.structs.replace(first, because=tuple(dict.fromkeys([*first.because, *second.because])))
