"""The pattern language: what finds what, and what is said of a bad pattern."""

from __future__ import annotations

import pytest

from backspasm_cli.concepts import ConceptIndex
from backspasm_cli.errors import KnowledgeError
from backspasm_cli.language import Vocabulary, read, vocabulary_tables
from backspasm_cli.patterns import compile_concepts

NOTHING = Vocabulary(vocabulary_tables([], {}))


def found(patterns: dict[str, list[str]], text: str) -> set[tuple[str, str]]:
    """The concepts found in a text, each with the words that it covers."""
    index = ConceptIndex(compile_concepts(patterns, fillers=["my", "really"], blockers=["no", "not", "but"]).tables())
    reading = read(text, NOTHING)
    concepts = index.find(reading)
    return {(name, reading.quote(*span)[2]) for name in concepts.names for span in concepts.spans(name)}


def test_words_match_in_any_inflection() -> None:
    """Words are compared by their stems."""
    assert found({"x": ["leak"]}, "it leaked, leaking, leaks") == {("x", "leaked"), ("x", "leaking"), ("x", "leaks")}


def test_alternatives_and_fillers() -> None:
    """`a|b` is either word, and filler words may stand between any two."""
    assert found({"x": ["lost|lose control"]}, "I lose my really control") == {("x", "lose my really control")}


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [("a1 .. b1", "a1 x y z b1", True), ("a1 .. b1", "a1 w x y z b1", False), ("a1 ... b1", "a1 u v w x y z b1", True)],
)
def test_gaps(pattern: str, text: str, hit: bool) -> None:
    """Two dots allow up to three words between, three dots up to six."""
    assert bool(found({"x": [pattern]}, text)) is hit


@pytest.mark.parametrize("between", ["not in the", "but the", ". The", "; the", "? The"])
def test_gaps_stop(between: str) -> None:
    """A gap never crosses a blocking word or the end of a clause or sentence."""
    assert found({"x": ["pain ... leg"]}, f"pain {between} leg") == set()


def test_concepts_are_made_of_concepts() -> None:
    """A pattern may name other concepts, to any depth."""
    patterns = {"leg": ["leg", "calf"], "numb": ["numb", "no feeling"], "numb-leg": ["<numb> .. <leg>", "<leg> .. <numb>"]}
    assert ("numb-leg", "calf has no feeling") in found(patterns, "my calf has no feeling")


def test_either_order() -> None:
    """`first & second` finds both parts in either order, in one clause."""
    patterns = {"x": ["fever & back"]}
    assert found(patterns, "back hurts and fever") == {("x", "back hurts and fever")}
    assert found(patterns, "fever. back hurts") == set()


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [("im #65-110", "im 72", True), ("im #65-110", "im 30", False), ("# weeks", "2 weeks", True), ("temp hot|#38-42", "temp 38.5", True)],
)
def test_numbers(pattern: str, text: str, hit: bool) -> None:
    """A number is found by itself, in a range, or as one of several alternatives."""
    assert bool(found({"x": [pattern]}, text)) is hit


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("<nothing>", "no such concept"),
        ("..", "is empty"),
        ("a ..", "ends in a gap"),
        ("#x-y", "a range of numbers"),
        ("a,b", "expected words"),
    ],
)
def test_bad_patterns(pattern: str, complaint: str) -> None:
    """A bad pattern is reported with its concept and what was expected."""
    with pytest.raises(KnowledgeError, match=complaint):
        compile_concepts({"x": [pattern]})


def test_circles_are_refused() -> None:
    """A concept that is made of itself is refused rather than looped over."""
    with pytest.raises(KnowledgeError, match="made of itself"):
        compile_concepts({"a": ["<b>"], "b": ["<a>"]})
