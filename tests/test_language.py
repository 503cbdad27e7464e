"""Reading: words, stems, repairs, sentences, for any text at all."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backspasm_cli.language import Vocabulary, fold, read, vocabulary_tables, words_of

KNOWN = Vocabulary(
    vocabulary_tables(
        ["muscle", "spasm", "back", "pain", "lower", "stretch", "ibuprofen", "numb", "pee", "relaxer", "cannot"],
        {"wks": "weeks", "dunno": "dont know"},
    ),
    lambda: "dumb\npea\nback\ngolf\ngold\nthe",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("musle", ("muscle",)),
        ("spasam", ("spasm",)),
        ("ibuprofin", ("ibuprofen",)),
        ("ibuprophen", ("ibuprofen",)),
        ("lowerback", ("lower", "back")),
        ("paaaaain", ("pain",)),
        ("wks", ("weeks",)),
        ("dunno", ("dont", "know")),
        ("strech", ("stretch",)),
    ],
)
def test_repairs(typed: str, meant: tuple[str, ...]) -> None:
    """A misspelt word, a missing space, a drawn-out word and an abbreviation are taken for the known word."""
    assert KNOWN.repaired(typed) == meant


@pytest.mark.parametrize("word", ["dumb", "pea", "golf", "xyzzy", "back", "42", "a"])
def test_leaves_alone(word: str) -> None:
    """An ordinary word is never repaired into another meaning, nor nonsense into anything."""
    assert KNOWN.repaired(word) == (word,)


@pytest.mark.parametrize(("typed", "folded"), [("Can\u2019t", "cant"), ("CAN'T", "cant"), ("\ufb01sh", "fish"), ("I\u00b4m", "im")])
def test_fold(typed: str, folded: str) -> None:
    """Case, apostrophes of every kind and typographic variants make no difference."""
    assert fold(typed) == folded


def test_words_split_numbers_from_units() -> None:
    """A number and its unit are two words, a decimal number is one, and "L5" stays whole."""
    assert words_of("I'm 72yo, temp 38.5C at L5-S1") == ["im", "72", "yo", "temp", "38.5", "c", "at", "l5", "s1"]


def test_sentences() -> None:
    """Sentences end at . ! ? and line breaks, not at commas."""
    reading = read("No fever, no chills. Legs numb? Yes\nback", KNOWN)
    assert [reading.words[first:last] for first, last in reading.sentences()] == [
        ["no", "fever", "no", "chills"],
        ["legs", "numb"],
        ["yes"],
        ["back"],
    ]


@given(st.text(max_size=400))
def test_spans_point_into_the_text(text: str) -> None:
    """Whatever is typed, every word knows where it stands, in order and inside the text."""
    reading = read(text, KNOWN)
    assert len(reading.words) == len(reading.spans) == len(reading.stems) == len(reading.stops)
    last = 0
    for start, end in reading.spans:
        assert 0 <= start < end <= len(text)
        assert start >= last or (start, end) == reading.spans[reading.spans.index((start, end))]
        last = start


def test_windows_cover_a_long_text() -> None:
    """A long text is read in parts of bounded length that begin at sentences, overlap, and together hold every word in its place."""
    reading = read("one two three. " * 3000, KNOWN)
    parts = list(reading.windows())
    assert len(parts) > 2
    assert all(len(part) < 2100 and part.quote(0, 1)[2] == "one" for part in parts)
    assert {span for part in parts for span in part.spans} == set(reading.spans)
    assert all(set(part.spans) & set(following.spans) for part, following in itertools.pairwise(parts))


def test_a_short_text_is_one_window() -> None:
    """A text of usual length is read whole."""
    reading = read("one two three. " * 100, KNOWN)
    assert list(reading.windows()) == [reading]
