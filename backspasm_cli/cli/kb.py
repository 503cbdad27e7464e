"""`spasm kb`: for people who write knowledge bases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

from backspasm_cli.cli.options import AddKb, Json, Kb

app = typer.Typer(help="For people who write knowledge bases: check, measure, schema, path.", no_args_is_help=True, rich_markup_mode=None)


@app.command("check")
def check(
    path: Annotated[Optional[Path], typer.Argument(help="A file or folder of topics; none checks the bundled base.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Validate a knowledge base: every fault with file, entry, field and what was expected. Exit code 2 when there is one."""
    from backspasm_cli.checking import check_base

    report = check_base(path)
    sys.stdout.write(report.as_json() if as_json else report.as_text())
    raise typer.Exit(2 if report.faults else 0)


@app.command("schema")
def schema(
    name: Annotated[str, typer.Argument(help="topics, red_flags or sources.")] = "topics",
) -> None:
    """Print the JSON Schema of a knowledge file, so that your editor checks it while you type."""
    import click

    from backspasm_cli.knowledge import schemas
    from backspasm_cli.output.json import pretty

    found = schemas()
    if name not in found:
        raise click.UsageError(f"there is no schema called {name!r}; expected one of {', '.join(found)}")
    sys.stdout.write(pretty(found[name]))


@app.command("path")
def path(kb: Kb = None, add_kb: AddKb = False) -> None:
    """Show which knowledge is in use: the folder or file, one a line."""
    from backspasm_cli.knowledge import data_folder

    if kb is None or add_kb:
        sys.stdout.write(f"{data_folder()}\n")
    if kb is not None:
        sys.stdout.write(f"{kb.resolve()}\n")
