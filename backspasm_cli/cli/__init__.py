"""The command line: parse, call, render, exit code. No logic, and no text of its own beyond help.

Exit codes: 0 answered, 1 no good match, 2 wrong use or bad data, 3 a red flag at --fail-on, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer

from backspasm_cli import __version__
from backspasm_cli.errors import SpasmError

# Typer carries its own copy of click since 0.26; this is its usage error, reached through a public name.
_UsageError: Any = typer.BadParameter.__base__

#: Every command, in the order of the help, with the room it lives in and the name of its function there.
COMMANDS = {
    "ask": ("ask", "ask"),
    "list": ("browse", "list_topics"),
    "show": ("browse", "show"),
    "check": ("check", "check"),
    "flags": ("browse", "flags"),
    "kb": ("kb", "app"),
}


def app(names: Iterable[str] = tuple(COMMANDS)) -> typer.Typer:
    """The command line with these of its commands. Building all of them takes longer than answering a question."""
    root = typer.Typer(
        name="spasm",
        help="Answers about back spasms: offline, sourced, with a clear warning when you describe a danger sign. Not a diagnosis.",
        invoke_without_command=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_root)
    for name in names:
        room, function = COMMANDS[name]
        found = getattr(import_module(f"backspasm_cli.cli.{room}"), function)
        if isinstance(found, typer.Typer):
            root.add_typer(found, name=name)
        else:
            root.command(name)(found)
    return root


def needed(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterable[str]:
    """The commands without which these arguments, or the line that is being completed, cannot be understood."""
    if "_SPASM_COMPLETE" in environment:
        # The word that is being typed is no command yet.
        arguments = environment.get("COMP_WORDS", environment.get("_TYPER_COMPLETE_ARGS", "")).split()[1:]
        first = arguments[0] if len(arguments) > 1 or environment.get("COMP_CWORD", "1") > "1" else ""
        return (first,) if first in COMMANDS else COMMANDS
    first = next((word for word in arguments if not word.startswith("-")), "")
    if first in COMMANDS:
        return (first,)
    return () if list(arguments) == ["--version"] else COMMANDS


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"spasm {__version__}")
        raise typer.Exit


def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> NoReturn:
    """Run the command line and exit with its code; every error a user can meet becomes one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that cannot show a character gets "?" rather than a traceback
            stream.reconfigure(errors="replace")
    code = _run()
    if "multiprocessing" not in sys.modules:
        # Taking the interpreter down object by object would take 10 ms, a seventh of a whole run.
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    sys.exit(code)


def _run() -> int:
    try:
        command = typer.main.get_command(app(needed(sys.argv[1:], os.environ)))
        code = command.main(prog_name="spasm", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except SpasmError as error:
        return _fail(str(error))
    except _UsageError as error:
        return _fail(f"{error.format_message()} (see '{_command_path(error)} --help')")
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as stop:
        # Typer turns a closed pipe into exit code 1, which here would read as "no good match".
        if isinstance(stop.__context__, BrokenPipeError):
            return _reader_gone()
        return stop.code if isinstance(stop.code, int) else 0


def _reader_gone() -> int:
    """The reader has left, as in `| head -1`: that is success. Nothing more may be written, not even at shutdown."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    return 0


def _command_path(error: Any) -> str:
    return str(error.ctx.command_path) if error.ctx else "spasm"


def _fail(message: str) -> int:
    for line in message.splitlines():
        sys.stderr.write(f"spasm: {line}\n")
    return 2
