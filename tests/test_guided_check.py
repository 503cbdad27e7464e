"""The guided check: order, skipping, stopping, and what is said at the end."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from backspasm_cli import guided_check
from backspasm_cli.errors import InputError
from backspasm_cli.guided_check import Reply, Result
from backspasm_cli.knowledge import bundled
from backspasm_cli.regions import numbers


def answered(**replies: Reply) -> Result:
    """The result when the questions named get these replies and all others a no."""
    return guided_check.run(guided_check.script().questions, bundled(), lambda question: replies.get(question.id, "no"))


def from_list(replies: Iterable[Reply]) -> Result:
    """The result when the replies come one after the other and then end."""
    given = iter(replies)
    return guided_check.run(guided_check.script().questions, bundled(), lambda _: next(given, None))


def test_at_most_a_dozen_questions() -> None:
    """Nobody is asked more than twelve, whatever they answer."""
    assert len(answered().given) <= 12
    assert len(answered(fever="yes").given) <= 12


def test_emergency_stops_at_once() -> None:
    """After a yes to an emergency nothing more is asked."""
    found = answered(chest="yes")
    assert (len(found.given), found.level, found.complete) == (1, "emergency", True)


def test_not_sure_is_a_careful_yes() -> None:
    """Not sure raises what a yes raises."""
    assert answered(pelvis="unsure").level == "emergency"


def test_settled_questions_are_skipped() -> None:
    """After a same-day sign only graver questions are asked, and the follow-up of that sign."""
    asked = [given.question.id for given in answered(fever="yes").given]
    assert "fever-risk" in asked
    assert "history" not in asked
    assert "fever-risk" not in [given.question.id for given in answered().given]


def test_clear_next_step_for_every_level() -> None:
    """Each outcome ends in what to do, and no yes at all is not called safe."""
    where = numbers("GB")
    assert "999" in guided_check.next_step(answered(legs="yes"), where)
    assert "116 123" in guided_check.next_step(answered(mind="yes"), where)
    assert "today" in guided_check.next_step(answered(fever="yes"), where)
    assert "days" in guided_check.next_step(answered(course="yes"), where)
    assert "not an all-clear" in guided_check.next_step(answered(), where)


def test_stopping_early_says_so() -> None:
    """Breaking off is not taken for a clean result."""
    found = from_list(["no", "no"])
    assert not found.complete
    assert "stopped before the end" in guided_check.next_step(found, numbers("GB"))


def test_every_question_names_a_flag_that_exists() -> None:
    """Questions and red flags fit together."""
    assert {question.flag for question in guided_check.script().questions} <= set(bundled().flags)


@pytest.mark.parametrize(("typed", "reply"), [("y", "yes"), ("N", "no"), (" ? ", "unsure"), ("not sure", "unsure"), ("maybe", None)])
def test_replies(typed: str, reply: Reply | None) -> None:
    """One key or a word answers; anything else is not understood."""
    assert guided_check.reply_of(typed) == reply


def test_bad_reply_names_its_line() -> None:
    """A line that is no answer is an error that says which."""
    with pytest.raises(InputError, match="line 2"):
        list(guided_check.replies_from(["y", "dunno"]))


def test_report_can_be_read_to_a_doctor() -> None:
    """The report holds every question with its answer, the signs and the next step."""
    text = guided_check.report_markdown(answered(fever="yes"), numbers("GB"))
    assert text.count("**no**") >= 8
    assert "**yes**" in text
    assert "(same-day)" in text
