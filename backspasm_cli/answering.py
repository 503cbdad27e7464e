"""One Answer out of one question: the only room where matching and red flags meet."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache, cached_property

import msgspec

from backspasm_cli.assertion import Assertion, AssertionReader, AssertionTables
from backspasm_cli.concepts import ConceptIndex, ConceptTables
from backspasm_cli.index import Index, find, plain_words
from backspasm_cli.knowledge import BaseTables, KnowledgeBase, RedFlag, Source, Topic
from backspasm_cli.language import Reading, Vocabulary, VocabularyTables, read
from backspasm_cli.likeness import Likeness, LikenessTables
from backspasm_cli.matching import Match, Matcher, MatchTables, Status
from backspasm_cli.red_flags import Detector, Finding, Mention, RuleTables, Scan
from backspasm_cli.regions import Numbers, numbers

DEFAULT_TOP = 3


class Alternative(msgspec.Struct, frozen=True):
    """Another topic that may be meant. Confidence, 0 to 1."""

    topic: Topic
    confidence: float


class Answer(msgspec.Struct, frozen=True):
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


class Engine:
    """A knowledge base with its matcher and detector, ready to answer. Each part is made when first needed."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @cached_property
    def base(self) -> KnowledgeBase:
        """The topics, sources and red flags."""
        return KnowledgeBase.of_tables(self._index.table("base", BaseTables))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The known words."""
        return Vocabulary(self._index.table("vocabulary", VocabularyTables), plain_words)

    @cached_property
    def matcher(self) -> Matcher:
        """Ranks the topics for a question."""
        lexicon = ConceptIndex(self._index.table("lexicon", ConceptTables))
        return Matcher(self._index.table("matching", MatchTables), lexicon)

    @cached_property
    def assertions(self) -> AssertionReader:
        """Tells what is asserted of a concept."""
        return AssertionReader(self._index.table("cues", AssertionTables))

    @cached_property
    def detector(self) -> Detector:
        """Finds danger signs."""
        signs = ConceptIndex(self._index.table("signs", ConceptTables))
        likeness = Likeness(self._index.table("likeness", LikenessTables))
        return Detector(self.base.flags, self._index.table("rules", RuleTables), signs, self.assertions, likeness)

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
        return self.assertions.scopes(reading).assertion(places[0], places[-1] + 1)

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
    return Engine(find())


def engine_for(paths: Iterable[str | os.PathLike[str]] = (), *, with_bundled: bool = True) -> Engine:
    """An engine for topics of one's own, alone or on top of the bundled ones. Raises KnowledgeError."""
    chosen = list(paths)
    return Engine(find(chosen, with_bundled=with_bundled)) if chosen else bundled_engine()


def ask(question: str, *, region: str | None = None, top: int = DEFAULT_TOP, kb: str | os.PathLike[str] | None = None) -> Answer:
    """Answer a question from the bundled knowledge base, or from the file or folder `kb`.

    `region` is a two-letter country code (else SPASM_REGION, else the locale). Raises KnowledgeError, UnknownRegionError.
    """
    engine = engine_for([kb], with_bundled=False) if kb else bundled_engine()
    return engine.answer(question, numbers(region), top=top)


def scan(text: str) -> tuple[Finding, ...]:
    """The danger signs that a text describes as present, gravest first. An empty result is not an all-clear."""
    return bundled_engine().scan(text).findings


def assertion(text: str, start: int, end: int) -> Assertion:
    """What is asserted of the words from character `start` up to `end` of a text: present, absent, past, hypothetical, ...

    Raises ValueError where no word stands there.
    """
    return bundled_engine().assertion(text, start, end)
