"""The regression floor: labelled questions and statements written by people who had not seen the data.

The floors stand a little below what was measured when they were set, so that noise in the data does not break them and
a real loss does. They are raised when the figures rise.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backspasm_cli.answering import Engine
from backspasm_cli.evaluation import Report, evaluate, read_labelled, report
from backspasm_cli.knowledge import LEVELS

BLIND = Path(__file__).parent / "blind"
GRAVITY = {level: len(LEVELS) - number for number, level in enumerate(LEVELS)} | {"none": 0}


@pytest.fixture(scope="module")
def reports(engine: Engine) -> dict[str, Report]:
    """Figures by kind of question."""
    outcomes = evaluate(engine, read_labelled(BLIND / "questions.jsonl", engine.base))
    return {kind: report(kind, [one for one in outcomes if one.labelled.kind == kind]) for kind in ("short", "long")}


@pytest.fixture(scope="module")
def statements(engine: Engine) -> list[tuple[str, str, bool]]:
    """For each statement the level that is right, the level raised, and whether it is a crisis or emergency raised wrongly."""
    found = []
    for line in (BLIND / "red_flags.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        findings = engine.scan(row["text"]).findings
        raised = findings[0].level if findings else "none"
        found.append((row["level"], raised, row["level"] == "none" and GRAVITY[raised] >= GRAVITY["emergency"]))
    return found


@pytest.mark.parametrize(("kind", "p_at_1", "hit_at_3"), [("short", 0.93, 0.97), ("long", 0.87, 0.94)])
def test_right_topic_first(reports: dict[str, Report], kind: str, p_at_1: float, hit_at_3: float) -> None:
    """The right topic comes first, or among the first three, this often."""
    found = reports[kind]
    assert (found.p_at_1 or 0) >= p_at_1
    assert (found.hit_at_3 or 0) >= hit_at_3


@pytest.mark.parametrize(("level", "floor"), [("crisis", 0.97), ("emergency", 0.96), ("same-day", 0.92), ("soon", 0.85)])
def test_danger_signs_are_raised(statements: list[tuple[str, str, bool]], level: str, floor: float) -> None:
    """Statements of each level raise that level or a graver one this often."""
    wanted = [(right, raised) for right, raised, _ in statements if right == level]
    caught = sum(GRAVITY[raised] >= GRAVITY[right] for right, raised in wanted)
    assert caught / len(wanted) >= floor


def test_silence_is_kept(statements: list[tuple[str, str, bool]]) -> None:
    """Statements that describe no danger sign raise hardly anything, and almost never an emergency."""
    quiet = [raised for right, raised, _ in statements if right == "none"]
    assert sum(raised != "none" for raised in quiet) / len(quiet) <= 0.055
    assert sum(wrong for _, _, wrong in statements) / len(quiet) <= 0.035


def test_other_subjects_are_refused(reports: dict[str, Report]) -> None:
    """Hardly any question that is not ours is answered when nearly all of ours are."""
    assert (reports["short"].false_at_95 or 0) <= 0.06
    assert reports["short"].calibration_error <= 0.05
