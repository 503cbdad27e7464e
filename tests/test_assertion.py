"""Assertion: each rule of scope by itself, on sentences written for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from backspasm_cli.answering import Engine
from backspasm_cli.assertion import Assertion


def asserted(engine: Engine, text: str, phrase: str) -> Assertion:
    """What is asserted of a phrase in a text."""
    start = text.index(phrase)
    return engine.assertion(text, start, start + len(phrase))


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("my foot is numb", "numb"),
        ("not only numb but weak", "numb"),
        ("it is numb, no idea why", "numb"),
        ("no fever but a rash", "rash"),
        ("no fever. numb foot", "numb"),
        ("no fever; numb foot", "numb"),
        ("no fever and my foot is numb", "numb"),
        ("no fever, i have a rash", "rash"),
        ("no pain at all, only numbness", "numbness"),
        ("fever: yes since monday", "fever"),
        ("fever? yes", "fever"),
        ("last year it was numb and now it is numb again", "numb again"),
        ("my mum has a fever", "fever"),
        ("is it bad that my foot is numb", "numb"),
        ("numb foot, no fever", "numb foot"),
        ("no injury woke up numb", "numb"),
        ("no fever and a rash", "rash"),
        ("fever no, rash yes", "rash"),
        ("my foot is numb. No, really.", "numb"),
        ("the numbness hasn't gone away", "numbness"),
        ("no tablets help the numbness", "numbness"),
        ("not worried about a fever as my foot is numb", "numb"),
        ("the numbness started years ago", "numbness"),
        ("I'm worried about the numbness in my foot", "numbness"),
        ("what cream for a rash on my back", "rash"),
    ],
)
def test_present(engine: Engine, text: str, phrase: str) -> None:
    """A statement, the far side of a but, a new clause, a yes, a relapse, somebody close: present."""
    assert asserted(engine, text, phrase).status == "present"


@pytest.mark.parametrize(
    ("text", "phrase", "cue"),
    [
        ("no numbness", "numbness", "no"),
        ("no fever, chills or rash", "rash", "no"),
        ("neither numb nor weak", "weak", "nor"),
        ("my foot is not numb", "numb", "not"),
        ("I don't have a fever", "fever", "don't"),
        ("patient denies fever, numbness or rash", "rash", "denies"),
        ("without fever", "fever", "without"),
        ("fever: none", "fever", "none"),
        ("fever? no. rash? also no", "rash", "also no"),
        ("can't say I have numbness", "numbness", "can't say I have"),
        ("Numbness. No. Fever. No.", "Fever", "No"),
        ("fever no, rash yes", "fever", "no"),
        ("no history of fever", "fever", "no history of"),
        ("no injury or numbness", "numbness", "no"),
        ("the scan ruled out cancer", "cancer", "ruled out"),
    ],
)
def test_absent(engine: Engine, text: str, phrase: str, cue: str) -> None:
    """A denial reaches along a list, over nor, and back from an answer; the cue that decided is named."""
    found = asserted(engine, text, phrase)
    assert (found.status, found.cue) == ("absent", cue)
    assert text[found.start : found.end] == cue


@pytest.mark.parametrize(
    ("text", "phrase", "status"),
    [
        ("what does numbness mean", "numbness", "hypothetical"),
        ("if my foot goes numb i would go", "numb", "hypothetical"),
        ("worried I might get a fever", "fever", "hypothetical"),
        ("worried I might have cancer", "cancer", "hypothetical"),
        ("call 999 if you get numbness", "numbness", "hypothetical"),
        ("admitted to rule out cancer", "cancer", "hypothetical"),
        ("should you develop numbness go at once", "numbness", "hypothetical"),
        ("my family history of cancer", "cancer", "other"),
        ("can a fever make your back ache", "fever", "hypothetical"),
        ("years ago I had a fever", "fever", "past"),
        ("had a fever last week, fine now", "fever", "past"),
        ("it runs in the family: my dad had cancer", "cancer", "other"),
        ("I was bored numb", "numb", "figurative"),
    ],
)
def test_other_statuses(engine: Engine, text: str, phrase: str, status: str) -> None:
    """What is asked about or feared, past, somebody else's, or a figure of speech is told apart."""
    assert asserted(engine, text, phrase).status == status


def test_place_outside_the_text(engine: Engine) -> None:
    """A place that covers no word is refused."""
    with pytest.raises(ValueError, match="covers no word"):
        engine.assertion("numb", 10, 20)


def test_long_sentence(engine: Engine) -> None:
    """Asking about every word of one endless sentence takes no longer a word than in a short one."""
    reading = engine.read("no fever and then if numb weak " * 2_000)
    scopes = engine.assertions.scopes(reading)
    assert {scopes.assertion(place, place + 1).status for place in range(len(reading))} >= {"absent", "hypothetical"}


def test_kit(engine: Engine) -> None:
    """On a kit of some 200 lay and clinical sentences, at least 93 in 100 are told as a reader tells them."""
    rows = [line.split("|") for line in (Path(__file__).parent / "assertion_kit.txt").read_text(encoding="utf-8").splitlines()[1:] if line]
    right = sum(asserted(engine, text, phrase).status == status for status, text, phrase in rows)
    assert len(rows) > 190
    assert right / len(rows) >= 0.93
