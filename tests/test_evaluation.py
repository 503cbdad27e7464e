"""`spasm kb eval`: the figures are what they say they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Spasm

from backspasm_cli.answering import Engine
from backspasm_cli.errors import InputError
from backspasm_cli.evaluation import Labelled, Outcome, read_labelled, report


def outcome(topics: list[str], ranked: tuple[str, ...], confidence: float, status: str = "answered") -> Outcome:
    """One outcome, made by hand."""
    return Outcome(Labelled("q", topics), ranked, confidence, status)


def test_figures() -> None:
    """P@1, hit@3, MRR, and false answers at a coverage, on outcomes worked out by hand."""
    found = report(
        "all",
        [
            outcome(["a"], ("a", "b"), 0.9),
            outcome(["b"], ("a", "b"), 0.8),
            outcome(["c"], ("a", "b"), 0.7, "no_match"),
            outcome([], ("a",), 0.75),
            outcome([], ("a",), 0.1, "no_match"),
        ],
    )
    assert (found.p_at_1, found.hit_at_3, found.mrr) == (0.3333, 0.6667, 0.5)
    assert (found.answered, found.answered_falsely) == (0.6667, 0.5)
    assert found.false_at_95 == 0.5  # all three of ours are let through at 0.7, and with them the one at 0.75


def test_calibration_error() -> None:
    """Answers at 0.95 that are all right are off by 0.05; answers at 0.95 that are all wrong by 0.95."""
    assert report("x", [outcome(["a"], ("a",), 0.95)]).calibration_error == pytest.approx(0.05)
    assert report("x", [outcome(["a"], ("b",), 0.95)]).calibration_error == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [('{"q": 1}', "line 2"), ("not json", "line 2"), ('{"q": "x", "topics": ["nope"]}', "names 'nope'")],
)
def test_bad_labels(engine: Engine, tmp_path: Path, line: str, complaint: str) -> None:
    """A bad line is named with what was expected."""
    path = tmp_path / "labels.jsonl"
    path.write_text('{"q": "x", "topics": []}\n' + line + "\n")
    with pytest.raises(InputError, match=complaint):
        read_labelled(path, engine.base)


def test_command(spasm: Spasm, tmp_path: Path) -> None:
    """The command prints tables, or everything as JSON."""
    path = tmp_path / "labels.jsonl"
    rows = [{"q": "heat or ice", "topics": ["heat-or-ice"]}, {"q": "pizza recipe", "topics": []}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "P@1 1.000" in spasm("kb", "eval", str(path)).out
    found = spasm("kb", "eval", str(path), "--json").json
    assert found["reports"][0]["ours"] == 1
    assert len(found["reports"][0]["curve"]) == 21
