"""Likeness: learning from labelled statements, and judging a text by them, on words that mean nothing."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from backspasm_cli import knowledge
from backspasm_cli.likeness import Likeness, LikenessTables, features_of, runs
from backspasm_cli.likening import StatementFile, liken

EMERGENCIES = [("fire", {"burn", "house", f"q{number}"}) for number in range(20)] + [("flood", {"wet", "house"}) for _ in range(20)]
OTHERS = [{"house", "tea", f"z{number}"} for number in range(60)]


def learnt(at: float = 0.0) -> Likeness:
    """What is learnt from the statements above, stored and read again."""
    stored = msgspec.msgpack.encode(liken(EMERGENCIES, OTHERS, at))
    return Likeness(msgspec.msgpack.decode(stored, type=LikenessTables))


def test_what_stands_in_emergencies_speaks_for_one() -> None:
    """Words of emergencies lift a text above the line, words of other statements do not, and unknown words change nothing."""
    likeness = learnt()
    assert likeness.excess({"burn"}) > 0 > likeness.excess({"house", "tea"})
    assert likeness.excess({"burn", "unknown"}) == likeness.excess({"burn"})


def test_the_line_is_data() -> None:
    """The sum from which on a text is an emergency is the one given."""
    assert learnt(at=2.0).excess({"burn"}) == pytest.approx(learnt().excess({"burn"}) - 2.0)


def test_the_flag_is_that_of_the_nearest_statements() -> None:
    """Of several flags the one is named with which the words were seen."""
    assert learnt().flag({"house", "wet"}) == "flood"
    assert learnt().flag({"house", "burn"}) == "fire"


def test_learning_is_the_same_every_time() -> None:
    """The same statements give the same weights, so that an index can be compared with another."""
    assert liken(EMERGENCIES, OTHERS, 0.0) == liken(EMERGENCIES, OTHERS, 0.0)


def test_a_concept_not_judged_yet_says_the_most_it_can() -> None:
    """A concept of which nothing is known to be asserted weighs as much as in the assertion that speaks most for an emergency."""
    emergencies = [("fire", features_of(["q"], [("burn", "present")])) for _ in range(9)]
    others = [features_of(["q"], [("burn", "absent")]) for _ in range(9)]
    likeness = Likeness(liken(emergencies, others, 0.0))
    open_, said, denied = (likeness.excess(features_of(["q"], [("burn", status)])) for status in ("", "present", "absent"))
    assert open_ >= said > denied


def test_runs_are_short_and_overlap() -> None:
    """Every sentence, every two and every three in a row are looked at, the shortest first."""
    assert list(runs([(0, 2), (2, 5), (5, 6), (6, 9)])) == [(0, 2), (2, 5), (5, 6), (6, 9), (0, 5), (2, 6), (5, 9), (0, 6), (2, 9)]
    assert list(runs([])) == []


def test_statements_are_labelled_with_flags_that_exist() -> None:
    """Every emergency in the bundled statements names a flag, none stands twice, and none is also among the others."""
    statements = knowledge.read_bundled("statements.json", StatementFile)
    texts = [text for listed in statements.emergencies.values() for text in listed]
    assert statements.emergencies.keys() <= knowledge.bundled().flags.keys()
    assert len(set(texts)) == len(texts)
    assert not set(texts) & set(statements.others)


def test_no_blind_statement_was_learnt() -> None:
    """What the detector is measured with is not among what it learnt from."""
    statements = knowledge.read_bundled("statements.json", StatementFile)
    known = {text.casefold() for listed in (*statements.emergencies.values(), statements.others) for text in listed}
    with Path(__file__).with_name("blind").joinpath("red_flags.jsonl").open(encoding="utf-8") as lines:
        assert not known & {json.loads(line)["text"].casefold() for line in lines}
