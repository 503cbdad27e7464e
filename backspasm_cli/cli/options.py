"""The options that several commands share, each written once."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


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
FailOnOption = Annotated[FailOn | None, typer.Option("--fail-on", help="Exit with 3 when a danger sign of this level or above is raised.")]


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
