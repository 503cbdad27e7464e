"""What the tests share: the real binary, and small knowledge bases written for one test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backspasm_cli.answering import Engine, bundled_engine

#: A clean environment: no locale, no colour switches, none of our own variables.
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "COLUMNS": "80"}


class Run:
    """One finished run of the binary."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    @property
    def json(self) -> Any:
        """stdout, parsed."""
        return json.loads(self.out)


Spasm = Callable[..., Run]


@pytest.fixture
def spasm() -> Spasm:
    """Run the real program in a process of its own, its output piped."""

    def run(*words: str, stdin: str | bytes = b"", **environment: str) -> Run:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        command = [sys.executable, "-m", "backspasm_cli", *words]
        return Run(subprocess.run(command, input=given, capture_output=True, env=ENVIRONMENT | environment, timeout=60, check=False))

    return run


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of the bundled base."""
    return bundled_engine()


def topic(name: str = "own-topic", **changes: Any) -> dict[str, Any]:
    """A whole, valid topic as it stands in a file, with changes."""
    return {
        "id": name,
        "question": f"What about {name.replace('-', ' ')}?",
        "phrasings": [],
        "summary": "It is a thing.",
        "points": ["One point."],
        "cautions": ["One caution."],
        "see_someone_if": ["It gets worse."],
        "evidence": {"level": "limited", "why": "few trials"},
        "sources": ["nhs-back"],
        "related": [],
        "red_flags": [],
        "reviewed": "2026-11",
        **changes,
    }


@pytest.fixture
def write_base(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of topics and return its path."""

    def write(*topics: dict[str, Any], name: str = "own.json", **changes: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({"group": "own", "title": "Own", "topics": list(topics), **changes}), encoding="utf-8")
        return path

    return write


def pytest_addoption(parser: pytest.Parser) -> None:
    """--regenerate-goldens writes the goldens instead of only comparing with them."""
    parser.addoption("--regenerate-goldens", action="store_true", help="write tests/goldens from what the code gives now")
