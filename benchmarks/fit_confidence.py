"""Fits the weights of the confidence to labelled questions, prints them, and with --write stores them in data/matching.json.

    python benchmarks/fit_confidence.py FILE... [--write]

Two logistic regressions on the signals of `matching`: is the question ours, and, if so, is the best topic right. Fit on
one set, look at the calibration on another: `spasm kb eval` prints it.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

from backspasm_cli.answering import bundled_engine
from backspasm_cli.evaluation import read_labelled

ROOT = Path(__file__).parent.parent
STEPS = 4000
RATE = 1.0
SHRINK = 0.0005  # keeps weights from growing without need

Row = dict[str, float]


def signals(paths: list[Path]) -> tuple[list[Row], list[bool], list[bool]]:
    """For every labelled question its signals, whether it is ours, and whether the best topic is right."""
    engine = bundled_engine()
    matcher = engine.matcher
    rows: list[Row] = []
    ours: list[bool] = []
    right: list[bool] = []
    for path in paths:
        for one in read_labelled(path, engine.base):
            reading = engine.read(one.q)
            evidence = matcher.weigh(reading)
            order = evidence.ranked(2)
            if order and not matcher.says_little(reading):
                rows.append(matcher.signals(evidence, order, reading))
                ours.append(bool(one.topics))
                right.append(matcher.topics[order[0]] in one.topics)
    return rows, ours, right


def fit(rows: list[Row], wanted: list[bool]) -> Row:
    """Logistic regression by gradient descent on centred signals."""
    names = list(rows[0])
    mean = {name: sum(row[name] for row in rows) / len(rows) for name in names}
    spread = {name: math.sqrt(sum((row[name] - mean[name]) ** 2 for row in rows) / len(rows)) or 1.0 for name in names}
    scaled = [[(row[name] - mean[name]) / spread[name] for name in names] for row in rows]
    weights = [0.0] * len(names)
    bias = 0.0
    for _ in range(STEPS):
        slope = [SHRINK * weight for weight in weights]
        slope_bias = 0.0
        for values, want in zip(scaled, wanted, strict=True):
            total = bias + sum(map(float.__mul__, weights, values))
            miss = (1 / (1 + math.exp(-total)) - want) / len(scaled)
            slope_bias += miss
            for place, value in enumerate(values):
                slope[place] += miss * value
        weights = [weight - RATE * step for weight, step in zip(weights, slope, strict=True)]
        bias -= RATE * slope_bias
    found = {name: weight / spread[name] for name, weight in zip(names, weights, strict=True)}
    bias -= sum(found[name] * mean[name] for name in names)
    return {"bias": round(bias, 3), **{name: round(weight, 3) for name, weight in found.items()}}


def main() -> None:
    """Fit both regressions."""
    write = "--write" in sys.argv
    paths = [Path(word) for word in sys.argv[1:] if word != "--write"] or [ROOT / "benchmarks" / "tuning" / "questions.jsonl"]
    rows, ours, right = signals(paths)
    mine = [place for place, is_ours in enumerate(ours) if is_ours]
    found = {"ours": fit(rows, ours), "right": fit([rows[place] for place in mine], [right[place] for place in mine])}
    print(json.dumps(found, indent=2))
    if write:
        path = ROOT / "data" / "matching.json"
        settings = json.loads(path.read_text(encoding="utf-8")) | found
        path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
