"""Lines in, JSON lines out, in order and in constant memory; one bad line never stops the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from backspasm_cli.answering import Engine
from backspasm_cli.knowledge import LEVELS, Level
from backspasm_cli.output.json import answer_object, dumps
from backspasm_cli.regions import Numbers


def answer_lines(engine: Engine, where: Numbers, lines: Iterable[bytes], out: TextIO, *, top: int) -> Level | None:
    """Answer every line as it comes, and return the gravest level of danger sign that was raised."""
    worst: Level | None = None
    for number, line in enumerate(lines, 1):
        try:
            question = line.decode("utf-8").strip("\r\n")
        except UnicodeDecodeError:
            out.write(dumps({"schema_version": 1, "line": number, "error": "is not UTF-8 text"}) + "\n")
            continue
        answer = engine.answer(question, where, top=top)
        out.write(dumps(answer_object(answer)) + "\n")
        out.flush()
        if answer.findings and (worst is None or LEVELS.index(answer.findings[0].level) < LEVELS.index(worst)):
            worst = answer.findings[0].level
    return worst
