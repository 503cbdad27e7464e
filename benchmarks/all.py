"""Every benchmark, one after the other: its table on stdout, its figures as JSON in a folder.

    python benchmarks/all.py [FOLDER]

Run it with an interpreter in whose environment the built wheel and the packages of the dependency group `benchmark` are
installed. It takes about ten minutes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
BENCHMARKS = {
    "startup": ["startup.py"],
    "bulk": ["bulk.py", "--long", "100000"],
    "growth": ["growth.py"],
    "matching": ["matching.py"],
    "red_flags": ["red_flags.py"],
}


def main() -> int:
    """Run them all; 1 when one failed."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "benchmark-results").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as elsewhere:  # not in the checkout, whose package would hide the installed one
        for name, (script, *words) in BENCHMARKS.items():
            print(f"\n== {name}", flush=True)
            command = [sys.executable, str(HERE / script), *words, "--json", str(folder / f"{name}.json")]
            failed |= subprocess.run(command, check=False, cwd=elsewhere).returncode
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
