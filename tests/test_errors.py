"""Errors own their message."""

from __future__ import annotations

from backspasm_cli.errors import Fault, KnowledgeError, UnknownRegionError, UnknownTopicError


def test_fault_names_place_and_problem() -> None:
    """A fault reads file, entry, field, problem, leaving out what it has not."""
    assert str(Fault("a.json", "one", "summary", "is missing")) == "a.json: one: summary: is missing"
    assert str(Fault("a.json", "", "", "is empty")) == "a.json: is empty"


def test_all_faults_are_shown() -> None:
    """A knowledge error shows each fault on a line of its own."""
    assert str(KnowledgeError([Fault("a", "", "", "x"), Fault("b", "", "", "y")])) == "a: x\nb: y"


def test_unknown_names_help() -> None:
    """An unknown name offers the nearest, or says where to look; what cannot be printed is quoted safely."""
    assert str(UnknownTopicError("hat", ["heat-or-ice"])) == "no topic is called 'hat'; did you mean heat-or-ice?"
    assert "two-letter country code" in str(UnknownRegionError("XX"))
    assert "\x1b" not in str(UnknownTopicError("\x1b[31m"))
