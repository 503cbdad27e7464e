"""The import budget: what a command must not load, because everybody would wait for it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import ENVIRONMENT

SHOW = """
import os, sys
from backspasm_cli.cli import main
os._exit = sys.exit
sys.argv = ["spasm", *{words!r}]
try:
    main()
except SystemExit:
    pass
print("|".join(sorted(sys.modules)), file=sys.stderr)
"""


def loaded(*words: str, **environment: str) -> set[str]:
    """The top-level names of all modules that a command loads."""
    code = SHOW.format(words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT | environment, check=False)
    return {name.split(".")[0] for name in done.stderr.splitlines()[-1].split("|")}


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "how", "long", "--json"),
        ("ask", "how", "long"),
        ("ask", "how", "long", "--format", "markdown"),
        ("check", "numb", "--json"),
        ("list",),
        ("show", "massage"),
    ],
    ids=" ".join,
)
def test_no_rich_unless_a_terminal_is_drawn_on(words: tuple[str, ...]) -> None:
    """Plain, Markdown and JSON output load neither rich nor pydantic."""
    assert not loaded(*words) & {"rich", "pydantic"}


def test_version_needs_no_matcher() -> None:
    """`--version` loads neither the data reader nor the matcher."""
    assert not loaded("--version") & {"rich", "pydantic", "msgspec", "rapidfuzz", "Stemmer"}


def test_completion_needs_no_matcher() -> None:
    """The Tab key loads no matcher."""
    names = loaded(_SPASM_COMPLETE="complete_bash", COMP_WORDS="spasm show hea", COMP_CWORD="2")
    assert not names & {"rich", "pydantic", "rapidfuzz", "Stemmer"}


def test_drawing_loads_rich() -> None:
    """The control: a drawn answer does load rich, so the tests above can fail."""
    assert "rich" in loaded("ask", "how", "long", "--format", "rich")
