"""Blocks -> plain text: no colour, no boxes, no wrapping, for pipes, files and screen readers."""

from __future__ import annotations

from collections.abc import Iterable

from backspasm_cli.output.content import Block, safe


def render(blocks: Iterable[Block]) -> str:
    """The blocks, one empty line between them, a line break at the end."""
    return "\n\n".join("\n".join(_lines(block)) for block in blocks) + "\n"


def _lines(block: Block) -> list[str]:
    lines = [safe(line.replace("\t", ": ") if block.kind == "offers" else line) for line in block.lines]
    if block.kind in ("list", "offers"):
        lines = [f"- {line}" for line in lines]
    if block.kind == "facts" and len(lines) == 1:
        return [f"{block.heading}: {lines[0]}"]
    if block.kind == "facts":
        lines = [f"- {line}" for line in lines]
    if block.heading:
        return [block.heading if block.kind == "warning" else f"{block.heading}:", *lines]
    return lines
