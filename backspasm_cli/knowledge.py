"""Topic, Source, RedFlag, KnowledgeBase: read the knowledge files, and say exactly what is wrong with one.

Everything a reader sees about backs stands in JSON files. Installed, they lie inside the package; in a
checkout beside it, so that an editable install reads the live files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from backspasm_cli.errors import Fault, KnowledgeError, UnknownGroupError, UnknownTopicError
from backspasm_cli.packed import Packed, pack

Level = Literal["crisis", "emergency", "same-day", "soon"]
LEVELS: tuple[Level, ...] = ("crisis", "emergency", "same-day", "soon")
EvidenceLevel = Literal["strong", "moderate", "limited", "none-or-harm", "consensus"]

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="lower-case words joined by hyphens")]
Line = Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S", description="some text")]
Month = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="a month as YYYY-MM")]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])-\d\d$", description="a day as YYYY-MM-DD")]
WebAddress = Annotated[str, msgspec.Meta(pattern=r"^https://\S+$", description="an address that starts with https://")]


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all knowledge types share: they cannot be changed, and an unknown field is a fault (usually a slip of the pen)."""


class Evidence(_Record, frozen=True, kw_only=True):
    """How well the answer is supported, and in one line why."""

    level: EvidenceLevel
    why: Line


class Source(_Record, frozen=True, kw_only=True):
    """A published page or paper. `seen` says what the checker really opened on the day `checked`."""

    title: Line
    publisher: Line
    year: int | None
    url: WebAddress
    checked: Day
    seen: Literal["page", "copy", "abstract", "record"] = "record"


class Topic(_Record, frozen=True, kw_only=True):
    """One question and its answer. `phrasings` are other ways in which people ask it; matching learns from them."""

    id: Slug
    question: Line
    phrasings: list[Line] = []
    summary: Line
    points: list[Line] = []
    cautions: list[Line] = []
    see_someone_if: list[Line] = []
    evidence: Evidence
    sources: list[Slug] = []
    related: list[Slug] = []
    red_flags: list[Slug] = []
    reviewed: Month


class TopicFile(_Record, frozen=True, kw_only=True):
    """One file of topics: a group with a title, its place in the list, and its topics."""

    group: Slug
    title: Line
    order: int = 100
    topics: list[Topic]
    sources: dict[Slug, Source] = {}


class RedFlag(_Record, frozen=True, kw_only=True):
    """A danger sign: what it may mean and what to do. By which rules it is found in a text stands in data/detection/.

    `action`, `say` and `avoid` may hold {emergency}, {advice}, {crisis} and {poison}, filled in for the reader's region.
    """

    id: Slug
    level: Level
    title: Line
    may_mean: Line
    action: Line
    say: str = ""
    avoid: str = ""
    sources: list[Slug]


class RedFlagFile(_Record, frozen=True):
    """The file of red flags, in the order in which they are listed."""

    flags: list[RedFlag]


class SourceFile(_Record, frozen=True):
    """The file of sources by key."""

    sources: dict[Slug, Source]


_T = TypeVar("_T")


@cache
def data_folder() -> Path:
    """The folder of the bundled knowledge: inside an installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "data"  # importlib.resources would take 6 ms to say the same
    return inside if inside.is_dir() else inside.parent.parent / "data"


def read_bundled(name: str, kind: type[_T]) -> _T:
    """Read one bundled data file, such as "lexicon.json", into `kind`. Raises KnowledgeError naming the file and field."""
    return _decode(data_folder() / name, kind)


class Group(msgspec.Struct, frozen=True, array_like=True):
    """A group of topics: its title and the ids in it, in order."""

    title: str
    topics: list[str]


class BaseTables(msgspec.Struct, frozen=True):
    """A whole base, ready to be stored: the groups, the names in order, and the records packed by name."""

    groups: dict[str, Group]
    sources: list[str]
    flags: list[str]
    topic_records: memoryview
    source_records: memoryview
    flag_records: memoryview


class Records(Mapping[str, _T]):
    """Records by id, each decoded when first asked for: an answer needs one topic, not all."""

    def __init__(self, names: Iterable[str], stored: memoryview, kind: type[_T]) -> None:
        self._names = dict.fromkeys(names)
        self._packed, self._kind = Packed(stored), kind
        self._decoded: dict[str, _T] = {}

    def __getitem__(self, name: str) -> _T:
        if name not in self._decoded:
            entry = self._packed.get(name)
            if entry is None:
                raise KeyError(name)
            self._decoded[name] = msgspec.msgpack.decode(entry, type=self._kind)
        return self._decoded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


class KnowledgeBase:
    """Topics by id in listing order, with their groups, sources and the red flags they may name."""

    def __init__(
        self, groups: dict[str, Group], topics: Mapping[str, Topic], sources: Mapping[str, Source], flags: Mapping[str, RedFlag]
    ) -> None:
        self.groups, self.topics, self.sources, self.flags = groups, topics, sources, flags
        self.group_of = {name: group for group, members in groups.items() for name in members.topics}

    @classmethod
    def of_files(cls, files: Iterable[TopicFile], sources: Mapping[str, Source], flags: Iterable[RedFlag]) -> KnowledgeBase:
        """A base of files as they were read."""
        groups: dict[str, Group] = {}
        topics: dict[str, Topic] = {}
        for file in files:
            group = groups.setdefault(file.group, Group(file.title, []))
            group.topics.extend(topic.id for topic in file.topics)
            topics.update((topic.id, topic) for topic in file.topics)
        ordered = {name: topics[name] for group in groups.values() for name in group.topics}
        return cls(groups, ordered, dict(sources), {flag.id: flag for flag in flags})

    @classmethod
    def of_tables(cls, tables: BaseTables) -> KnowledgeBase:
        """A base as it was stored; its records are decoded when asked for."""
        topics = [name for group in tables.groups.values() for name in group.topics]
        return cls(
            tables.groups,
            Records(topics, tables.topic_records, Topic),
            Records(tables.sources, tables.source_records, Source),
            Records(tables.flags, tables.flag_records, RedFlag),
        )

    def tables(self) -> BaseTables:
        """The base, ready to be stored."""

        def packed(records: Mapping[str, object]) -> memoryview:
            return memoryview(pack({name: msgspec.msgpack.encode(record) for name, record in records.items()}))

        return BaseTables(self.groups, list(self.sources), list(self.flags), packed(self.topics), packed(self.sources), packed(self.flags))

    def topic(self, name: str) -> Topic:
        """The topic with that id. Raises UnknownTopicError, which names the nearest ids."""
        if name not in self.topics:
            raise UnknownTopicError(name, _nearest(name, self.topics))
        return self.topics[name]

    def group(self, name: str) -> str:
        """The group with that name, itself. Raises UnknownGroupError, which names the nearest ones."""
        if name not in self.groups:
            raise UnknownGroupError(name, _nearest(name, self.groups))
        return name

    def topics_of(self, group: str) -> list[Topic]:
        """The topics of one group, in order."""
        return [self.topics[name] for name in self.groups[group].topics]


def load(paths: Iterable[str | os.PathLike[str]] = (), *, with_bundled: bool = True) -> KnowledgeBase:
    """Load topics: the bundled ones, and/or those of each file or folder in `paths`.

    The bundled red flags and sources always come along, so that a base of one's own keeps the warnings.
    A topic of one's own replaces a bundled topic of the same id. Raises KnowledgeError with every fault found.
    """
    folder = data_folder()
    faults: list[Fault] = []
    flags = _collect(faults, folder / "red_flags.json", RedFlagFile)
    source_file = _collect(faults, folder / "sources.json", SourceFile)
    sources = dict(source_file.sources) if source_file else {}
    bundled = _collect_all(faults, sorted((folder / "topics").glob("*.json")), TopicFile) if with_bundled else []
    bundled.sort(key=lambda file: file.order)
    own, own_places = _own_files(paths, sources, faults)
    own.sort(key=lambda file: file.order)
    flag_list = flags.flags if flags else []
    for files, places in ((bundled, None), (own, own_places)):
        _check_ids(files, faults, places)
    replaced = {topic.id for file in own for topic in file.topics}
    kept = [_without(file, replaced) for file in bundled]
    base = KnowledgeBase.of_files([*kept, *own], sources, flag_list)
    for topic in base.topics.values():
        place = own_places.get(topic.id, f"topics/{base.group_of[topic.id]}.json")
        faults.extend(_dangling(topic, place, base))
    if faults:
        raise KnowledgeError(faults)
    return base


def _nearest(name: str, known: Iterable[str]) -> list[str]:
    from rapidfuzz import fuzz, process  # only somebody who mistyped a name waits for it

    return [hit[0] for hit in process.extract(name.lower(), list(known), scorer=fuzz.WRatio, limit=3, score_cutoff=60)]


class _Name(msgspec.Struct):
    id: str


class _Names(msgspec.Struct):
    """What the Tab key needs of a file of topics; the rest is skipped over, not decoded."""

    group: str
    order: int
    topics: list[_Name]


def bundled_ids() -> list[str]:
    """The ids of the bundled topics, read without validating: quick enough for the Tab key."""
    return [topic.id for file in _names() for topic in file.topics]


def bundled_groups() -> list[str]:
    """The names of the bundled groups, in order."""
    return [file.group for file in _names()]


def _names() -> list[_Names]:
    files = [msgspec.json.decode(path.read_bytes(), type=_Names) for path in (data_folder() / "topics").glob("*.json")]
    return sorted(files, key=lambda file: file.order)


def _own_files(
    paths: Iterable[str | os.PathLike[str]], sources: dict[str, Source], faults: list[Fault]
) -> tuple[list[TopicFile], dict[str, str]]:
    """The files of topics that `paths` name, and the file in which each topic stands; sources that they bring are added."""
    own: list[TopicFile] = []
    places: dict[str, str] = {}
    for path in topic_files(paths, faults):
        raw = _raw(path, faults)
        if raw is None:
            continue
        if isinstance(raw, dict) and "topics" not in raw and "sources" in raw:
            if extra := _collect(faults, path, SourceFile):
                sources.update(extra.sources)
        elif file := _collect(faults, path, TopicFile):
            own.append(file)
            sources.update(file.sources)
            places.update(dict.fromkeys([topic.id for topic in file.topics], str(path)))
    return own, places


@cache
def bundled() -> KnowledgeBase:
    """The bundled knowledge base, loaded once."""
    return load()


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas of the knowledge files by name, generated from the types, so that an editor checks while one types."""
    kinds: dict[str, type] = {"topics": TopicFile, "red_flags": RedFlagFile, "sources": SourceFile}
    return {name: {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)} for name, kind in kinds.items()}


def _without(file: TopicFile, ids: set[str]) -> TopicFile:
    if not any(topic.id in ids for topic in file.topics):
        return file
    return msgspec.structs.replace(file, topics=[topic for topic in file.topics if topic.id not in ids])


def data_names() -> list[str]:
    """The names of all bundled data files, such as "topics/relief.json", in order."""
    folder = data_folder()
    return sorted(str(path.relative_to(folder).as_posix()) for path in folder.rglob("*.json") if path.parent.name != "schema")


def topic_files(paths: Iterable[str | os.PathLike[str]], faults: list[Fault]) -> Iterator[Path]:
    """The files that `paths` name: files themselves, and those of folders. A folder without any is added to `faults`."""
    for given in paths:
        path = Path(given)
        if path.is_dir():
            # A folder laid out like the bundled one keeps its topics in topics/; a plain folder holds them directly.
            found = sorted(path.glob("topics/*.json")) + sorted(path.glob("sources.json")) or sorted(path.glob("*.json"))
            if not found:
                faults.append(Fault(str(path), "", "", "holds no .json file; expected a file of topics"))
            yield from found
        else:
            yield path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        problem = f"cannot be read ({(error.strerror or 'unknown reason').lower()}); check the path and its permissions"
        raise KnowledgeError([Fault(_shown(path), "", "", problem)]) from None


def _raw(path: Path, faults: list[Fault]) -> object:
    try:
        return msgspec.json.decode(_read(path))
    except KnowledgeError as error:
        faults.extend(error.faults)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        faults.append(_not_json(path, error))
    return None


def _not_json(path: Path, error: Exception) -> Fault:
    return Fault(_shown(path), "", "", f"is not whole, valid JSON ({str(error).rstrip('.')}); expected UTF-8 JSON")


def _decode(path: Path, kind: type[_T]) -> _T:
    text = _read(path)
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        faults: list[Fault] = []
        raw = _raw(path, faults)
        raise KnowledgeError(faults or list(_faults_of(raw, kind, _shown(path)))) from None


def _collect(faults: list[Fault], path: Path, kind: type[_T]) -> _T | None:
    try:
        return _decode(path, kind)
    except KnowledgeError as error:
        faults.extend(fault for fault in error.faults if fault not in faults)
        return None


def _collect_all(faults: list[Fault], paths: Iterable[Path], kind: type[_T]) -> list[_T]:
    return [file for path in paths if (file := _collect(faults, path, kind)) is not None]


def _shown(path: Path) -> str:
    folder = data_folder()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _faults_of(raw: object, kind: Any, file: str) -> Iterator[Fault]:
    """Every fault in `raw`, entry by entry and field by field: msgspec alone would stop at the first one."""
    if not isinstance(raw, dict):
        yield Fault(file, "", "", f"expected an object with the fields {', '.join(kind.__struct_fields__)}")
        return
    yield from _field_faults(raw, kind, file, "")


def _field_faults(raw: dict[str, Any], kind: Any, file: str, entry: str) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in raw:
        if name not in fields:
            yield Fault(file, entry, str(name), f"is not a known field; expected one of {', '.join(fields)}")
    for name, field in fields.items():
        if name not in raw:
            if field.required:
                yield Fault(file, entry, name, "is missing")
            continue
        item = _entry_type(field.type)
        value = raw[name]
        if item is not None and isinstance(value, list):
            for number, one in enumerate(value):
                label = str(one.get("id", f"{name}[{number}]")) if isinstance(one, dict) else f"{name}[{number}]"
                if isinstance(one, dict):
                    yield from _field_faults(one, item, file, f"{entry}: {label}" if entry else label)
                else:
                    yield Fault(file, label, "", f"expected an object with the fields {', '.join(item.__struct_fields__)}")
            continue
        try:
            msgspec.convert(value, field.type)
        except msgspec.ValidationError as error:
            yield Fault(file, entry, name, _plain(str(error)))


def _entry_type(field_type: Any) -> Any:
    """The struct type held in a list field, or None when the field is not a list of structs."""
    if getattr(field_type, "__origin__", None) is list:
        (inner,) = field_type.__args__
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            return inner
    return None


_ALIASES: tuple[Any, ...] = (Slug, Line, Month, Day, WebAddress)
_PATTERN_MEANING = {str(meta.pattern): str(meta.description) for alias in _ALIASES for meta in alias.__metadata__ if meta.pattern}


def _plain(message: str) -> str:
    """The message of msgspec in words for somebody who writes topics rather than regular expressions."""
    for pattern, meaning in _PATTERN_MEANING.items():
        message = message.replace(f"`str` matching regex {pattern!r}", meaning)
    return message[:1].lower() + message[1:]


def _check_ids(files: list[TopicFile], faults: list[Fault], places: Mapping[str, str] | None) -> None:
    seen: dict[str, str] = {}
    for file in files:
        for topic in file.topics:
            place = f"topics/{file.group}.json" if places is None else places.get(topic.id, file.group)
            if topic.id in seen:
                faults.append(Fault(place, topic.id, "id", f"is used twice (first in {seen[topic.id]}); expected ids to be unique"))
            seen.setdefault(topic.id, place)


def _dangling(topic: Topic, place: str, base: KnowledgeBase) -> Iterator[Fault]:
    known: tuple[tuple[str, list[str], Mapping[str, object], str], ...] = (
        ("sources", topic.sources, base.sources, "source in sources.json"),
        ("related", topic.related, base.topics, "topic"),
        ("red_flags", topic.red_flags, base.flags, "red flag"),
    )
    for field, names, table, kind in known:
        for name in names:
            if name not in table:
                yield Fault(place, topic.id, field, f"names {name!r}, but there is no such {kind}")
