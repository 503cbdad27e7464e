"""How well danger signs are found: recall by level and by flag, false alarms by kind of statement, milliseconds a text.

    python benchmarks/red_flags.py [FILE] [--misses] [--json FILE]

FILE holds labelled statements, one JSON object a line: text, flags, level, style (default: tests/blind/red_flags.jsonl).
A statement counts as caught when its level or a graver one is raised; a flag when that flag itself is.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from backspasm_cli.answering import bundled_engine
from backspasm_cli.knowledge import LEVELS
from backspasm_cli.red_flags import Finding

ROOT = Path(__file__).parent.parent
ORDER = ["none", *reversed(LEVELS)]

Scanned = list[tuple[dict[str, Any], tuple[Finding, ...]]]


def level_of(findings: tuple[Finding, ...]) -> str:
    """The gravest level raised."""
    return findings[0].level if findings else "none"


def kind_of(row: dict[str, Any]) -> str:
    """What kind of statement it is: the style up to the colon."""
    return str(row.get("style", "all")).split(":")[0]


def figures(scanned: Scanned) -> dict[str, Any]:
    """Recall by level and flag, and false alarms by kind."""
    wanted: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    flags: Counter[str] = Counter()
    found: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    grave: Counter[str] = Counter()
    for row, findings in scanned:
        raised = level_of(findings)
        ids = {one.flag.id for one in findings}
        flags.update(row["flags"])
        found.update(flag for flag in row["flags"] if flag in ids)
        if row["level"] == "none":
            kind = kind_of(row)
            silent[kind] += 1
            alarms[kind] += raised != "none"
            grave[kind] += raised in ("emergency", "crisis")
        else:
            wanted[row["level"]] += 1
            caught[row["level"]] += ORDER.index(raised) >= ORDER.index(row["level"])
    return {
        "recall_by_level": {level: [caught[level], wanted[level]] for level in LEVELS if wanted[level]},
        "recall_by_flag": {flag: [found[flag], flags[flag]] for flag in sorted(flags, key=lambda flag: found[flag] / flags[flag])},
        "alarms_by_kind": {kind: [alarms[kind], grave[kind], silent[kind]] for kind in sorted(silent)},
    }


def show(result: dict[str, Any], milliseconds: float) -> None:
    """Print the tables."""
    print(f"{'level':14} recall")
    for level, (caught, wanted) in result["recall_by_level"].items():
        print(f"{level:14} {caught / wanted:.3f}  ({caught} of {wanted})")
    print(f"\n{'flag':34} recall")
    for flag, (found, wanted) in result["recall_by_flag"].items():
        print(f"{flag:34} {found / wanted:.2f}  ({found} of {wanted})")
    print(f"\n{'statements to stay silent on':34} anything  emergency")
    rows = result["alarms_by_kind"]
    total = [sum(row[place] for row in rows.values()) for place in range(3)]
    for kind, (alarms, grave, silent) in [*rows.items(), ("all", total)]:
        print(f"{kind:34} {alarms / max(1, silent):8.3f}  {grave / max(1, silent):9.3f}  ({alarms} and {grave} of {silent})")
    print(f"\n{milliseconds:.2f} ms a text")


def show_misses(scanned: Scanned) -> None:
    """Print every statement that was missed or raised a false alarm, and why."""
    for row, findings in scanned:
        raised = level_of(findings)
        if ORDER.index(raised) < ORDER.index(row["level"]) or (row["level"] == "none" and raised != "none"):
            reasons = "; ".join(f"{one.flag.id} by {', '.join(one.because)} in {one.matched!r}" for one in findings) or "nothing raised"
            print(f"{row['level']} but {raised}: {row['text']}\n    {reasons}")


def main() -> None:
    """Scan every statement of a file and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path, default=ROOT / "tests" / "blind" / "red_flags.jsonl")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines()]
    engine = bundled_engine()
    for row in rows[:50]:  # what is decoded on first use is not counted
        engine.scan(row["text"])
    start = time.process_time()
    scanned = [(row, engine.scan(row["text"]).findings) for row in rows]
    milliseconds = (time.process_time() - start) / len(rows) * 1000
    result = figures(scanned)
    show(result, milliseconds)
    if options.misses:
        show_misses(scanned)
    if options.json:
        options.json.write_text(json.dumps(result | {"ms": milliseconds}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
