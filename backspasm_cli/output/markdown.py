"""Blocks -> Markdown, for notes, tickets and web pages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backspasm_cli.output.content import Block, safe

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")
_ADDRESS = re.compile(r"https://\S+")


def render(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown, one empty line between them, a line break at the end."""
    return "\n\n".join("\n".join(_lines(block)) for block in blocks) + "\n"


def _escaped(text: str) -> str:
    """`text` with Markdown's special characters escaped, web addresses as links."""
    parts: list[str] = []
    end = 0
    text = safe(text)
    for match in _ADDRESS.finditer(text):
        parts += [_SPECIAL.sub(r"\\\1", text[end : match.start()]), f"<{match[0]}>"]
        end = match.end()
    return "".join([*parts, _SPECIAL.sub(r"\\\1", text[end:])])


def _lines(block: Block) -> list[str]:
    if block.kind == "offers":
        pairs = [line.partition("\t") for line in block.lines]
        items = [f"- `{name}`: {_escaped(question)}" for name, _, question in pairs]
        return [f"## {block.heading}", "", *items] if block.heading else items
    lines = [_escaped(line) for line in block.lines]
    if block.kind == "warning":
        return [f"> **{_escaped(block.heading)}**", ">", *(line for text in lines for line in (f"> {text}", ">"))][:-1]
    if block.kind == "title":
        return [f"# {lines[0]}"]
    if block.kind == "lead":
        return [f"**{lines[0]}**"]
    if block.kind == "list":
        return [f"## {block.heading}", "", *(f"- {line}" for line in lines)]
    if block.kind == "facts":
        return [f"**{block.heading}:** {lines[0]}"] if len(lines) == 1 else [f"**{block.heading}:**", "", *(f"- {line}" for line in lines)]
    if block.kind == "footer":
        return [f"*{lines[0]}*"]
    return lines
