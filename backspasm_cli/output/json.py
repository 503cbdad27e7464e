"""Answer -> JSON, schema_version 1: the same keys on every outcome, lists empty rather than null."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from backspasm_cli.answering import Answer
from backspasm_cli.errors import UsageError
from backspasm_cli.knowledge import KnowledgeBase, RedFlag, Source, Topic
from backspasm_cli.output.content import action, wording
from backspasm_cli.red_flags import Finding
from backspasm_cli.regions import Numbers

SCHEMA_VERSION = 1

#: JSON need not escape these, but a terminal would obey some of them.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def dumps(value: object) -> str:
    """One line of JSON without any character that could steer a terminal."""
    return _UNSAFE.sub(lambda mark: f"\\u{ord(mark[0]):04x}", msgspec.json.encode(value).decode())


def dumps_line(value: object, typed: str) -> bytes:
    """`dumps` with its line break, as bytes, for a value in which only the text `typed` may hold such a character: faster in bulk."""
    if typed.isascii() and "\x7f" not in typed:
        return msgspec.json.encode(value) + b"\n"
    return dumps(value).encode() + b"\n"


def pretty(value: object) -> str:
    """JSON over several lines, for people to read, with a line break at the end."""
    return msgspec.json.format(dumps(value), indent=2) + "\n"


#: Which keys to keep, and which within each (all of them where there are none): {"status": {}, "topic": {"id": {}}}.
Fields = dict[str, "Fields"]

#: What names an answer without repeating the knowledge base: the fields of --ids-only.
IDS_ONLY = (
    "question,text,status,level,topic.id,confidence,alternatives.id,alternatives.confidence,"
    "red_flags.id,red_flags.level,red_flags.start,red_flags.end"
)


def fields_of(names: str) -> Fields:
    """Read a list of fields, such as "status,topic.id,red_flags.level". Raises UsageError for a name that no answer has."""
    fields: Fields = {}
    for name in filter(None, (one.strip() for one in names.split(","))):
        known: Fields | None = _KNOWN_FIELDS
        inside = fields
        for part in name.split("."):
            if not known or part not in known:
                choice = ", ".join(known) if known else "no fields inside"
                raise UsageError(f"--fields: there is no field {name!r}; {part!r} stands where one of these is expected: {choice}")
            known = known[part]
            inside = inside.setdefault(part, {})
    if not fields:
        raise UsageError(f"--fields names no field; expected some of {', '.join(_KNOWN_FIELDS)}, separated by commas")
    return fields


def _leaves(names: str) -> Fields:
    return {name: {} for name in names.split()}


_KNOWN_FIELDS: Fields = {
    **_leaves("question text status level"),
    "topic": {
        **_leaves("id group question summary points cautions see_someone_if"),
        "evidence": _leaves("level why"),
        "sources": _leaves("id title publisher year url"),
        **_leaves("related reviewed"),
    },
    "confidence": {},
    "alternatives": _leaves("id question confidence"),
    "red_flags": _leaves("id level title action matched start end say avoid because by"),
    "watch_for": _leaves("id level title"),
    "emergency": _leaves("region number crisis_line"),
    "disclaimer": {},
}


def picked(value: Any, fields: Fields) -> Any:
    """Only these fields of an answer or a check; the version of the schema is always kept."""
    return {"schema_version": SCHEMA_VERSION, **_picked(value, fields)}


def _picked(value: Any, fields: Fields) -> Any:
    if isinstance(value, list):
        return [_picked(one, fields) for one in value]
    if not fields or value is None:
        return value
    if not isinstance(value, dict):
        value = msgspec.to_builtins(value)
    return {name: _picked(value[name], inside) for name, inside in fields.items() if name in value}


def error_object(line: int, message: str) -> dict[str, Any]:
    """What stands in place of an answer where line `line` of a batch (from 1) could not be read."""
    return {"schema_version": SCHEMA_VERSION, "error": {"line": line, "message": message}}


def answer_object(answer: Answer) -> dict[str, Any]:
    """The whole answer, ready for `dumps`."""
    found: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "question": answer.question,
        "status": answer.status,
        "topic": topic_object(answer.topic, answer.group, answer.sources) if answer.topic else None,
        "confidence": answer.confidence,
        "alternatives": [{"id": one.topic.id, "question": one.topic.question, "confidence": one.confidence} for one in answer.alternatives],
        "red_flags": findings_list(answer.findings, answer.numbers),
        "watch_for": [{"id": flag.id, "level": flag.level, "title": flag.title} for flag in answer.watch_for],
        "emergency": emergency_object(answer.numbers),
        "disclaimer": wording().disclaimer,
    }
    if answer.match.reasons:
        found["explanation"] = {
            "for": list(answer.match.reasons),
            "against": list(answer.match.against),
        }
    return found


def topic_object(topic: Topic, group: str, sources: Iterable[tuple[str, Source]]) -> dict[str, Any]:
    """One topic with its sources resolved."""
    return {
        "id": topic.id,
        "group": group,
        "question": topic.question,
        "summary": topic.summary,
        "points": topic.points,
        "cautions": topic.cautions,
        "see_someone_if": topic.see_someone_if,
        "evidence": topic.evidence,
        "sources": [{"id": key, "title": one.title, "publisher": one.publisher, "year": one.year, "url": one.url} for key, one in sources],
        "related": topic.related,
        "reviewed": topic.reviewed,
    }


def findings_list(findings: Iterable[Finding], numbers: Numbers) -> list[dict[str, Any]]:
    """The danger signs found, the gravest first. `start` and `end` count characters of the question."""
    words = wording()
    return [
        {
            "id": one.flag.id,
            "level": one.level,
            "title": one.flag.title,
            "action": action(one.flag, one.level, numbers, words),
            "matched": one.matched,
            "start": one.start,
            "end": one.end,
            "say": one.flag.say,
            "avoid": numbers.fill(one.flag.avoid) if one.flag.avoid else "",
            "because": list(one.because),
            "by": one.by,
        }
        for one in findings
    ]


def emergency_object(numbers: Numbers) -> dict[str, str]:
    """Whom to call in the reader's region."""
    return {"region": numbers.code, "number": numbers.region.emergency_words, "crisis_line": str(numbers.region.crisis)}


def check_object(text: str, findings: Iterable[Finding], numbers: Numbers) -> dict[str, Any]:
    """What `spasm check` found in a text; `level` is the gravest one, or "none"."""
    found = findings_list(findings, numbers)
    return {
        "schema_version": SCHEMA_VERSION,
        "text": text,
        "level": found[0]["level"] if found else "none",
        "red_flags": found,
        "emergency": emergency_object(numbers),
        "disclaimer": f"{wording().disclaimer} {wording().silence}",
    }


def list_object(base: KnowledgeBase, groups: Iterable[str]) -> dict[str, Any]:
    """The topics by group."""
    return {
        "schema_version": SCHEMA_VERSION,
        "groups": [
            {
                "id": group,
                "title": base.groups[group].title,
                "topics": [{"id": topic.id, "question": topic.question, "summary": topic.summary} for topic in base.topics_of(group)],
            }
            for group in groups
        ],
    }


def show_object(topic: Topic, base: KnowledgeBase) -> dict[str, Any]:
    """One topic, with the danger signs to watch for."""
    return {
        "schema_version": SCHEMA_VERSION,
        "topic": topic_object(topic, base.group_of[topic.id], [(key, base.sources[key]) for key in topic.sources]),
        "watch_for": [{"id": name, "level": base.flags[name].level, "title": base.flags[name].title} for name in topic.red_flags],
        "disclaimer": wording().disclaimer,
    }


def flags_object(flags: Iterable[RedFlag], sources: Mapping[str, Source], numbers: Numbers) -> dict[str, Any]:
    """All red flags."""
    return {
        "schema_version": SCHEMA_VERSION,
        "red_flags": [
            {
                "id": flag.id,
                "level": flag.level,
                "title": flag.title,
                "may_mean": flag.may_mean,
                "action": numbers.fill(flag.action),
                "say": flag.say,
                "avoid": numbers.fill(flag.avoid) if flag.avoid else "",
                "sources": [{"id": key, "title": sources[key].title, "url": sources[key].url} for key in flag.sources],
            }
            for flag in flags
        ],
        "emergency": emergency_object(numbers),
    }
