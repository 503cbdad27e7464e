"""All that can be computed once from a knowledge base, stored in one file, so that a start reads instead of computing.

The wheel carries the index of the bundled base (made by the build). A base of one's own, and a checkout whose data
are being edited, are indexed when first used and kept in the user's cache folder under a hash of their content.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from backspasm_cli.knowledge import data_folder, data_names, load, topic_files

#: Raised whenever the layout of the tables or the way they are learnt changes: an index of another version is not used.
VERSION = 14

_FILE = "index.msgpack"
_T = TypeVar("_T")


class Index(msgspec.Struct, frozen=True):
    """The stored tables, each decoded only when it is needed. `content` is the hash of the data from which they were made."""

    version: int
    content: str
    base: memoryview
    vocabulary: memoryview
    matching: memoryview
    lexicon: memoryview
    signs: memoryview
    rules: memoryview
    cues: memoryview
    likeness: memoryview

    def table(self, name: str, kind: type[_T]) -> _T:
        """One of the tables."""
        return msgspec.msgpack.decode(getattr(self, name), type=kind)


def plain_words() -> str:
    """The ordinary words of the language, one a line."""
    return (data_folder() / "plain_words.txt").read_text(encoding="utf-8")


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
    from backspasm_cli.building import build  # only a new or changed base waits for it

    made = build(load(own, with_bundled=with_bundled), content)
    if cached:
        _write(cached, made)
    return made


def content_hash(paths: Iterable[str | os.PathLike[str]] = (), *, with_bundled: bool = True) -> str:
    """A hash of everything from which an index is made, so that a changed file is never answered from an old index."""
    import hashlib  # costs more than a question, and an installed index needs no hash

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
        with path.open("rb") as file:
            # Mapped, not read: only the pages that a question touches are loaded.
            found = msgspec.msgpack.decode(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), type=Index)
    except (OSError, ValueError, msgspec.DecodeError, UnicodeDecodeError):
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
        with contextlib.suppress(OSError):
            part.unlink()
