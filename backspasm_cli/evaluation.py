"""A base measured against labelled questions: the tool by which anyone improves a base.

P@1, hit@3 and MRR over the questions that have a topic; coverage against false answers over all of them, as the
confidence asked for rises; calibration (do eight in ten of the answers given at 0.8 hold?); confusions and misses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from backspasm_cli.answering import Engine
from backspasm_cli.errors import InputError
from backspasm_cli.knowledge import KnowledgeBase
from backspasm_cli.language import Reading
from backspasm_cli.matching import Match

_RANKED = 10  # topics looked at for MRR
_BINS = 10


class Labelled(msgspec.Struct, frozen=True):
    """A question and the topics that would answer it, best first; none: not ours. Other fields of a line are ignored."""

    q: str
    topics: list[str]
    id: str = ""
    kind: str = "all"


class Outcome(NamedTuple):
    """One labelled question with the topics found, best first, the confidence (0 to 1) and the status of the match."""

    labelled: Labelled
    ranked: tuple[str, ...]
    confidence: float
    status: str

    @property
    def right(self) -> bool:
        """Whether the best topic is one that the label accepts."""
        return bool(self.ranked) and self.ranked[0] in self.labelled.topics

    @property
    def rank(self) -> int | None:
        """The place, from 1, of the first accepted topic; None when it is not among the first ten."""
        return next((place for place, name in enumerate(self.ranked, 1) if name in self.labelled.topics), None)


def read_labelled(path: Path, base: KnowledgeBase) -> list[Labelled]:
    """Read labelled questions, one JSON object a line. Raises InputError naming the line and what was expected."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({(error.strerror or 'unknown reason').lower()})") from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            labelled = msgspec.json.decode(line, type=Labelled)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputError(f'{path}: line {number}: {error}; expected {{"q": "a question", "topics": ["an-id"]}}') from None
        if unknown := [name for name in labelled.topics if name not in base.topics]:
            raise InputError(f"{path}: line {number}: names {unknown[0]!r}, but this base has no such topic")
        found.append(labelled)
    if not found:
        raise InputError(f"{path}: holds no labelled question")
    return found


def evaluate(engine: Engine, labelled: Iterable[Labelled]) -> list[Outcome]:
    """Match every question."""
    outcomes = []
    for one in labelled:
        reading: Reading = engine.read(one.q)
        match: Match = engine.matcher.match(reading, top=_RANKED)
        ranked = tuple(candidate.topic for candidate in match.candidates)
        outcomes.append(Outcome(one, ranked, match.candidates[0].confidence if ranked else 0.0, match.status))
    return outcomes


class Point(NamedTuple):
    """At confidence `at` or above: the share of our questions answered, and of the others answered falsely; each 0 to 1."""

    at: float
    coverage: float
    false_answers: float


class Bin(NamedTuple):
    """Answers given at a confidence within [low, low + 0.1): how many, their mean confidence, and the share that is right."""

    low: float
    answers: int
    confidence: float
    right: float


class Report(NamedTuple):
    """The figures for one kind of question. Rates are 0 to 1; None where there is no question to measure them on."""

    kind: str
    ours: int
    others: int
    p_at_1: float | None
    hit_at_3: float | None
    mrr: float | None
    answered: float | None
    answered_falsely: float | None
    false_at_95: float | None
    calibration_error: float
    curve: tuple[Point, ...]
    calibration: tuple[Bin, ...]


def report(kind: str, outcomes: Sequence[Outcome]) -> Report:
    """Sum up the outcomes of one kind of question."""
    ours = [one for one in outcomes if one.labelled.topics]
    others = [one for one in outcomes if not one.labelled.topics]
    ranks = [one.rank for one in ours]
    bins = _calibration(outcomes)
    return Report(
        kind=kind,
        ours=len(ours),
        others=len(others),
        p_at_1=_mean([one.right for one in ours]),
        hit_at_3=_mean([rank is not None and rank <= 3 for rank in ranks]),
        mrr=_mean([1 / rank if rank else 0.0 for rank in ranks]),
        answered=_mean([one.status != "no_match" for one in ours]),
        answered_falsely=_mean([one.status != "no_match" for one in others]),
        false_at_95=_false_at(0.95, ours, others),
        calibration_error=sum(one.answers * abs(one.confidence - one.right) for one in bins) / max(1, sum(one.answers for one in bins)),
        curve=tuple(_curve(ours, others)),
        calibration=tuple(bins),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _false_at(coverage: float, ours: Sequence[Outcome], others: Sequence[Outcome]) -> float | None:
    """The share of the others answered when the threshold lets `coverage` of ours through."""
    if not ours or not others:
        return None
    kept = sorted((one.confidence for one in ours), reverse=True)
    threshold = kept[max(0, min(len(kept), round(coverage * len(kept))) - 1)]
    return _mean([one.confidence >= threshold for one in others])


def _curve(ours: Sequence[Outcome], others: Sequence[Outcome]) -> Iterable[Point]:
    for step in range(21):
        at = step / 20
        yield Point(
            at,
            _mean([one.confidence >= at for one in ours]) or 0.0,
            _mean([one.confidence >= at for one in others]) or 0.0,
        )


def _calibration(outcomes: Sequence[Outcome]) -> list[Bin]:
    found = []
    for number in range(_BINS):
        inside = [one for one in outcomes if min(_BINS - 1, int(one.confidence * _BINS)) == number]
        if inside:
            confidence = sum(one.confidence for one in inside) / len(inside)
            found.append(Bin(number / _BINS, len(inside), round(confidence, 4), _mean([one.right for one in inside]) or 0.0))
    return found


def reports(outcomes: Sequence[Outcome]) -> list[Report]:
    """One report for each kind of question, and one for all where there is more than one kind."""
    kinds = sorted({one.labelled.kind for one in outcomes})
    found = [report(kind, [one for one in outcomes if one.labelled.kind == kind]) for kind in kinds]
    return [*found, report("all", outcomes)] if len(kinds) > 1 else found


def as_object(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "schema_version": 1,
        "reports": [
            {
                **one._asdict(),
                "curve": [point._asdict() for point in one.curve],
                "calibration": [part._asdict() for part in one.calibration],
            }
            for one in reports(outcomes)
        ],
        "confusions": [
            {"wanted": wanted, "found": found, "count": count} for (wanted, found), count in _confusions(outcomes).most_common()
        ],
        "missed": [
            {
                "id": one.labelled.id,
                "q": one.labelled.q,
                "wanted": one.labelled.topics,
                "found": list(one.ranked[:3]),
                "confidence": one.confidence,
            }
            for one in _missed(outcomes)
        ],
    }


def _confusions(outcomes: Sequence[Outcome]) -> Counter[tuple[str, str]]:
    return Counter(
        (one.labelled.topics[0], one.ranked[0] if one.ranked else "nothing") for one in outcomes if one.labelled.topics and not one.right
    )


def _missed(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if (not one.right if one.labelled.topics else one.status != "no_match")]


def as_text(outcomes: Sequence[Outcome]) -> str:
    """Tables for people, with the curve drawn in characters."""
    lines: list[str] = []
    for one in reports(outcomes):
        lines += [
            f"{one.kind}: {one.ours} questions of ours, {one.others} not ours",
            f"  P@1 {_shown(one.p_at_1)}   hit@3 {_shown(one.hit_at_3)}   MRR {_shown(one.mrr)}",
            f"  answered: ours {_shown(one.answered)}, not ours {_shown(one.answered_falsely)}",
            f"  not ours answered at 95 % coverage of ours {_shown(one.false_at_95)}",
            f"  expected calibration error {one.calibration_error:.3f}",
            "",
            "  confidence   coverage of ours             not ours answered",
        ]
        for point in one.curve[::2]:
            ours, others = point.coverage, point.false_answers
            lines.append(f"  {point.at:7.2f}      {_bar(ours)} {ours:.2f}    {_bar(others)} {others:.2f}")
        lines += ["", "  answers given at   count   mean confidence   right"]
        for part in one.calibration:
            lines.append(f"  {part.low:.1f} to {part.low + 0.1:.1f}        {part.answers:5}   {part.confidence:15.2f}   {part.right:5.2f}")
        lines.append("")
    confusions = _confusions(outcomes).most_common(15)
    if confusions:
        lines.append("most frequent confusions (wanted -> found)")
        lines += [f"  {count} x {wanted} -> {found}" for (wanted, found), count in confusions]
        lines.append("")
    missed = _missed(outcomes)
    lines.append(f"missed: {len(missed)}")
    for outcome in missed:
        wanted = ", ".join(outcome.labelled.topics) or "no answer"
        found = ", ".join(outcome.ranked[:3]) or "nothing"
        lines.append(f"  {' '.join(outcome.labelled.q.split())[:90]}")
        lines.append(f"      wanted {wanted}; found {found} ({outcome.confidence:.2f}, {outcome.status})")
    return "\n".join(lines) + "\n"


def _shown(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.3f}"


def _bar(rate: float) -> str:
    full = round(rate * 20)
    return "#" * full + "." * (20 - full)
