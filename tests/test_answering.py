"""The library without the command line."""

from __future__ import annotations

import pytest

import backspasm_cli
from backspasm_cli import ask, scan
from backspasm_cli.answering import assertion


def test_three_lines() -> None:
    """A question in, a summary out."""
    answer = ask("how long do they last", region="GB")
    assert answer.topic is not None
    assert answer.summary == answer.topic.summary
    assert answer.numbers.code == "GB"


def test_scan() -> None:
    """Danger signs by themselves."""
    assert [finding.flag.id for finding in scan("i cant pee")] == ["bladder-control"]


def test_assertion() -> None:
    """What is asserted of any words of a text."""
    assert assertion("no numbness", 3, 11).status == "absent"


def test_raised_signs_are_not_watched_for() -> None:
    """A sign that is raised is not listed again among those to watch for."""
    answer = ask("cauda equina, i cant pee")
    raised = {finding.flag.id for finding in answer.findings}
    assert raised
    assert not raised & {flag.id for flag in answer.watch_for}


def test_unknown_name() -> None:
    """The package has no other names than it says."""
    with pytest.raises(AttributeError):
        backspasm_cli.nothing  # noqa: B018
