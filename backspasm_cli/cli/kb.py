"""`spasm kb`: for people who write knowledge bases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from backspasm_cli.cli.options import AddKb, Json, Kb
from backspasm_cli.errors import UsageError

app = typer.Typer(help="For people who write knowledge bases: check, measure, schema, path.", no_args_is_help=True, rich_markup_mode=None)


@app.command("check")
def check(
    path: Annotated[
        Path | None, typer.Argument(help="A file or folder of topics; none checks the bundled base.", show_default=False)
    ] = None,
    against: Annotated[
        list[Path] | None, typer.Option("--against", metavar="FILE", help="A text of which no sentence may be copied; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Validate a knowledge base: every fault with file, entry, field and what was expected. Exit code 2 when there is one."""
    from backspasm_cli.checking import check_base

    report = check_base(path, against or ())
    sys.stdout.write(report.as_json() if as_json else report.as_text())
    raise typer.Exit(2 if report.faults else 0)


@app.command("eval")
def evaluate(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help='Labelled questions, one JSON object a line: {"q": "...", "topics": ["id"]}.')
    ],
    kb: Kb = None,
    add_kb: AddKb = False,
    as_json: Json = False,
) -> None:
    """Measure a base against labelled questions: P@1, hit@3, MRR, false answers, calibration, confusions, misses."""
    from backspasm_cli import evaluation
    from backspasm_cli.cli.ask import engine_of
    from backspasm_cli.output.json import dumps

    engine = engine_of(kb, add_kb)
    outcomes = evaluation.evaluate(engine, evaluation.read_labelled(path, engine.base))
    sys.stdout.write(dumps(evaluation.as_object(outcomes)) + "\n" if as_json else evaluation.as_text(outcomes))


@app.command("schema")
def schema(
    name: Annotated[str, typer.Argument(help="topics, red_flags or sources.")] = "topics",
) -> None:
    """Print the JSON Schema of a knowledge file, so that your editor checks it while you type."""
    from backspasm_cli.knowledge import schemas
    from backspasm_cli.output.json import pretty

    found = schemas()
    if name not in found:
        raise UsageError(f"there is no schema called {name!r}; expected one of {', '.join(found)}")
    sys.stdout.write(pretty(found[name]))


@app.command("path")
def path(kb: Kb = None, add_kb: AddKb = False) -> None:
    """Show which knowledge is in use: the folder or file, one a line."""
    from backspasm_cli.knowledge import data_folder

    if kb is None or add_kb:
        sys.stdout.write(f"{data_folder()}\n")
    if kb is not None:
        sys.stdout.write(f"{kb.resolve()}\n")
