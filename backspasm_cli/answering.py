"""One Answer out of one question: the only room where matching and red flags meet."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, TypeVar

from backspasm_cli.assertion import Assertion, AssertionCues, AssertionReader
from backspasm_cli.concepts import ConceptIndex
from backspasm_cli.errors import Fault, KnowledgeError
from backspasm_cli.knowledge import KnowledgeBase, RedFlag, Source, Topic, data_folder, load, read_bundled
from backspasm_cli.language import Reading, Vocabulary, read, words_of
from backspasm_cli.matching import LexiconFile, Match, Matcher, RivalFile, Settings, Status
from backspasm_cli.red_flags import DetectionFile, Detector, Finding, Mention, Rule, Scan
from backspasm_cli.regions import Numbers, numbers

DEFAULT_TOP = 3


class Alternative(NamedTuple):
    """Another topic that may be meant. Confidence, 0 to 1."""

    topic: Topic
    confidence: float


class Answer(NamedTuple):
    """All that is said to one question. `topic` is None on a miss and where no topic leads; `confidence` is 0 to 1."""

    question: str
    status: Status
    topic: Topic | None
    group: str
    confidence: float
    alternatives: tuple[Alternative, ...]
    findings: tuple[Finding, ...]
    mentions: tuple[Mention, ...]
    watch_for: tuple[RedFlag, ...]
    sources: tuple[tuple[str, Source], ...]
    numbers: Numbers
    match: Match

    @property
    def summary(self) -> str:
        """The summary of the topic; "" without one."""
        return self.topic.summary if self.topic else ""


_T = TypeVar("_T")


def _merged(folder: str, kind: type[_T]) -> list[_T]:
    names = sorted(path.name for path in (data_folder() / folder).glob("*.json"))
    return [read_bundled(f"{folder}/{name}", kind) for name in names]


class Engine:
    """A knowledge base with its matcher and detector, ready to answer. Building it reads all the data once."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        lexicons = _merged("lexicon", LexiconFile)
        fillers = [word for file in lexicons for word in file.fillers]
        blockers = [word for file in lexicons for word in file.blockers]
        detections = _merged("detection", DetectionFile)
        faults: list[Fault] = []
        concepts: dict[str, list[str]] = {}
        rules: dict[str, list[Rule]] = {}
        for file in detections:
            for name, patterns in file.concepts.items():
                if name in concepts:
                    faults.append(Fault("detection", name, "", "is defined twice; expected concept names to be unique"))
                concepts[name] = patterns
            for flag, more in file.rules.items():
                rules.setdefault(flag, []).extend(more)
                if flag not in base.flags:
                    faults.append(Fault("detection", flag, "rules", "there is no such red flag"))
        if faults:
            raise KnowledgeError(faults)
        lexicon = ConceptIndex({name: patterns for file in lexicons for name, patterns in file.concepts.items()}, fillers, file="lexicon")
        signs = ConceptIndex(concepts, fillers, blockers, file="detection")
        self._assertions = AssertionReader(read_bundled("assertion.json", AssertionCues), fillers)
        rivals = read_bundled("rivals.json", RivalFile).rivals
        counts = Counter({**lexicon.words, **signs.words, **self._assertions.words})
        for topic in base.topics.values():
            for text in (topic.question, *topic.phrasings, topic.summary):
                counts.update(words_of(text))
        for rival in rivals:
            for text in rival.phrasings:
                counts.update(words_of(text))
        spellings = {typed: meant for file in lexicons for typed, meant in file.spellings.items()}
        plain = (data_folder() / "plain_words.txt").read_text(encoding="utf-8")
        self.vocabulary = Vocabulary(counts, spellings, plain)
        domain_words = [word for file in lexicons for word in file.domain_words]
        settings = read_bundled("matching.json", Settings)
        self.matcher = Matcher(base.topics.values(), rivals, lexicon, self.vocabulary, settings, domain_words)
        self.detector = Detector(base.flags.values(), rules, signs, self._assertions)

    def read(self, text: str) -> Reading:
        """Read a text with the known words at hand."""
        return read(text, self.vocabulary)

    def scan(self, text: str) -> Scan:
        """The danger signs in a text, and nothing else."""
        return self.detector.scan(self.read(text))

    def assertion(self, text: str, start: int, end: int) -> Assertion:
        """What is asserted of the words between two characters of a text. Raises ValueError where no word stands there."""
        reading = self.read(text)
        places = [place for place, (first, last) in enumerate(reading.spans) if first < end and start < last]
        if not places:
            raise ValueError(f"{start} to {end} covers no word of the text")
        return self._assertions.scopes(reading).assertion(places[0], places[-1] + 1)

    def answer(self, question: str, where: Numbers, *, top: int = DEFAULT_TOP, explain: bool = False) -> Answer:
        """Answer one question of any length and content, naming up to `top` topics."""
        reading = self.read(question)
        scan = self.detector.scan(reading)
        match = self.matcher.match(reading, top=top, explain=explain)
        topics = self.base.topics
        topic: Topic | None = None
        confidence = match.candidates[0].confidence if match.candidates else 0.0
        others = match.candidates
        if match.leads:
            topic = topics[match.candidates[0].topic]
            others = match.candidates[1:]
        raised = {finding.flag.id for finding in scan.findings}
        return Answer(
            question=question,
            status=match.status,
            topic=topic,
            group=self.base.group_of[topic.id] if topic else "",
            confidence=confidence,
            alternatives=tuple(Alternative(topics[one.topic], one.confidence) for one in others),
            findings=scan.findings,
            mentions=tuple(mention for mention in scan.mentions if mention.assertion.status == "hypothetical"),
            watch_for=tuple(self.base.flags[name] for name in topic.red_flags if name not in raised) if topic else (),
            sources=tuple((key, self.base.sources[key]) for key in topic.sources) if topic else (),
            numbers=where,
            match=match,
        )


@cache
def bundled_engine() -> Engine:
    """The engine of the bundled knowledge base, built once."""
    return Engine(load())


def engine_for(paths: Iterable[str | os.PathLike[str]] = (), *, with_bundled: bool = True) -> Engine:
    """An engine for topics of one's own, alone or on top of the bundled ones. Raises KnowledgeError."""
    chosen = list(paths)
    return Engine(load(chosen, with_bundled=with_bundled)) if chosen else bundled_engine()


def ask(question: str, *, region: str | None = None, top: int = DEFAULT_TOP, kb: str | os.PathLike[str] | None = None) -> Answer:
    """Answer a question from the bundled knowledge base, or from the file or folder `kb`.

    `region` is a two-letter country code (else SPASM_REGION, else the locale). Raises KnowledgeError, UnknownRegionError.
    """
    engine = engine_for([kb], with_bundled=False) if kb else bundled_engine()
    return engine.answer(question, numbers(region), top=top)


def scan(text: str) -> tuple[Finding, ...]:
    """The danger signs that a text describes as present, gravest first. An empty result is not an all-clear."""
    return bundled_engine().scan(text).findings


__all__ = ["Alternative", "Answer", "Engine", "ask", "bundled_engine", "engine_for", "scan"]
