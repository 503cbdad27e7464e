"""The formats, against goldens at a fixed width. `pytest --regenerate-goldens` makes them anew; read the diff."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from backspasm_cli.answering import Answer, Engine, engine_for
from backspasm_cli.output import content, markdown, plain, terminal
from backspasm_cli.output import json as as_json
from backspasm_cli.regions import numbers

GOLDENS = Path(__file__).parent / "goldens"
QUESTIONS = {
    "answered": "limescale in my kettle",
    "warned": "my kettle is furred up and I lost control of my bladder",
    "missed": "best pizza in rome",
    "hostile": "kettle \x1b[31mred\x1b[0m \u202ereversed\u202c [bold]x[/bold] :warning: \x07",
}

ANSWER_SCHEMA = {
    "type": "object",
    "required": [
        "schema_version",
        "question",
        "status",
        "topic",
        "confidence",
        "alternatives",
        "red_flags",
        "watch_for",
        "emergency",
        "disclaimer",
    ],
    "properties": {
        "schema_version": {"const": 1},
        "status": {"enum": ["answered", "ambiguous", "no_match"]},
        "topic": {"type": ["object", "null"]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "alternatives": {"type": "array", "items": {"required": ["id", "question", "confidence"]}},
        "red_flags": {"type": "array", "items": {"required": ["id", "level", "title", "action", "matched", "start", "end"]}},
        "watch_for": {"type": "array", "items": {"required": ["id", "level", "title"]}},
        "emergency": {"type": "object", "required": ["region", "number", "crisis_line"]},
    },
}


@pytest.fixture(scope="module")
def kettles() -> Engine:
    """The engine of a base that changes only when a test does."""
    return engine_for([GOLDENS / "base.json"], with_bundled=False)


def answer(kettles: Engine, name: str) -> Answer:
    """The answer to one of the questions."""
    return kettles.answer(QUESTIONS[name], numbers("GB"))


def drawn(given: Answer, width: int) -> str:
    """The answer as a terminal of that width shows it, without colour."""
    file = io.StringIO()
    terminal.draw(
        Console(file=file, width=width, no_color=True, force_terminal=False, emoji=False, markup=False, highlight=False),
        content.blocks(given),
    )
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def rendered(given: Answer) -> dict[str, str]:
    """The answer in every format."""
    return {
        "txt": plain.render(content.blocks(given)),
        "md": markdown.render(content.blocks(given)),
        "json": as_json.pretty(as_json.answer_object(given)),
        "80.term": drawn(given, 80),
        "40.term": drawn(given, 40),
    }


@pytest.mark.parametrize("name", QUESTIONS)
def test_goldens(kettles: Engine, name: str, request: pytest.FixtureRequest) -> None:
    """Each format of each outcome is, to the character, what was looked at and approved."""
    for suffix, text in rendered(answer(kettles, name)).items():
        path = GOLDENS / f"{name}.{suffix}"
        if request.config.getoption("--regenerate-goldens"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, path.name


@pytest.mark.parametrize("name", QUESTIONS)
def test_json_is_true_to_its_schema(kettles: Engine, name: str) -> None:
    """Every outcome has all keys with the right kinds of value."""
    jsonschema.validate(json.loads(as_json.dumps(as_json.answer_object(answer(kettles, name)))), ANSWER_SCHEMA)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_terminal_keeps_to_the_width(kettles: Engine, width: int) -> None:
    """No line is wider than the terminal, nor than is easy to read."""
    assert max(len(line) for line in drawn(answer(kettles, "warned"), width).splitlines()) <= min(width, 80)


def test_nothing_typed_steers_a_terminal(kettles: Engine) -> None:
    """Escape characters and direction marks that were typed reach no format."""
    for text in rendered(answer(kettles, "hostile")).values():
        assert not any(mark in text for mark in "\x1b\x07\u202e\u202c")


def test_brackets_and_emoji_codes_stay_as_written(kettles: Engine) -> None:
    """What looks like markup in a topic is shown as it is written."""
    assert "[in brackets] and an :emoji:" in " ".join(drawn(answer(kettles, "answered"), 80).split())


def test_warnings_come_first_in_every_format(kettles: Engine) -> None:
    """The danger sign stands above everything else."""
    found = rendered(answer(kettles, "warned"))
    assert found["txt"].startswith("EMERGENCY")
    assert found["md"].startswith("> **EMERGENCY")
    assert "EMERGENCY" in found["80.term"].splitlines()[0]
    assert found["txt"].index("descale") > found["txt"].index("999")


def test_danger_is_said_in_words(kettles: Engine) -> None:
    """Without colour the level is still there."""
    assert "EMERGENCY" in drawn(answer(kettles, "warned"), 80)
