"""Knowledge files -> an index: everything that can be computed once from a base, so that a start reads instead of computing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from backspasm_cli.assertion import AssertionReader
from backspasm_cli.concepts import ConceptIndex
from backspasm_cli.detection import AssertionCues, DetectionFile, Rule, compile_cues, compile_rules
from backspasm_cli.errors import Fault, KnowledgeError
from backspasm_cli.index import VERSION, Index, content_hash, plain_words
from backspasm_cli.knowledge import KnowledgeBase, data_names, load, read_bundled
from backspasm_cli.language import Vocabulary, read, stems_of, vocabulary_tables, words_of
from backspasm_cli.learning import LexiconFile, RivalFile, learn
from backspasm_cli.likeness import LikenessTables
from backspasm_cli.likening import StatementFile, liken
from backspasm_cli.matching import Settings
from backspasm_cli.patterns import compile_concepts
from backspasm_cli.red_flags import Detector

_NUMBERS = 50  # how common a number is in ordinary questions, beside the counts of words
_T = TypeVar("_T")


def build(base: KnowledgeBase, content: str) -> Index:
    """Compute the index of a base. Raises KnowledgeError when the lexicon, the detection or the cues are faulty."""
    lexicons = _merged("lexicon", LexiconFile)
    fillers = [word for file in lexicons for word in file.fillers]
    blockers = [word for file in lexicons for word in file.blockers]
    lexicon = compile_concepts(_unique("lexicon", [file.concepts for file in lexicons]), fillers, file="lexicon")
    detections = _merged("detection", DetectionFile)
    common = Counter(stem for topic in base.topics.values() for text in topic.phrasings for stem in stems_of(text)) + Counter(
        {"#": _NUMBERS}
    )
    signs = compile_concepts(
        _unique("detection", [file.concepts for file in detections]), fillers, blockers, file="detection", common=common
    )
    rules, sign_tables = compile_rules(_rules(detections, base), signs)
    cues, cue_words = compile_cues(read_bundled("assertion.json", AssertionCues), fillers)
    rivals = read_bundled("rivals.json", RivalFile).rivals
    counts = Counter({**lexicon.words, **signs.words, **cue_words})
    for topic in base.topics.values():
        for text in (topic.question, *topic.phrasings, topic.summary):
            counts.update(words_of(text))
    for rival in rivals:
        for text in rival.phrasings:
            counts.update(words_of(text))
    spellings = {typed: meant for file in lexicons for typed, meant in file.spellings.items()}
    words = vocabulary_tables((word for word, _ in counts.most_common()), spellings)
    vocabulary = Vocabulary(words, plain_words)
    settings = read_bundled("matching.json", Settings)
    domain = [word for file in lexicons for word in file.domain_words]
    empty = [word for file in lexicons for word in file.empty_words]
    lexicon_tables = lexicon.tables()
    matching = learn(base.topics.values(), rivals, ConceptIndex(lexicon_tables), vocabulary, settings, domain, empty)

    likeness = _likeness(base, Detector(base.flags, rules, ConceptIndex(sign_tables), AssertionReader(cues)), vocabulary)

    def encode(tables: object) -> memoryview:
        return memoryview(msgspec.msgpack.encode(tables))

    return Index(
        version=VERSION,
        content=content,
        base=encode(base.tables()),
        vocabulary=encode(words),
        matching=encode(matching),
        lexicon=encode(lexicon_tables),
        signs=encode(sign_tables),
        rules=encode(rules),
        cues=encode(cues),
        likeness=encode(likeness),
    )


_ORDINARY = 7  # every so-manieth phrasing of the topics stands for how people ask without an emergency


def _likeness(base: KnowledgeBase, detector: Detector, vocabulary: Vocabulary) -> LikenessTables:
    """The weights learnt from the labelled statements, and from ordinary questions of the bundled topics as statements that are none."""
    statements = read_bundled("statements.json", StatementFile)
    faults = [
        Fault("statements.json", flag, "emergencies", "there is no such red flag")
        for flag in statements.emergencies
        if flag not in base.flags
    ]
    if faults:
        raise KnowledgeError(faults)

    def features(text: str) -> set[str]:
        return detector.features(read(text, vocabulary))

    emergencies = [(flag, features(text)) for flag, texts in statements.emergencies.items() for text in texts]
    asked = [text for topic in load().topics.values() for text in topic.phrasings][::_ORDINARY]
    return liken(emergencies, [features(text) for text in (*statements.others, *asked)], statements.at)


def _merged(folder: str, kind: type[_T]) -> list[_T]:
    return [read_bundled(name, kind) for name in data_names() if name.startswith(f"{folder}/")]


def _unique(folder: str, tables: Iterable[Mapping[str, list[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for table in tables:
        faults.extend(Fault(folder, name, "", "is defined twice; expected concept names to be unique") for name in table if name in found)
        found.update(table)
    if faults:
        raise KnowledgeError(faults)
    return found


def _rules(detections: Iterable[DetectionFile], base: KnowledgeBase) -> dict[str, list[Rule]]:
    rules: dict[str, list[Rule]] = {}
    for file in detections:
        for flag, own in file.rules.items():
            rules.setdefault(flag, []).extend(own)
    faults = [Fault("detection", flag, "rules", "there is no such red flag") for flag in rules if flag not in base.flags]
    if faults:
        raise KnowledgeError(faults)
    return rules


def write_bundled(path: Path) -> None:
    """Make the index of the bundled base, for the wheel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.msgpack.encode(build(load(), content_hash())))
