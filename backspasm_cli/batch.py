"""Lines in, JSON lines out, in order and in constant memory; one bad line never stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TextIO

from backspasm_cli.answering import Engine
from backspasm_cli.knowledge import LEVELS, Level
from backspasm_cli.output.json import SCHEMA_VERSION, answer_object, check_object, dumps
from backspasm_cli.red_flags import Finding
from backspasm_cli.regions import Numbers

_Handled = tuple[dict[str, Any], tuple[Finding, ...]]


def answer_lines(engine: Engine, where: Numbers, lines: Iterable[bytes], out: TextIO, *, top: int) -> Level | None:
    """Answer every line as it comes; the gravest level of danger sign raised, None without any."""

    def handle(question: str) -> _Handled:
        answer = engine.answer(question, where, top=top)
        return answer_object(answer), answer.findings

    return _each(lines, out, handle)


def check_lines(engine: Engine, where: Numbers, lines: Iterable[bytes], out: TextIO) -> Level | None:
    """Scan every line for danger signs as it comes; the gravest level raised, None without any."""

    def handle(text: str) -> _Handled:
        findings = engine.scan(text).findings
        return check_object(text, findings, where), findings

    return _each(lines, out, handle)


def _each(lines: Iterable[bytes], out: TextIO, handle: Callable[[str], _Handled]) -> Level | None:
    gravest = len(LEVELS)
    for number, line in enumerate(lines, 1):
        try:
            value, findings = handle(line.decode("utf-8").rstrip("\r\n"))
        except UnicodeDecodeError:
            value, findings = {"schema_version": SCHEMA_VERSION, "line": number, "error": "this line is not UTF-8 text"}, ()
        out.write(dumps(value) + "\n")
        out.flush()  # a reader sees answers as they come
        if findings:
            gravest = min(gravest, LEVELS.index(findings[0].level))
    return LEVELS[gravest] if gravest < len(LEVELS) else None
