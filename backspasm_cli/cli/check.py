"""`spasm check`: danger signs only, in a text or by a guided conversation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from backspasm_cli.cli import console
from backspasm_cli.cli.ask import _readable, _stdin, reaches
from backspasm_cli.cli.options import Color, ColorOption, FailOnOption, Format, FormatOption, Json, Region

if TYPE_CHECKING:
    from backspasm_cli.output.content import Block


def check(
    text: Annotated[Optional[list[str]], typer.Argument(help="The words to scan; none or '-' reads stdin.", show_default=False)] = None,
    as_json: Json = False,
    format_: FormatOption = Format.auto,
    region: Region = None,
    color: ColorOption = Color.auto,
    fail_on: FailOnOption = None,
) -> None:
    """Look for danger signs in what you describe. Finding none is not an all-clear."""
    from backspasm_cli.answering import bundled_engine
    from backspasm_cli.regions import numbers

    where = numbers(region)
    words = [_readable(word) for word in text or []]
    given = " ".join(words) if words and words != ["-"] else _stdin()
    found = bundled_engine().scan(given)

    def value() -> object:
        from backspasm_cli.output.json import check_object

        return check_object(given, found.findings, where)

    def blocks() -> list[Block]:
        from backspasm_cli.output.content import scan_blocks

        return scan_blocks(found.findings, found.mentions, where)

    console.write(console.settled(format_, as_json, color), color, blocks, value)
    if fail_on and found.findings and reaches(found.findings[0].level, fail_on):
        sys.stdout.flush()
        raise typer.Exit(3)
