"""The guided check: short yes/no questions about danger signs, the gravest first. Its questions, order and words are data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from backspasm_cli.errors import InputError
from backspasm_cli.knowledge import LEVELS, KnowledgeBase, Level, Line, RedFlag, Slug, read_bundled
from backspasm_cli.regions import Numbers

Reply = Literal["yes", "no", "unsure"]

_REPLIES: dict[str, Reply] = {
    "y": "yes",
    "yes": "yes",
    "n": "no",
    "no": "no",
    "?": "unsure",
    "u": "unsure",
    "unsure": "unsure",
    "not sure": "unsure",
}
STOP_WORDS = frozenset({"q", "quit", "stop", "\x03", "\x04", "\x1b"})


class GuidedQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question and the red flag that a yes raises. It is asked only after a yes to `only_after`, where that is given."""

    id: Slug
    ask: Line
    flag: Slug
    only_after: Slug | None = None


class GuidedCheckFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All words of the guided check."""

    intro: Line
    keys: Line
    not_understood: Line
    unsure_counts: Line
    stopped: Line
    report_title: Line
    report_intro: Line
    questions: list[GuidedQuestion]
    next_steps: dict[str, Line]


class Given(NamedTuple):
    """A question and the reply that was given."""

    question: GuidedQuestion
    reply: Reply


class Result(NamedTuple):
    """How a guided check ended: the replies, the flags raised (gravest first), and whether it came to a clear end."""

    given: tuple[Given, ...]
    flags: tuple[RedFlag, ...]
    complete: bool

    @property
    def level(self) -> Level | Literal["none"]:
        """The gravest level raised."""
        return self.flags[0].level if self.flags else "none"


def script() -> GuidedCheckFile:
    """The questions and words, read from data/guided_check.json."""
    return read_bundled("guided_check.json", GuidedCheckFile)


def reply_of(text: str) -> Reply | None:
    """What an answer means: y, yes, n, no, ? or "not sure"; None when it is none of these."""
    return _REPLIES.get(text.strip().lower())


def run(questions: Iterable[GuidedQuestion], base: KnowledgeBase, reply_to: Callable[[GuidedQuestion], Reply | None]) -> Result:
    """Ask in order, and stop at once at an emergency.

    A question that could raise nothing graver than what is raised is skipped. `reply_to` returns None to stop.
    """
    given: list[Given] = []
    raised: dict[str, RedFlag] = {}
    affirmed: set[str] = set()
    complete = True
    for question in questions:
        flag = base.flags[question.flag]
        settled = any(LEVELS.index(one.level) <= LEVELS.index(flag.level) for one in raised.values())
        if settled or (question.only_after and question.only_after not in affirmed):
            continue
        reply = reply_to(question)
        if reply is None:
            complete = False
            break
        given.append(Given(question, reply))
        if reply != "no":  # not sure is a careful yes
            affirmed.add(question.id)
            raised[flag.id] = flag
            if flag.level in ("crisis", "emergency"):
                break
    flags = sorted(raised.values(), key=lambda flag: LEVELS.index(flag.level))
    return Result(tuple(given), tuple(flags), complete)


def replies_from(lines: Iterable[str]) -> Iterator[Reply]:
    """Replies from a file or a pipe, one a line. Raises InputError naming the line that is none."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        reply = reply_of(line)
        if reply is None:
            raise InputError(f"answers: line {number}: {line.strip()[:40]!r} is no answer; expected y, n or ?")
        yield reply


def next_step(result: Result, numbers: Numbers) -> str:
    """What to do now, in one or two sentences."""
    words = script()
    step = numbers.fill(words.next_steps[result.level])
    return step if result.complete or result.flags else words.stopped


def report_markdown(result: Result, numbers: Numbers) -> str:
    """A summary that can be read to a doctor."""
    words = script()
    lines = [f"# {words.report_title}", "", words.report_intro, ""]
    lines += [f"- {one.question.ask} **{one.reply}**" for one in result.given]
    lines += ["", *(f"- {flag.title} ({flag.level})" for flag in result.flags)] if result.flags else []
    return "\n".join([*lines, "", f"**{next_step(result, numbers)}**", ""])


def report_object(result: Result, numbers: Numbers) -> dict[str, object]:
    """The same for scripts."""
    return {
        "schema_version": 1,
        "level": result.level,
        "complete": result.complete,
        "answers": [{"id": one.question.id, "question": one.question.ask, "answer": one.reply} for one in result.given],
        "red_flags": [
            {"id": flag.id, "level": flag.level, "title": flag.title, "action": numbers.fill(flag.action), "say": flag.say}
            for flag in result.flags
        ],
        "next_step": next_step(result, numbers),
    }
