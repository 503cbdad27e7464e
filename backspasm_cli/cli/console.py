"""Where output goes and how it looks: the format is settled once, from the options, the terminal and the environment."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backspasm_cli.cli.options import Color, Format

if TYPE_CHECKING:
    from backspasm_cli.output.content import Block


def settled(chosen: Format, as_json: bool, color: Color) -> Format:
    """The format really used: "auto" is drawn on a terminal (or with --color always) and plain elsewhere."""
    if as_json:
        return Format.json
    if chosen is not Format.auto:
        return chosen
    if color is Color.always:
        return Format.rich
    return Format.rich if sys.stdout.isatty() and os.environ.get("TERM") != "dumb" else Format.plain


def use_color(color: Color) -> bool | None:
    """True or False when it was asked for; None leaves it to the terminal, NO_COLOR and TERM."""
    return None if color is Color.auto else color is Color.always


def wrapped(text: str) -> str:
    """Text for a person at the terminal, broken between words where its lines end."""
    return textwrap.fill(text, max(20, shutil.get_terminal_size().columns - 6))


def write(format_: Format, color: Color, blocks: Callable[[], list[Block]], value: Callable[[], Any]) -> None:
    """Write blocks, or for JSON the value, to stdout. Only what the format needs is made and imported."""
    if format_ is Format.json:
        from backspasm_cli.output import json

        sys.stdout.write(json.dumps(value()) + "\n")
    elif format_ is Format.rich:
        from backspasm_cli.output import terminal

        terminal.show(blocks(), color=use_color(color))
    elif format_ is Format.markdown:
        from backspasm_cli.output import markdown

        sys.stdout.write(markdown.render(blocks()))
    else:
        from backspasm_cli.output import plain

        sys.stdout.write(plain.render(blocks()))
