"""Makes the generated files, or with --check fails when one is not current.

The pictures in docs/ (drawn by the tool itself, through rich), the command reference, and the JSON Schemas in data/schema/.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

os.environ.update({"COLUMNS": "80", "LANG": "C.UTF-8", "TERM": "dumb"})
os.environ.pop("SPASM_REGION", None)

import typer
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI

from backspasm_cli.answering import bundled_engine
from backspasm_cli.cli import app
from backspasm_cli.knowledge import schemas
from backspasm_cli.output import content, terminal
from backspasm_cli.output.json import pretty
from backspasm_cli.regions import numbers

ROOT = Path(__file__).parent.parent
PICTURES = {
    "answer": "how long do they last",
    "warning": "my back went and now I can't feel myself pee",
}


def picture(question: str) -> str:
    """An SVG of the drawn answer to a question, exactly as a terminal 80 columns wide shows it."""
    console = Console(
        record=True, width=80, file=io.StringIO(), force_terminal=True, highlight=False, emoji=False, markup=False, color_system="truecolor"
    )
    console.print(f"$ spasm ask {question}\n", style="bold")
    terminal.draw(console, content.blocks(bundled_engine().answer(question, numbers("GB"))))
    return console.export_svg(title="spasm", theme=DIMMED_MONOKAI, unique_id="spasm")


def reference() -> str:
    """The help of every command, as one Markdown page."""
    lines = ["# Command reference", "", "Made from the program's own help by `docs/make.py`.", ""]
    root = typer.main.get_command(app())

    def add(command: object, path: str) -> None:
        context = type(root.make_context("x", ["--help"], resilient_parsing=True))(command, info_name=path)  # type: ignore[arg-type]
        lines.extend([f"## {path}", "", "```text", command.get_help(context).rstrip(), "```", ""])  # type: ignore[attr-defined]
        for name, child in sorted(getattr(command, "commands", {}).items()):
            add(child, f"{path} {name}")

    add(root, "spasm")
    return "\n".join(lines)


def files() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    made = {ROOT / "docs" / f"{name}.svg": picture(question) for name, question in PICTURES.items()}
    made[ROOT / "docs" / "commands.md"] = reference()
    made.update({ROOT / "data" / "schema" / f"{name}.json": pretty(schema) for name, schema in schemas().items()})
    return made


def main() -> int:
    """Write what is not current; with --check only say so. Returns 1 when --check found something."""
    stale = [(path, text) for path, text in files().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path, text in stale:
        if "--check" in sys.argv:
            print(f"not current: {path.relative_to(ROOT)}; run python docs/make.py")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"made {path.relative_to(ROOT)}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
