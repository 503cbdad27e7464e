"""`spasm check`: danger signs only, in a text or by a guided conversation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backspasm_cli.cli import bulk, console
from backspasm_cli.cli.ask import readable, stdin_text
from backspasm_cli.cli.options import (
    Color,
    ColorOption,
    FailOnOption,
    FieldsOption,
    Format,
    FormatOption,
    IdsOnly,
    Jobs,
    Json,
    Region,
    reaches,
)
from backspasm_cli.errors import InputError, UsageError

if TYPE_CHECKING:
    from backspasm_cli.guided_check import GuidedQuestion, Reply, Result
    from backspasm_cli.output.content import Block
    from backspasm_cli.regions import Numbers


def check(
    text: Annotated[list[str] | None, typer.Argument(help="The words to scan; '-' reads stdin.", show_default=False)] = None,
    as_json: Json = False,
    format_: FormatOption = Format.auto,
    guided: Annotated[
        bool, typer.Option("--guided", help="Ask the questions even when stdin is not a terminal: one y, n or ? a line.")
    ] = False,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Take the replies of the guided check from a file.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write the guided check's summary: Markdown, or JSON if FILE ends in .json."),
    ] = None,
    batch: Annotated[bool, typer.Option("--batch", help="One text a line on stdin, one JSON object a line on stdout.")] = False,
    jobs: Jobs = 1,
    fields: FieldsOption = None,
    ids_only: IdsOnly = False,
    region: Region = None,
    color: ColorOption = Color.auto,
    fail_on: FailOnOption = None,
) -> None:
    """Look for danger signs in what you describe. Finding none is not an all-clear.

    Without words on a terminal it asks short questions, the most urgent first.
    """
    from backspasm_cli.regions import numbers

    where = numbers(region)
    words = [readable(word) for word in text or []]
    on_terminal = sys.stdin is not None and sys.stdin.isatty()
    asking = guided or answers is not None or (not words and on_terminal and not batch)
    if asking and (words or batch):
        raise UsageError("the guided check takes no words and no --batch")
    if batch and words:
        raise UsageError("--batch reads texts from stdin; give no words with it")
    if not batch:
        bulk.refuse_without_batch(jobs, fields, ids_only)
    if report and not asking:
        raise UsageError("--report goes with the guided check; leave out the words")
    drawn = console.settled(format_, as_json, color)
    if asking:
        level = _guided(where, drawn, color, answers, report)
    elif batch:
        from backspasm_cli.batch import Job

        level = bulk.run(Job("check", region, fields=bulk.chosen_fields(fields, ids_only)), jobs)
    else:
        level = _scan(" ".join(words) if words and words != ["-"] else stdin_text(), where, drawn, color)
    if fail_on and reaches(level, fail_on):
        sys.stdout.flush()
        raise typer.Exit(3)


def _scan(text: str, where: Numbers, drawn: Format, color: Color) -> str | None:
    from backspasm_cli.answering import bundled_engine

    found = bundled_engine().scan(text)

    def value() -> object:
        from backspasm_cli.output.json import check_object

        return check_object(text, found.findings, where)

    def blocks() -> list[Block]:
        from backspasm_cli.output.content import scan_blocks

        return scan_blocks(found.findings, found.mentions, where)

    console.write(drawn, color, blocks, value)
    return found.findings[0].level if found.findings else None


def _guided(where: Numbers, drawn: Format, color: Color, answers: Path | None, report: Path | None) -> str | None:
    from backspasm_cli import guided_check
    from backspasm_cli.knowledge import bundled

    words = guided_check.script()
    if answers is not None or not sys.stdin.isatty():
        replies = guided_check.replies_from(_lines(answers))

        def reply_to(question: GuidedQuestion) -> Reply | None:
            return next(replies, None)
    else:
        sys.stderr.write("\n".join(map(console.wrapped, (words.intro, words.unsure_counts, words.keys, "", ""))))

        def reply_to(question: GuidedQuestion) -> Reply | None:
            return _ask_key(question.ask, words.not_understood)

    result = guided_check.run(words.questions, bundled(), reply_to)

    def value() -> object:
        return guided_check.report_object(result, where)

    def blocks() -> list[Block]:
        from backspasm_cli.output.content import guided_blocks

        return guided_blocks(result, where)

    console.write(drawn, color, blocks, value)
    if report is not None:
        _write_report(report, result, where)
    return None if result.level == "none" else result.level


def _lines(answers: Path | None) -> list[str]:
    if answers is None:
        return stdin_text().splitlines()
    try:
        return answers.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{answers}: cannot be read; expected a text file with one y, n or ? a line") from None


def _ask_key(question: str, not_understood: str) -> Reply | None:
    """Put one question on stderr and wait for one key."""
    from backspasm_cli.guided_check import STOP_WORDS, reply_of

    while True:
        sys.stderr.write(f"{console.wrapped(f'{question} [y/n/?]')} ")
        sys.stderr.flush()
        key = typer.getchar()
        if not key or key.lower() in STOP_WORDS:
            sys.stderr.write("\n")
            if key == "\x03":
                raise KeyboardInterrupt
            return None
        reply = reply_of(key)
        sys.stderr.write(f"{reply or ''}\n")
        if reply is not None:
            return reply
        sys.stderr.write(f"{not_understood}\n")


def _write_report(path: Path, result: Result, where: Numbers) -> None:
    from backspasm_cli import guided_check
    from backspasm_cli.output.json import pretty

    as_json = path.suffix == ".json"
    text = pretty(guided_check.report_object(result, where)) if as_json else guided_check.report_markdown(result, where)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: the report cannot be written ({(error.strerror or 'unknown reason').lower()})") from None
