"""All that can be computed once from a knowledge base, stored in one file, so that a start reads instead of computing.

The wheel carries the index of the bundled base (made by the build). A base of one's own, and a checkout whose data
are being edited, are indexed when first used and kept in the user's cache folder under a hash of their content.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from backspasm_cli.assertion import AssertionCues, compile_cues
from backspasm_cli.concepts import ConceptIndex, compile_concepts
from backspasm_cli.errors import Fault, KnowledgeError
from backspasm_cli.knowledge import KnowledgeBase, data_folder, data_names, load, read_bundled, topic_files
from backspasm_cli.language import Vocabulary, stems_of, words_of
from backspasm_cli.learning import LexiconFile, RivalFile, learn
from backspasm_cli.matching import Settings
from backspasm_cli.red_flags import DetectionFile, Rule, compile_rules

#: Raised whenever the layout of the tables or the way they are learnt changes: an index of another version is not used.
VERSION = 1

_FILE = "index.msgpack"
_NUMBERS = 50  # how common a number is in ordinary questions, beside the counts of words
_T = TypeVar("_T")


class VocabularyTables(msgspec.Struct, frozen=True):
    """The known words with their counts, and the spellings taken for a word."""

    counts: dict[str, int]
    spellings: dict[str, str]


class Index(msgspec.Struct, frozen=True):
    """The stored tables, each decoded only when it is needed. `content` is the hash of the data from which they were made."""

    version: int
    content: str
    base: bytes
    vocabulary: bytes
    matching: bytes
    lexicon: bytes
    signs: bytes
    rules: bytes
    cues: bytes

    def table(self, name: str, kind: type[_T]) -> _T:
        """One of the tables."""
        return msgspec.msgpack.decode(getattr(self, name), type=kind)


def build(base: KnowledgeBase, content: str) -> Index:
    """Compute the index of a base. Raises KnowledgeError when the lexicon, the detection or the cues are faulty."""
    lexicons = _merged("lexicon", LexiconFile)
    fillers = [word for file in lexicons for word in file.fillers]
    blockers = [word for file in lexicons for word in file.blockers]
    lexicon = compile_concepts(_unique("lexicon", [file.concepts for file in lexicons]), fillers, file="lexicon")
    detections = _merged("detection", DetectionFile)
    common = Counter(stem for topic in base.topics.values() for text in topic.phrasings for stem in stems_of(text)) + Counter({"#": _NUMBERS})
    signs = compile_concepts(_unique("detection", [file.concepts for file in detections]), fillers, blockers, file="detection", common=common)
    rules = compile_rules(_rules(detections, base), signs.names)
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
    vocabulary = Vocabulary(counts, spellings, plain_words)
    settings = read_bundled("matching.json", Settings)
    domain = [word for file in lexicons for word in file.domain_words]
    empty = [word for file in lexicons for word in file.empty_words]
    matching = learn(base.topics.values(), rivals, ConceptIndex(lexicon.tables), vocabulary, settings, domain, empty)
    encode = msgspec.msgpack.encode
    return Index(
        version=VERSION,
        content=content,
        base=encode(base.tables()),
        vocabulary=encode(VocabularyTables(dict(counts), spellings)),
        matching=encode(matching),
        lexicon=encode(lexicon.tables),
        signs=encode(signs.tables),
        rules=encode(rules),
        cues=encode(cues),
    )


def plain_words() -> str:
    """The ordinary words of the language, one a line."""
    return (data_folder() / "plain_words.txt").read_text(encoding="utf-8")


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


def find(paths: Iterable[str | os.PathLike[str]] = (), *, with_bundled: bool = True) -> Index:
    """The index of the bundled base, or of topics of one's own: from the package, else the cache, else computed and cached.

    Raises KnowledgeError as `knowledge.load` does.
    """
    own = list(paths)
    if not own:
        stored = _read(data_folder() / _FILE)
        if stored:
            return stored
    content = content_hash(own, with_bundled=with_bundled)
    cached = _cache_file(content)
    found = _read(cached) if cached else None
    if found and found.content == content:
        return found
    made = build(load(own, with_bundled=with_bundled), content)
    if cached:
        _write(cached, made)
    return made


def content_hash(paths: Iterable[str | os.PathLike[str]] = (), *, with_bundled: bool = True) -> str:
    """A hash of everything from which an index is made, so that a changed file is never answered from an old index."""
    digest = hashlib.blake2b(f"{VERSION} {with_bundled}".encode(), digest_size=16)
    folder = data_folder()
    files = [folder / name for name in data_names()]
    for path in [*files, *topic_files(paths, [])]:
        try:
            text = path.read_bytes()
        except OSError:
            text = b""  # loading will say what is wrong with it
        digest.update(f"{path.name} {len(text)} ".encode())
        digest.update(text)
    return digest.hexdigest()


def _read(path: Path) -> Index | None:
    """The index stored in a file; None where there is none, or one that is damaged or of another version."""
    try:
        found = msgspec.msgpack.decode(path.read_bytes(), type=Index)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if found.version == VERSION else None


def _cache_file(content: str) -> Path | None:
    from platformdirs import user_cache_path  # only a base of one's own, or a checkout, waits for it

    try:
        return user_cache_path("spasm", appauthor=False) / f"{content}.msgpack"
    except (OSError, RuntimeError):
        return None


_KEPT = 8  # indexes in the cache; the least recently made goes first


def _write(path: Path, index: Index) -> None:
    """Store an index whole or not at all, also when two processes do so at once. A cache that cannot be written is no error."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.msgpack.encode(index))
        part.replace(path)
        for old in sorted(path.parent.glob("*.msgpack"), key=lambda one: one.stat().st_mtime, reverse=True)[_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        part.unlink(missing_ok=True)


def write_bundled(path: Path) -> None:
    """Make the index of the bundled base, for the wheel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.msgpack.encode(build(load(), content_hash())))

