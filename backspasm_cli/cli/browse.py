"""`spasm list`, `spasm show` and `spasm flags`: the knowledge, to read through."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from backspasm_cli.cli import console
from backspasm_cli.cli.options import (
    AddKb,
    Color,
    ColorOption,
    Format,
    FormatOption,
    Json,
    Kb,
    Region,
    group_names,
    refuse_lonely_add,
    topic_ids,
)

if TYPE_CHECKING:
    from pathlib import Path

    from backspasm_cli.knowledge import KnowledgeBase
    from backspasm_cli.output.content import Block


def list_topics(
    group: Annotated[str | None, typer.Argument(help="Only this group.", autocompletion=group_names, show_default=False)] = None,
    as_json: Json = False,
    format_: FormatOption = Format.auto,
    kb: Kb = None,
    add_kb: AddKb = False,
    color: ColorOption = Color.auto,
) -> None:
    """List the topics by group. Piped: id, a tab and the question, one topic a line."""
    base = base_of(kb, add_kb)
    if group is not None:
        group = base.group(group)
    groups = [group] if group else list(base.groups)
    drawn = console.settled(format_, as_json, color)
    if drawn is Format.plain:
        for name in groups:
            for topic in base.topics_of(name):
                sys.stdout.write(f"{topic.id}\t{topic.question}\n")
        return

    def value() -> object:
        from backspasm_cli.output.json import list_object

        return list_object(base, groups)

    def blocks() -> list[Block]:
        from backspasm_cli.output.content import Block

        return [
            Block("offers", base.groups[name].title, tuple(f"{topic.id}\t{topic.question}" for topic in base.topics_of(name)))
            for name in groups
        ]

    console.write(drawn, color, blocks, value)


def show(
    topic_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a topic; see 'spasm list'.", autocompletion=topic_ids)],
    as_json: Json = False,
    format_: FormatOption = Format.auto,
    kb: Kb = None,
    add_kb: AddKb = False,
    color: ColorOption = Color.auto,
) -> None:
    """Show one topic, whole."""
    base = base_of(kb, add_kb)
    topic = base.topic(topic_id)

    def value() -> object:
        from backspasm_cli.output.json import show_object

        return show_object(topic, base)

    def blocks() -> list[Block]:
        from backspasm_cli.output.content import topic_blocks

        return topic_blocks(topic, base)

    console.write(console.settled(format_, as_json, color), color, blocks, value)


def flags(
    as_json: Json = False,
    format_: FormatOption = Format.auto,
    region: Region = None,
    color: ColorOption = Color.auto,
) -> None:
    """List the red flags (danger signs) and what each asks you to do."""
    from backspasm_cli.knowledge import bundled
    from backspasm_cli.regions import numbers

    base = bundled()
    where = numbers(region)

    def value() -> object:
        from backspasm_cli.output.json import flags_object

        return flags_object(base.flags.values(), base.sources, where)

    def blocks() -> list[Block]:
        from backspasm_cli.output.content import flag_blocks

        return flag_blocks(base.flags.values(), where)

    console.write(console.settled(format_, as_json, color), color, blocks, value)


def base_of(kb: Path | None, add_kb: bool) -> KnowledgeBase:
    """The knowledge base for --kb and --add-kb."""
    from backspasm_cli.knowledge import bundled, load

    refuse_lonely_add(kb, add_kb)
    return load([kb], with_bundled=add_kb) if kb else bundled()
