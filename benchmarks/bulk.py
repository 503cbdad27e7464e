"""Bulk: lines a second over one process and two, and memory after many lines, side by side in one run.

    python benchmarks/bulk.py [FILE] [--lines N] [--long N] [--json FILE]

FILE holds one question a line (default: the questions of tests/blind/questions.jsonl). It is repeated to N lines; no answer is
remembered from one line to the next, so that the same question is worked out each time. Run it with an interpreter in whose
environment the built wheel is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMANDS = {
    "ask --batch": ["ask", "--batch"],
    "ask --batch --ids-only": ["ask", "--batch", "--ids-only"],
    "check --batch --ids-only": ["check", "--batch", "--ids-only"],
}


def write_lines(source: list[str], count: int, path: Path) -> None:
    """The given lines again and again, `count` in all."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(f"{source[number % len(source)]}\n")


def timed(words: list[str], path: Path) -> tuple[float, float]:
    """Seconds that a command takes for a file of lines, and the largest process it took, megabytes."""
    with path.open("rb") as lines:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "backspasm_cli", *words], stdin=lines, stdout=subprocess.DEVNULL, check=True, cwd=path.parent)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Time every command with one process and with two, then compare the memory of a short and a long run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--long", type=int, default=0, help="lines of the long run, for memory; 0 leaves it out")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.file:
        source = options.file.read_text(encoding="utf-8").splitlines()
    else:
        rows = (ROOT / "tests" / "blind" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        source = [" ".join(json.loads(row)["q"].split()) for row in rows]
    results: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "lines.txt")
        write_lines(source, options.lines, path)
        _, short_mb = timed(COMMANDS["ask --batch"], path)
        print(f"{'command':30} {'jobs':>4} {'lines/s':>9} {'ratio':>6}")
        for name, words in COMMANDS.items():
            alone = 0.0
            for jobs in (1, 2):
                seconds = min(timed([*words, "--jobs", str(jobs)], path)[0] for _ in range(2))
                alone = alone or seconds
                print(f"{name:30} {jobs:4} {options.lines / seconds:9,.0f} {alone / seconds:6.2f}", flush=True)
                results.append({"command": name, "jobs": jobs, "lines_per_second": options.lines / seconds, "ratio": alone / seconds})
        if options.long:
            write_lines(source, options.long, path)
            _, long_mb = timed(COMMANDS["ask --batch"], path)
            print(f"largest process: {short_mb:.0f} MB after {options.lines:,} lines, {long_mb:.0f} MB after {options.long:,}")
            results.append({"lines": options.lines, "mb": short_mb, "long_lines": options.long, "long_mb": long_mb})
    if options.json:
        machine = {"machine": platform.machine(), "python": platform.python_version(), "cores": os.cpu_count()}
        options.json.write_text(json.dumps(machine | {"results": results}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
