"""The index: never stale, never half-written, and never needed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ENVIRONMENT, Spasm, topic

from backspasm_cli import index

WriteBase = Callable[..., Path]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "spasm"


def test_hash_follows_the_content(write_base: WriteBase) -> None:
    """Another content, or another mix of files, is another hash; the same content is the same."""
    path = write_base(topic())
    first = index.content_hash([path])
    assert first == index.content_hash([path])
    assert first != index.content_hash([path], with_bundled=False)
    path.write_text(path.read_text().replace("a thing", "another thing"))
    assert first != index.content_hash([path])


def test_index_is_kept_and_found_again(cache: Path, write_base: WriteBase) -> None:
    """A base of one's own is indexed once and then read."""
    path = write_base(topic())
    made = index.find([path], with_bundled=False)
    (stored,) = cache.glob("*.msgpack")
    assert stored.stem == made.content
    assert index.find([path], with_bundled=False).content == made.content


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x81\xa7version"])
def test_damaged_index_is_made_anew(cache: Path, write_base: WriteBase, damage: bytes) -> None:
    """A damaged file in the cache is replaced, not believed."""
    path = write_base(topic())
    index.find([path], with_bundled=False)
    (stored,) = cache.glob("*.msgpack")
    stored.write_bytes(damage)
    assert index.find([path], with_bundled=False).content == stored.stem
    assert stored.stat().st_size > 1000


def test_changed_topic_is_answered_from_the_new_text(spasm: Spasm, write_base: WriteBase, tmp_path: Path) -> None:
    """After an edit the answer is the new one."""
    path = write_base(topic("kettle", question="How do I descale a kettle?", phrasings=["limescale kettle"], summary="Old."))
    where = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert spasm("ask", "limescale kettle", "--kb", str(path), "--json", **where).json["topic"]["summary"] == "Old."
    path.write_text(path.read_text().replace("Old.", "New."))
    assert spasm("ask", "limescale kettle", "--kb", str(path), "--json", **where).json["topic"]["summary"] == "New."


def test_unwritable_cache_is_no_error(spasm: Spasm, write_base: WriteBase, tmp_path: Path) -> None:
    """Where nothing can be stored, the answer comes all the same."""
    (tmp_path / "file").write_text("in the way")
    done = spasm("ask", "own topic", "--kb", str(write_base(topic())), XDG_CACHE_HOME=str(tmp_path / "file"))
    assert done.code in (0, 1)
    assert done.err == ""


def test_two_processes_at_once(write_base: WriteBase, tmp_path: Path) -> None:
    """Two processes that index the same base at once both answer."""
    path = write_base(topic("kettle", question="How do I descale a kettle?"))
    command = [sys.executable, "-m", "backspasm_cli", "ask", "descale kettle", "--kb", str(path), "--json"]
    environment = ENVIRONMENT | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) for _ in range(2)]
    for child in running:
        out, err = child.communicate(timeout=60)
        assert (child.returncode, err) == (0, b"")
        assert b'"kettle"' in out
