"""Blocks -> a terminal, drawn by rich. The only module that imports rich, and only when a terminal is really drawn on."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from backspasm_cli.output.content import Block, safe

_WIDEST = 80  # longer lines are hard to read, above all for somebody in pain
_STYLES = {"crisis": "bold magenta", "emergency": "bold red", "same-day": "bold yellow", "soon": "bold cyan"}


def show(blocks: Iterable[Block], *, color: bool | None = None) -> None:
    """Draw on stdout. `color` None follows the terminal, NO_COLOR and TERM; danger is said in words either way."""
    console = Console(
        file=sys.stdout,
        highlight=False,
        emoji=False,
        markup=False,
        force_terminal=True if color else None,
        no_color=True if color is False else None,
    )
    draw(console, blocks)


def draw(console: Console, blocks: Iterable[Block]) -> None:
    """Draw on a console of the caller's, no wider than is easy to read."""
    console.width = min(console.width, _WIDEST)
    drawn = [_draw(block) for block in blocks]
    console.print(Group(*(part for one in drawn for part in (one, Text("")))))


def _item(text: str) -> RenderableType:
    """A list item whose later lines hang under the first."""
    from rich.table import Table

    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(ratio=1)
    row.add_row("•", Text(text))
    return Padding(row, (0, 0, 0, 1))


def _draw(block: Block) -> RenderableType:
    lines = [safe(line.replace("\t", ": ") if block.kind == "offers" else line) for line in block.lines]
    if block.kind == "warning":
        style = _STYLES[block.level or "soon"]
        body = Text("\n").join([Text(lines[0], style="bold"), *(Text(line) for line in lines[1:])])
        return Panel(body, title=Text(safe(block.heading), style=style), title_align="left", border_style=style, padding=(0, 1))
    heading = Text(safe(block.heading), style="bold")
    if block.kind == "title":
        return Text(lines[0], style="bold cyan")
    if block.kind == "lead":
        return Text(lines[0], style="bold")
    if block.kind in ("list", "offers"):
        items = [_item(line) for line in lines]
        return Group(heading, *items) if block.heading else Group(*items)
    if block.kind == "facts":
        if len(lines) == 1:
            return Text.assemble((f"{block.heading}: ", "bold dim"), (lines[0], "dim"))
        return Group(
            Text(f"{block.heading}:", style="bold dim"), *(Text(f" {number}. {line}", style="dim") for number, line in enumerate(lines, 1))
        )
    if block.kind == "footer":
        return Text(lines[0], style="italic dim")
    if block.kind == "note":
        return Text(lines[0], style="cyan")
    return Text("\n".join(lines), style="bold" if block.kind == "notice" else "")
