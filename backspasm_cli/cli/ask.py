"""`spasm ask`: the answer to a question from the words given, from stdin, in conversation, or in bulk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backspasm_cli.cli import bulk, console
from backspasm_cli.cli.options import (
    AddKb,
    Color,
    ColorOption,
    FailOn,
    FailOnOption,
    FieldsOption,
    Format,
    FormatOption,
    IdsOnly,
    Jobs,
    Json,
    Kb,
    Region,
    reaches,
    refuse_lonely_add,
)
from backspasm_cli.errors import UsageError

if TYPE_CHECKING:
    from backspasm_cli.answering import Answer, Engine
    from backspasm_cli.output.content import Block
    from backspasm_cli.regions import Numbers


def ask(
    question: Annotated[
        list[str] | None, typer.Argument(help="The question; words need no quotes. '-' reads it from stdin.", show_default=False)
    ] = None,
    as_json: Json = False,
    format_: FormatOption = Format.auto,
    top: Annotated[int, typer.Option("--top", min=1, max=20, help="How many topics to name at most.")] = 3,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show which words counted, what they were taken for, and their weight.")
    ] = False,
    batch: Annotated[bool, typer.Option("--batch", help="One question a line on stdin, one JSON object a line on stdout.")] = False,
    jobs: Jobs = 1,
    fields: FieldsOption = None,
    ids_only: IdsOnly = False,
    kb: Kb = None,
    add_kb: AddKb = False,
    region: Region = None,
    color: ColorOption = Color.auto,
    fail_on: FailOnOption = None,
) -> None:
    """Answer a question about back spasms.

    Without words on a terminal it asks for them, until an empty line. Exit code 1 means that no topic fits.
    """
    if batch:
        if question:
            raise UsageError("--batch reads questions from stdin; give no words with it")
        refuse_lonely_add(kb, add_kb)
        from backspasm_cli.batch import Job

        topics = (str(kb),) if kb else ()
        job = Job("ask", region, top, bulk.chosen_fields(fields, ids_only), topics, with_bundled=add_kb or not topics)
        worst = bulk.run(job, jobs)
        raise typer.Exit(3 if fail_on and reaches(worst, fail_on) else 0)
    bulk.refuse_without_batch(jobs, fields, ids_only)
    from backspasm_cli.regions import numbers

    where = numbers(region)
    engine = engine_of(kb, add_kb)
    drawn = console.settled(format_, as_json, color)
    words = [readable(word) for word in question or []]
    if not words and sys.stdin is not None and sys.stdin.isatty():
        raise typer.Exit(_converse(engine, where, drawn, color, top, explain, fail_on))
    text = " ".join(words) if words and words != ["-"] else stdin_text()
    answer = engine.answer(text, where, top=top, explain=explain)
    write_answer(answer, drawn, color)
    raise typer.Exit(exit_code(answer, fail_on))


def engine_of(kb: Path | None, add_kb: bool) -> Engine:
    """The engine for --kb and --add-kb."""
    from backspasm_cli.answering import engine_for

    refuse_lonely_add(kb, add_kb)
    return engine_for([kb] if kb else [], with_bundled=add_kb)


def write_answer(answer: Answer, drawn: Format, color: Color) -> None:
    """One answer on stdout."""

    def value() -> object:
        from backspasm_cli.output.json import answer_object

        return answer_object(answer)

    def blocks() -> list[Block]:
        from backspasm_cli.output import content

        return content.blocks(answer)

    console.write(drawn, color, blocks, value)


def exit_code(answer: Answer, fail_on: FailOn | None) -> int:
    """3 for a danger sign at --fail-on, 1 without a good match, else 0."""
    if fail_on and answer.findings and reaches(answer.findings[0].level, fail_on):
        return 3
    return 1 if answer.status == "no_match" else 0


def stdin_text() -> str:
    """All of stdin as text; what is not UTF-8 becomes replacement marks."""
    return sys.stdin.buffer.read().decode("utf-8", "replace").strip() if sys.stdin is not None else ""


def readable(word: str) -> str:
    """An argument that was not UTF-8 arrives with surrogates; they become replacement marks."""
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _converse(engine: Engine, where: Numbers, drawn: Format, color: Color, top: int, explain: bool, fail_on: FailOn | None) -> int:
    """Ask, answer, and ask again until an empty line or the end of input. The exit code is that of the gravest answer."""
    from backspasm_cli.output.content import wording

    prompt = wording().prompt
    codes = [0]
    while True:
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line.strip():
            if not line:
                sys.stderr.write("\n")
            return max(codes)
        answer = engine.answer(readable(line.strip()), where, top=top, explain=explain)
        write_answer(answer, drawn, color)
        sys.stdout.flush()
        code = exit_code(answer, fail_on)
        codes.append(code if code == 3 else 0)
