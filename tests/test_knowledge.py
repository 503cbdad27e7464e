"""Loading: what a good file gives, and what is said of a bad one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from conftest import Spasm, topic

from backspasm_cli import knowledge
from backspasm_cli.errors import KnowledgeError, UnknownTopicError

WriteBase = Callable[..., Path]


def faults_of(path: Path) -> list[str]:
    """The faults that loading a path alone reports, as text."""
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load([path], with_bundled=False)
    return [str(fault) for fault in caught.value.faults]


def test_bundled_base_is_whole() -> None:
    """The bundled base holds the 109 topics in ten groups and the 35 red flags."""
    base = knowledge.bundled()
    assert len(base.topics) >= 109
    assert len(base.groups) == 10
    assert len(base.flags) == 35


def test_ids_for_completion_are_those_of_the_base() -> None:
    """The quick reading for the Tab key gives the same ids, in the same order, as loading does."""
    assert knowledge.bundled_ids() == list(knowledge.bundled().topics)
    assert knowledge.bundled_groups() == list(knowledge.bundled().groups)


def test_own_topic_alone(write_base: WriteBase) -> None:
    """A file of one's own is used alone, with the bundled red flags and sources."""
    base = knowledge.load([write_base(topic())], with_bundled=False)
    assert list(base.topics) == ["own-topic"]
    assert len(base.flags) == 35


def test_own_topic_on_top(write_base: WriteBase) -> None:
    """On top of the bundled ones, a topic of one's own replaces the bundled topic of the same id."""
    base = knowledge.load([write_base(topic("massage", summary="Mine."))])
    assert base.topics["massage"].summary == "Mine."
    assert len(base.topics) == len(knowledge.bundled().topics)


def test_folder_of_files(write_base: WriteBase) -> None:
    """A folder is read file by file."""
    write_base(topic("one"), name="a.json")
    folder = write_base(topic("two"), name="b.json", group="other").parent
    assert set(knowledge.load([folder], with_bundled=False).topics) == {"one", "two"}


def test_missing_file(tmp_path: Path) -> None:
    """A path that is not there is named, with what to check."""
    assert faults_of(tmp_path / "no.json") == [
        f"{tmp_path / 'no.json'}: cannot be read (no such file or directory); check the path and its permissions"
    ]


def test_empty_folder(tmp_path: Path) -> None:
    """A folder without files is a fault, not an empty base."""
    assert "holds no .json file" in faults_of(tmp_path)[0]


@pytest.mark.parametrize("text", [b'{"group": "x", "topics": [', b"\xff\xfe", b"", b"not json"])
def test_not_json(tmp_path: Path, text: bytes) -> None:
    """A truncated, binary, empty or foreign file gets one line that says it is not whole JSON."""
    path = tmp_path / "bad.json"
    path.write_bytes(text)
    (fault,) = faults_of(path)
    assert fault.startswith(f"{path}: is not whole, valid JSON")


def test_all_faults_at_once(write_base: WriteBase) -> None:
    """Every wrong field of every entry is reported in one go, with entry, field and what was expected."""
    path = write_base(
        topic("one", summary=3, reviewed="last week"),
        {"id": "two"},
        topic("Three!"),
        topic("four", evidence={"level": "certain", "why": "x"}),
        topic("five", sumary="typo"),
    )
    found = "\n".join(faults_of(path))
    for part in (
        "one: summary: expected `str`, got `int`",
        "one: reviewed: expected a month as YYYY-MM",
        "two: question: is missing",
        "two: summary: is missing",
        "id: expected lower-case words joined by hyphens",
        "four: evidence: invalid enum value 'certain'",
        "five: sumary: is not a known field",
    ):
        assert part in found


def test_duplicate_id(write_base: WriteBase) -> None:
    """An id used twice is a fault that names both places."""
    (fault,) = faults_of(write_base(topic("same"), topic("same")))
    assert "same: id: is used twice" in fault


@pytest.mark.parametrize(("field", "kind"), [("sources", "source"), ("related", "topic"), ("red_flags", "red flag")])
def test_dangling_reference(write_base: WriteBase, field: str, kind: str) -> None:
    """A reference to something that does not exist is a fault that names it."""
    (fault,) = faults_of(write_base(topic(**{field: ["nowhere"]})))
    assert f"own-topic: {field}: names 'nowhere', but there is no such {kind}" in fault


def test_own_sources(write_base: WriteBase) -> None:
    """A file may bring the sources it cites."""
    source = {"title": "T", "publisher": "P", "year": 2020, "url": "https://example.org/x", "checked": "2026-11-01"}
    base = knowledge.load([write_base(topic(sources=["mine"]), sources={"mine": source})], with_bundled=False)
    assert base.sources["mine"].title == "T"


def test_top_level_of_wrong_kind(tmp_path: Path) -> None:
    """A list where an object is expected is said to be one."""
    path = tmp_path / "list.json"
    path.write_text("[1, 2]")
    assert "expected an object with the fields group, title" in faults_of(path)[0]


def test_unknown_topic_names_the_nearest() -> None:
    """An id that is nearly right gets the ids it may have meant."""
    with pytest.raises(UnknownTopicError) as caught:
        knowledge.bundled().topic("heat-ice")
    assert caught.value.nearest[0] == "heat-or-ice"


@pytest.mark.parametrize("path", sorted((knowledge.data_folder() / "topics").glob("*.json")), ids=lambda path: path.stem)
def test_schema_is_true_to_the_data(path: Path) -> None:
    """Every bundled file of topics is valid under the generated schema."""
    jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), knowledge.schemas()["topics"])


def test_schema_files_are_current() -> None:
    """The schemas stored beside the data are those that the types generate."""
    for name, schema in knowledge.schemas().items():
        stored = json.loads((knowledge.data_folder() / "schema" / f"{name}.json").read_text(encoding="utf-8"))
        assert stored == schema


def test_bad_base_on_the_command_line(spasm: Spasm, write_base: WriteBase) -> None:
    """A broken base gives exit code 2, nothing on stdout and one stderr line for each fault."""
    done = spasm("ask", "--kb", str(write_base(topic(summary=3), topic("two", points="x"))), "how", "long")
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 2
    assert all(line.startswith("spasm: ") for line in done.err.splitlines())


def test_unreadable_file(spasm: Spasm, tmp_path: Path) -> None:
    """A folder given as a file name of a source text, or a file without permission, is an error of one line."""
    path = tmp_path / "secret.json"
    path.write_text("{}")
    path.chmod(0)
    if subprocess.run(["cat", str(path)], capture_output=True, check=False).returncode == 0:
        path.chmod(0o600)
        pytest.skip("this user may read everything")
    done = spasm("kb", "check", str(path))
    assert done.code == 2
    assert "permission denied" in done.err
