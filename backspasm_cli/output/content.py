"""What is said, and in which order: warnings, notice, summary, points, cautions, whom to see, evidence, sources, footer.

Every text format draws the same blocks. The words around the knowledge stand in data/wording.json.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Literal

import msgspec

from backspasm_cli.answering import Answer
from backspasm_cli.knowledge import EvidenceLevel, KnowledgeBase, Level, RedFlag, Source, Topic, read_bundled
from backspasm_cli.red_flags import Finding, Mention
from backspasm_cli.regions import Numbers

if TYPE_CHECKING:
    from backspasm_cli.guided_check import Result


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The fixed words of every answer."""

    disclaimer: str
    silence: str
    privacy: str
    levels: dict[Level, str]
    level_meaning: dict[Level, str]
    you_wrote: str
    resembles: str
    say: str
    raised: str
    asked_about: str
    points: str
    cautions: str
    see_someone_if: str
    watch_for: str
    evidence: str
    evidence_levels: dict[EvidenceLevel, str]
    sources: str
    reviewed: str
    related: str
    also: str
    because: str
    instead_of: str
    taken_for: str
    ambiguous: str
    offer: str
    no_match: str
    nearest: str
    empty: str
    show_hint: str
    check_clear: str
    prompt: str


Kind = Literal["warning", "note", "notice", "title", "lead", "list", "facts", "offers", "footer"]


class Block(msgspec.Struct, frozen=True):
    """One piece of an answer: its heading ("" none) and lines. `level` is set on warnings only."""

    kind: Kind
    heading: str
    lines: tuple[str, ...]
    level: Level | None = None


@cache
def wording() -> Wording:
    """The fixed words, read from data/wording.json once."""
    return read_bundled("wording.json", Wording)


def safe(text: str) -> str:
    """`text` on one line without control, direction or other invisible characters, so that nothing typed can steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    kept = "".join(mark if mark.isprintable() else " " if unicodedata.category(mark) in ("Cc", "Zl", "Zp", "Zs") else "" for mark in text)
    return " ".join(kept.split())


def blocks(answer: Answer) -> list[Block]:
    """An answer, in order."""
    words = wording()
    found = [*warnings(answer.findings, answer.numbers, words), *_notes(answer.mentions, answer.numbers, words)]
    if answer.status == "no_match":
        found.append(Block("notice", "", (words.no_match if answer.question.strip() else words.empty,)))
    elif answer.topic is None:
        found.append(Block("notice", "", (words.offer,)))
    elif answer.status == "ambiguous":
        found.append(Block("notice", "", (words.ambiguous,)))
    if answer.topic:
        found.extend(_topic(answer.topic, answer.watch_for, answer.sources, words))
    if answer.alternatives and answer.status != "answered":
        heading = words.also if answer.topic else words.nearest if answer.status == "no_match" else ""
        lines = tuple(f"{one.topic.id}\t{one.topic.question}" for one in answer.alternatives)
        found.append(Block("offers", heading, lines))
    elif answer.topic and answer.topic.related:
        found.append(Block("facts", words.related, (", ".join(answer.topic.related),)))
    found.extend(_explanation(answer, words))
    found.append(footer(words))
    return found


def _explanation(answer: Answer, words: Wording) -> Iterator[Block]:
    """With --explain: which words counted, what they were taken for, and what spoke for the next topic."""
    candidates = answer.match.candidates
    for heading, reasons, place in ((words.because, answer.match.reasons, 0), (words.instead_of, answer.match.against, 1)):
        if reasons:
            lines = [
                f"\u201c{safe(one.typed)}\u201d{f' ({words.taken_for} {one.taken_for})' if one.taken_for else ''}: {one.share:.0%}"
                for one in reasons
            ]
            yield Block("list", f"{heading} {candidates[place].topic} ({candidates[place].confidence:.0%})", tuple(lines))


def topic_blocks(topic: Topic, base: KnowledgeBase) -> list[Block]:
    """One topic, whole, as `spasm show` prints it."""
    words = wording()
    sources = [(key, base.sources[key]) for key in topic.sources]
    found = list(_topic(topic, [base.flags[name] for name in topic.red_flags], sources, words))
    if topic.related:
        found.append(Block("facts", words.related, (", ".join(topic.related),)))
    return [*found, footer(words)]


def scan_blocks(findings: Iterable[Finding], mentions: Iterable[Mention], numbers: Numbers) -> list[Block]:
    """What `spasm check` found in a text; finding nothing is said not to be an all-clear."""
    words = wording()
    found = [*warnings(findings, numbers, words)]
    if not found:
        found = [*_notes(mentions, numbers, words), Block("notice", "", (words.check_clear,))]
    return [*found, footer(words)]


def guided_blocks(result: Result, numbers: Numbers) -> list[Block]:
    """How a guided check ended: the signs reported and what to do now."""
    from backspasm_cli.guided_check import next_step

    words = wording()
    found = [_warning(flag, flag.level, numbers, words) for flag in result.flags]
    return [*found, Block("lead", "", (next_step(result, numbers),)), footer(words)]


def flag_blocks(flags: Iterable[RedFlag], numbers: Numbers) -> list[Block]:
    """The red flags and what each asks one to do."""
    words = wording()
    found = [
        Block("warning", f"{words.levels[flag.level]}: {flag.title}", (flag.may_mean, numbers.fill(flag.action)), flag.level)
        for flag in flags
    ]
    return [*found, footer(words)]


def warnings(findings: Iterable[Finding], numbers: Numbers, words: Wording) -> Iterator[Block]:
    """One warning for each danger sign found, the gravest first, with the user's own words."""
    for finding in findings:
        block = _warning(finding.flag, finding.level, numbers, words)
        heard = [f"{words.you_wrote} \u201c{safe(finding.matched)}\u201d", *([words.resembles] if finding.by == "likeness" else [])]
        yield msgspec.structs.replace(block, lines=(*block.lines, *heard))


def _warning(flag: RedFlag, level: Level, numbers: Numbers, words: Wording) -> Block:
    lines = [action(flag, level, numbers, words)]
    if flag.say:
        lines.append(f"{words.say} \u201c{numbers.fill(flag.say)}\u201d")
    if flag.avoid:
        lines.append(numbers.fill(flag.avoid))
    lines.append(flag.may_mean)
    return Block("warning", f"{words.levels[level]}: {flag.title}", tuple(lines), level)


def action(flag: RedFlag, level: Level, numbers: Numbers, words: Wording) -> str:
    """What to do about a flag; where the words around it made it graver than it is alone, that comes first."""
    own = numbers.fill(flag.action)
    return f"{numbers.fill(words.raised)} {own}" if level == "emergency" and flag.level != "emergency" else own


def _notes(mentions: Iterable[Mention], numbers: Numbers, words: Wording) -> Iterator[Block]:
    asked = [mention for mention in mentions if mention.assertion.status == "hypothetical"]
    for mention in asked[:2]:
        yield Block("note", "", (f"{words.asked_about} {numbers.fill(mention.flag.action)}",))


def _topic(topic: Topic, watch_for: Iterable[RedFlag], sources: Iterable[tuple[str, Source]], words: Wording) -> Iterator[Block]:
    yield Block("title", "", (topic.question,))
    yield Block("lead", "", (topic.summary,))
    for heading, lines in ((words.points, topic.points), (words.cautions, topic.cautions), (words.see_someone_if, topic.see_someone_if)):
        if lines:
            yield Block("list", heading, tuple(lines))
    watched = tuple(f"{flag.title} ({words.level_meaning[flag.level]})" for flag in watch_for)
    if watched:
        yield Block("list", words.watch_for, watched)
    yield Block("facts", words.evidence, (f"{words.evidence_levels[topic.evidence.level]} ({topic.evidence.why})",))
    cited = tuple(f"{one.publisher}{f', {one.year}' if one.year else ''}: {one.title}. {one.url}" for _, one in sources)
    if cited:
        yield Block("facts", words.sources, cited)
    yield Block("facts", words.reviewed, (topic.reviewed,))


def footer(words: Wording) -> Block:
    """The line under every answer."""
    return Block("footer", "", (f"{words.disclaimer} {words.silence}",))
