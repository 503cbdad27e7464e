"""Labelled statements -> the weights with which `likeness` judges a text. Done once for a base, then stored."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from backspasm_cli.knowledge import Line, Slug
from backspasm_cli.likeness import LikenessTables, Weight
from backspasm_cli.packed import pack

_ROUNDS = 40
_STEP = 0.15  # how far the first example moves a weight; later ones ever less (AdaGrad)
_SHRINK = 0.005  # keeps a weight from growing without need


class StatementFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Things people say, written for this project: `emergencies` by red flag, and `others`, which are none.

    `at` is the sum of weights from which on a text is taken for an emergency, found by measurement.
    """

    at: float
    emergencies: dict[Slug, list[Line]]
    others: list[Line]


def liken(emergencies: Sequence[tuple[str, set[str]]], others: Iterable[set[str]], at: float) -> LikenessTables:
    """Learn from the features of emergencies, each with its flag, and of statements that are none."""
    examples = [(found, 1.0) for _, found in emergencies] + [(found, 0.0) for found in others]
    weights, bias = _fitted([(sorted(found), danger) for found, danger in examples])
    flags = sorted({flag for flag, _ in emergencies})
    number = {flag: place for place, flag in enumerate(flags)}
    sizes = Counter(flag for flag, _ in emergencies)
    seen: dict[str, Counter[str]] = {}
    for flag, found in emergencies:
        for feature in found:
            seen.setdefault(feature, Counter())[flag] += 1
    features = {
        feature: msgspec.msgpack.encode(
            Weight(round(weight, 4), {number[flag]: lift for flag, lift in _lifts(seen.get(feature, Counter()), sizes).items()})
        )
        for feature, weight in weights.items()
    }
    most: dict[str, float] = {}
    for feature, weight in weights.items():
        if feature[0] == "<":
            name = feature[: feature.index(">") + 1]
            most[name] = max(weight, most.get(name, 0.0))
    features.update((name, msgspec.msgpack.encode(Weight(round(weight + 0.0001, 4), {}))) for name, weight in most.items())
    return LikenessTables(bias, at, flags, memoryview(pack(features)))


def _lifts(seen: Counter[str], sizes: Counter[str]) -> dict[str, float]:
    """How much more often than by chance a feature stands with each flag, as a logarithm; only where it does."""
    chance = sum(seen.values()) / sum(sizes.values())
    lifts = {flag: math.log((count + 1) / (sizes[flag] * chance + 1)) for flag, count in seen.items()}
    return {flag: round(lift, 3) for flag, lift in lifts.items() if lift > 0}


def _fitted(examples: Sequence[tuple[list[str], float]]) -> tuple[dict[str, float], float]:
    """Logistic regression: the weight of every feature, and the bias. Both kinds of example count the same in all."""
    dangers = sum(danger for _, danger in examples)
    share = {1.0: len(examples) / (2 * dangers or 1.0), 0.0: len(examples) / (2 * (len(examples) - dangers) or 1.0)}
    weights: dict[str, float] = {}
    moved: dict[str, float] = {}
    bias, bias_moved = 0.0, 1.0
    # Far apart in the list is far apart in kind: taking every so-manieth example mixes them, and is the same on every run.
    stride = next((step for step in range(len(examples) // 3 * 2 + 1, len(examples) * 2) if math.gcd(step, len(examples)) == 1), 1)
    for _ in range(_ROUNDS):
        for turn in range(len(examples)):
            found, danger = examples[turn * stride % len(examples)]
            total = bias + sum(weights.get(feature, 0.0) for feature in found)
            slope = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - danger) * share[danger]
            bias_moved += slope * slope
            bias -= _STEP * slope / math.sqrt(bias_moved)
            for feature in found:
                weight = weights.get(feature, 0.0)
                pull = slope + _SHRINK * weight
                moved[feature] = moved.get(feature, 1.0) + pull * pull
                weights[feature] = weight - _STEP * pull / math.sqrt(moved[feature])
    return weights, bias
