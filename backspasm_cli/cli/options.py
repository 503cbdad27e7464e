"""The options that several commands share, each written once."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from backspasm_cli.errors import UsageError


class Format(str, Enum):
    """How an answer is drawn."""

    auto = "auto"
    rich = "rich"
    plain = "plain"
    markdown = "markdown"
    json = "json"


class Color(str, Enum):
    """Whether colour is used."""

    auto = "auto"
    always = "always"
    never = "never"


class FailOn(str, Enum):
    """The level of danger sign from which on the exit code is 3, the gravest first."""

    crisis = "crisis"
    emergency = "emergency"
    same_day = "same-day"
    soon = "soon"


Json = Annotated[bool, typer.Option("--json", help="One line of JSON; the same as --format json.")]
FormatOption = Annotated[Format, typer.Option("--format", help="auto: drawn on a terminal, plain in a pipe.")]
ColorOption = Annotated[Color, typer.Option("--color", help="Colour on a terminal; NO_COLOR and TERM=dumb are honoured.")]
Region = Annotated[
    str | None,
    typer.Option(
        "--region", metavar="CC", help="Country whose emergency numbers to show, such as GB or US. [env: SPASM_REGION; else the locale]"
    ),
]
Kb = Annotated[
    Path | None,
    typer.Option("--kb", envvar="SPASM_KB", metavar="PATH", help="A file or folder of topics to use instead of the bundled ones."),
]
AddKb = Annotated[bool, typer.Option("--add-kb", help="Use the topics of --kb on top of the bundled ones.")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="With --batch: how many processes share the work; the order stays.")]
FieldsOption = Annotated[
    str | None,
    typer.Option(
        "--fields", metavar="NAMES", help="With --batch: only these fields, such as status,topic.id,red_flags.level.", show_default=False
    ),
]
IdsOnly = Annotated[bool, typer.Option("--ids-only", help="With --batch: ids and confidences only, not the whole topic each time.")]
FailOnOption = Annotated[FailOn | None, typer.Option("--fail-on", help="Exit with 3 when a danger sign of this level or above is raised.")]


def refuse_lonely_add(kb: Path | None, add_kb: bool) -> None:
    """Raise UsageError for --add-kb without topics to add."""
    if add_kb and kb is None:
        raise UsageError("--add-kb needs --kb PATH (or SPASM_KB)")


def reaches(level: str | None, fail_on: FailOn) -> bool:
    """Whether a level of danger sign (None: none raised) is as grave as the one asked for."""
    gravest_first = [one.value for one in FailOn]
    return level is not None and gravest_first.index(level) <= gravest_first.index(fail_on.value)


def topic_ids(incomplete: str) -> list[str]:
    """Topic ids that begin with what was typed, for the Tab key."""
    from backspasm_cli.knowledge import bundled_ids

    return [name for name in bundled_ids() if name.startswith(incomplete)]


def group_names(incomplete: str) -> list[str]:
    """Group names that begin with what was typed, for the Tab key."""
    from backspasm_cli.knowledge import bundled_groups

    return [name for name in bundled_groups() if name.startswith(incomplete)]
