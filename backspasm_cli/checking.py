"""What `spasm kb check` looks at beyond the types: wording, length, links, phrasings, reading grade.

The rules and their limits stand in data/wording_rules.json; anybody's own base gets the same care as the bundled one.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from backspasm_cli.errors import Fault, InputError
from backspasm_cli.knowledge import KnowledgeBase, Line, Slug, Topic, load, read_bundled
from backspasm_cli.language import words_of

_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")
_DOSE = re.compile(r"\b\d[\d.,]*\s?(?:mg|g|mcg|grams?|milligrams?)\b")
_SHARED_WORDS = 8  # a run this long that stands elsewhere too is a copied sentence


class Forbidden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that must not stand in a topic, unless right after one of `unless_after`, and why."""

    words: Line
    why: Line
    unless_after: list[str] = []


class MustAlsoSay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"if_": "if", "in_": "in"}):
    """A topic that says one thing in certain fields must say another anywhere."""

    if_: Line
    in_: list[str]
    say: Line
    why: Line


class WordingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits in words and sentences, the reading grade (Flesch-Kincaid, US school years), and wordings."""

    summary_words: int
    summary_sentences: int
    point_words: int
    sentence_words: int
    phrasings_least: int
    phrasings_most: int
    reading_grade: float
    reading_grade_exceptions: list[Slug]
    review_months: int
    forbidden: list[Forbidden]
    medicine_topics: list[Slug]
    medicine_must_say: list[list[str]]
    doses_allowed: list[str]
    must_also_say: list[MustAlsoSay]


class Report(NamedTuple):
    """The outcome of a check: every fault, and the counts for the summary line."""

    faults: tuple[Fault, ...]
    counts: dict[str, int]
    grades: dict[str, float]

    def summary(self) -> str:
        """One line: how much there is, how readable, and how many faults."""
        counted = ", ".join(f"{number} {name}" for name, number in self.counts.items())
        if self.grades:
            worst = max(self.grades, key=self.grades.__getitem__)
            mean = sum(self.grades.values()) / len(self.grades)
            reading = f"mean reading grade {mean:.1f}, hardest {worst} ({self.grades[worst]:.1f})"
        else:
            reading = "reading grade not measured (install textstat)"
        return f"{counted}; {reading}; {len(self.faults)} faults"

    def as_text(self) -> str:
        """The faults, one a line, then the summary line."""
        return "".join(f"{fault}\n" for fault in self.faults) + self.summary() + "\n"

    def as_json(self) -> str:
        """The same for scripts."""
        value = {
            "schema_version": 1,
            "faults": [fault._asdict() for fault in self.faults],
            "counts": self.counts,
            "reading_grades": self.grades,
        }
        return msgspec.json.encode(value).decode() + "\n"


def check_base(path: Path | None = None, against: Iterable[Path] = ()) -> Report:
    """Check the bundled base, or the file or folder `path` by itself. `against` are texts of which no sentence may be copied.

    Raises KnowledgeError when it cannot even be loaded, InputError when a text of `against` cannot be read.
    """
    base = load([path], with_bundled=False) if path else load()
    rules = read_bundled("wording_rules.json", WordingRules)
    copied = _runs_of(against)
    faults: list[Fault] = []
    for topic in base.topics.values():
        place = base.group_of[topic.id]
        faults.extend(Fault(place, topic.id, field, problem) for field, problem in _topic_faults(topic, base, rules, copied))
    faults.extend(_phrasing_faults(base))
    grades = _reading_grades(base)
    for name, grade in grades.items():
        if grade > rules.reading_grade and name not in rules.reading_grade_exceptions:
            problem = f"reading grade {grade:.1f}; expected {rules.reading_grade:g} or below: shorter sentences, shorter words"
            faults.append(Fault(base.group_of[name], name, "summary and points", problem))
    used = {key for topic in base.topics.values() for key in topic.sources} | {key for flag in base.flags.values() for key in flag.sources}
    if path is None:
        faults.extend(Fault("sources.json", key, "", "is cited by no topic and no red flag") for key in base.sources if key not in used)
        for flag in base.flags.values():
            faults.extend(
                Fault("red_flags.json", flag.id, "sources", f"names {key!r}, but there is no such source")
                for key in flag.sources
                if key not in base.sources
            )
    counts = {
        "topics": len(base.topics),
        "phrasings": sum(len(topic.phrasings) for topic in base.topics.values()),
        "sources": len({key for topic in base.topics.values() for key in topic.sources}),
        "red flags": len(base.flags),
    }
    return Report(tuple(faults), counts, grades)


def _texts(topic: Topic) -> Iterator[tuple[str, str]]:
    yield "summary", topic.summary
    for field, lines in (("points", topic.points), ("cautions", topic.cautions), ("see_someone_if", topic.see_someone_if)):
        for line in lines:
            yield field, line
    yield "evidence", topic.evidence.why


def _topic_faults(topic: Topic, base: KnowledgeBase, rules: WordingRules, copied: set[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Field and problem of everything wrong with one topic."""
    yield from _size_faults(topic, rules)
    for field, text in _texts(topic):
        for problem in (*_length_faults(field, text, rules), *_word_faults(text, rules), *_copied_faults(text, copied)):
            yield field, problem
    yield from _missing_words(topic, rules)
    for other in topic.related:
        if other == topic.id:
            yield "related", "names itself"
        elif topic.id not in base.topics[other].related:
            yield "related", f"names {other!r}, which does not name it back"
    if topic.question.strip() in topic.phrasings:
        yield "phrasings", "repeats the question itself"


def _size_faults(topic: Topic, rules: WordingRules) -> Iterator[tuple[str, str]]:
    if not rules.phrasings_least <= len(topic.phrasings) <= rules.phrasings_most:
        yield "phrasings", f"there are {len(topic.phrasings)}; expected {rules.phrasings_least} to {rules.phrasings_most}"
    for field in ("points", "cautions", "see_someone_if", "sources"):
        if not getattr(topic, field):
            yield field, "is empty; expected at least one"
    sentences = len([one for one in re.split(r"(?<=[.!?])\s+", topic.summary.strip()) if one])
    if sentences > rules.summary_sentences:
        yield "summary", f"has {sentences} sentences; expected {rules.summary_sentences} at most"


def _length_faults(field: str, text: str, rules: WordingRules) -> Iterator[str]:
    most = rules.summary_words if field == "summary" else rules.point_words
    size = len(text.split())
    if size > most:
        yield f"has {size} words; expected {most} or fewer: {_start(text)}"
    for sentence in _SENTENCE.split(text):
        size = len(sentence.split())
        if size > rules.sentence_words:
            yield f"has a sentence of {size} words; expected {rules.sentence_words} or fewer: {_start(sentence)}"


def _word_faults(text: str, rules: WordingRules) -> Iterator[str]:
    words = words_of(text)
    for rule in rules.forbidden:
        if _stands_in(words_of(rule.words), words, rule.unless_after):
            yield f"says {rule.words!r}: {rule.why}: {_start(text)}"
    for dose in _DOSE.findall(text):
        if dose not in rules.doses_allowed:
            yield f"names a dose ({dose}); expected none but those of the label: {_start(text)}"


def _copied_faults(text: str, copied: set[tuple[str, ...]]) -> Iterator[str]:
    words = words_of(text)
    for place in range(len(words) - _SHARED_WORDS + 1 if copied else 0):
        run = words[place : place + _SHARED_WORDS]
        if tuple(run) in copied:
            yield f"shares {_SHARED_WORDS} words in a row with a source: {' '.join(run)}"
            return


def _missing_words(topic: Topic, rules: WordingRules) -> Iterator[tuple[str, str]]:
    everything = " ".join(text for _, text in _texts(topic)).casefold()
    if topic.id in rules.medicine_topics:
        for choices in rules.medicine_must_say:
            if not any(choice in everything for choice in choices):
                yield "cautions", f"a medicine topic must say one of: {', '.join(choices)}"
    for demand in rules.must_also_say:
        said = any(demand.if_ in text.casefold() for field, text in _texts(topic) if field in demand.in_)
        if said and demand.say not in everything:
            yield "cautions", f"speaks of {demand.if_!r} without saying {demand.say!r}: {demand.why}"


def _start(text: str) -> str:
    return text if len(text) <= 60 else text[:57].rstrip() + "..."


def _stands_in(wanted: list[str], words: list[str], unless_after: list[str]) -> bool:
    size = len(wanted)
    return any(
        words[place : place + size] == wanted and not (place and words[place - 1] in unless_after) for place in range(len(words) - size + 1)
    )


def _phrasing_faults(base: KnowledgeBase) -> Iterator[Fault]:
    first: dict[tuple[str, ...], str] = {}
    for topic in base.topics.values():
        own = Counter(tuple(words_of(text)) for text in topic.phrasings)
        for key, count in own.items():
            if count > 1:
                yield Fault(base.group_of[topic.id], topic.id, "phrasings", f"has {' '.join(key)!r} twice")
        for key in {*own, tuple(words_of(topic.question))}:
            owner = first.setdefault(key, topic.id)
            if owner != topic.id:
                problem = f"{' '.join(key)!r} is a phrasing of {owner} too; expected phrasings to be distinct"
                yield Fault(base.group_of[topic.id], topic.id, "phrasings", problem)


def _reading_grades(base: KnowledgeBase) -> dict[str, float]:
    """Flesch-Kincaid grade of each topic's summary and points, or nothing where the readability library is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about its own use of pkg_resources, which is not the reader's concern
            import textstat
    except ImportError:
        return {}
    return {name: float(textstat.flesch_kincaid_grade(" ".join([topic.summary, *topic.points]))) for name, topic in base.topics.items()}


def _runs_of(texts: Iterable[Path]) -> set[tuple[str, ...]]:
    runs: set[tuple[str, ...]] = set()
    for path in texts:
        try:
            words = words_of(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from None
        runs.update(tuple(words[place : place + _SHARED_WORDS]) for place in range(len(words) - _SHARED_WORDS + 1))
    return runs
