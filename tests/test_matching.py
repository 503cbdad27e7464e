"""Matching: what kind of question gets which outcome, and how sure it is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backspasm_cli.answering import Engine, bundled_engine
from backspasm_cli.matching import Match


def match(engine: Engine, question: str) -> Match:
    """The match of a question."""
    return engine.matcher.match(engine.read(question), top=3, explain=True)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("bag of sweetcorn from the freezer on it or a wheat bag", "heat-or-ice"),
        ("acetominophen any use", "acetaminophen"),
        ("HOW SHOULD I SLEEP", "sleep-positions"),
        ("isit ok to drive", "driving"),
        ("will i need an opperation", "surgery"),
    ],
)
def test_lay_words_find_the_topic(engine: Engine, question: str, expected: str) -> None:
    """Other words for the same thing, typos, capitals and missing spaces find the topic."""
    assert match(engine, question).candidates[0].topic == expected


@pytest.mark.parametrize(
    "question",
    [
        "how do I unblock a sink",
        "my phone battery dies fast",
        "tooth hurts when i drink cold water",
        "who won the cup final",
        "my cat limps",
    ],
)
def test_other_subjects_are_refused(engine: Engine, question: str) -> None:
    """A question about something else is no match, however it is put."""
    assert match(engine, question).status == "no_match"


def test_confidence_is_a_probability(engine: Engine) -> None:
    """Confidences lie between 0 and 1, the best first, and sum to no more than 1."""
    found = match(engine, "heat or ice for a spasm")
    confidences = [candidate.confidence for candidate in found.candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert confidences[-1] >= 0
    assert sum(confidences) <= 1.001


def test_reasons_are_the_users_words(engine: Engine) -> None:
    """The reasons quote what was typed and say what it was taken for."""
    reasons = match(engine, "is ibuprofin bad for kidneys").reasons
    assert any(reason.typed == "ibuprofin" and reason.taken_for for reason in reasons)
    assert 0 < sum(reason.share for reason in reasons) <= 1.01


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_sane_outcome(text: str) -> None:
    """Whatever is typed, the outcome is one of the three and the confidence a probability."""
    found = match(bundled_engine(), text)
    assert found.status in ("answered", "ambiguous", "no_match")
    assert all(0 <= candidate.confidence <= 1 for candidate in found.candidates)


@pytest.mark.parametrize(
    "text",
    ["\u0437\u0430\u0447\u0435\u043c \u0431\u043e\u043b\u0438\u0442", "\u80cc\u4e2d\u75c5", "the of and", "\U0001f600" * 50, "x" * 5000],
)
def test_foreign_and_empty_texts(engine: Engine, text: str) -> None:
    """Another script, stop words, emoji, one endless word: no match, no crash."""
    assert match(engine, text).status == "no_match"


def test_time_grows_linearly(engine: Engine) -> None:
    """Ten times the text costs about ten times the time: nothing is compared with everything."""

    def seconds(repeats: int) -> float:
        text = "my back was bad and i went to the shop. can i take ibuprofen? no fever but i cant pee. " * repeats
        start = time.perf_counter()
        reading = engine.read(text)
        engine.matcher.match(reading, top=3)
        engine.detector.scan(reading)
        return time.perf_counter() - start

    seconds(100)
    small = min(seconds(300) for _ in range(3))
    assert seconds(3000) < small * 40
