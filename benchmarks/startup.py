"""From Enter to the prompt: whole commands against the bare import of the same packages, side by side in one run.

    python benchmarks/startup.py [--rounds N] [--json FILE]

Run it with an interpreter in whose environment the built wheel is installed: an editable install has no stored index.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

FLOOR = "import typer, rapidfuzz.fuzz, rapidfuzz.process, msgspec"
QUESTION = ["ask", "how", "long", "do", "they", "last"]
SPASM = [str(Path(sys.executable).with_name("spasm"))]
COMMANDS: dict[str, list[str]] = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import of the packages (floor)": [sys.executable, "-c", FLOOR],
    "spasm ask, plain": [*SPASM, *QUESTION],
    "spasm ask --json": [*SPASM, *QUESTION, "--json"],
    "spasm ask, a typo": [*SPASM, "ask", "wil ibuprofin hlep my bakc"],
    "spasm ask, a danger sign": [*SPASM, "ask", "my back went and now i cant feel myself pee"],
    "spasm ask, drawn": [*SPASM, *QUESTION, "--format", "rich"],
    "spasm check": [*SPASM, "check", "i cant feel myself pee"],
    "spasm list": [*SPASM, "list"],
    "spasm --version": [*SPASM, "--version"],
    "spasm --help": [*SPASM, "--help"],
    "completion of a topic id": [*SPASM],
}
#: Other people's tools for answers in a terminal, and two well-known ones in Python; those on the PATH are timed too.
PEERS = ["tldr", "howdoi", "http", "llm", "navi", "cheat"]
COMPLETION = {"_SPASM_COMPLETE": "complete_bash", "COMP_WORDS": "spasm show hea", "COMP_CWORD": "2"}


def seconds(name: str, command: list[str]) -> float:
    """How long one run takes, seconds."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | (COMPLETION if name.startswith("completion") else {})
    start = time.perf_counter()
    if name.endswith("drawn"):
        pid, handle = pty.fork()
        if pid == 0:
            os.execve(command[0], command, environment | {"TERM": "xterm-256color"})
        try:
            while os.read(handle, 65536):
                pass
        except OSError:
            pass
        os.waitpid(pid, 0)
        os.close(handle)
    else:
        subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment, check=False
        )
    return time.perf_counter() - start


def main() -> None:
    """Run all commands in turn, round after round, so that noise falls on all alike; print medians and ratios to the floor."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    commands = COMMANDS | {f"{peer} --version": [found, "--version"] for peer in PEERS if (found := shutil.which(peer))}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(options.rounds + 1):
        for name, command in commands.items():
            times[name].append(seconds(name, command))
    medians = {name: statistics.median(found[1:]) for name, found in times.items()}
    floor = medians["import of the packages (floor)"]
    print(f"{'command':34} {'ms':>8} {'ratio':>7}")
    for name, median in medians.items():
        print(f"{name:34} {median * 1000:8.1f} {median / floor:7.2f}")
    if options.json:
        options.json.write_text(
            json.dumps({name: {"ms": median * 1000, "ratio": median / floor} for name, median in medians.items()}, indent=2) + "\n"
        )


if __name__ == "__main__":
    main()
