"""Bulk: lines in, JSON lines out, over one process or several."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ENVIRONMENT

from backspasm_cli import batch
from backspasm_cli.batch import Job, Progress, chunks, run
from backspasm_cli.errors import KnowledgeError, UsageError
from backspasm_cli.output.json import IDS_ONLY, fields_of

QUESTIONS = ["how long do they last", "heat or ice", "pizza", "", "i cant feel myself pee", "is ibuprofin ok \u2603 \x7f"]


def text_of(lines: list[str]) -> bytes:
    """Lines as they stand in a file."""
    return "".join(f"{line}\n" for line in lines).encode()


def answered(source: bytes, job: Job, jobs: int = 1) -> list[dict[str, object]]:
    """What a batch writes, as objects."""
    out = io.BytesIO()
    run(job, io.BytesIO(source), out, jobs=jobs)
    return [json.loads(line) for line in out.getvalue().splitlines()]


class Pieces(io.RawIOBase):
    """A source that gives its bytes in pieces, as a pipe does."""

    def __init__(self, *pieces: bytes) -> None:
        """Give these pieces, one at a time."""
        self.pieces = list(pieces)

    def read(self, _: int = -1) -> bytes:
        """The next piece."""
        return self.pieces.pop(0) if self.pieces else b""


def test_lines_come_out_in_order() -> None:
    """One object a line, each with its own question, also for a last line without a line break and for CRLF."""
    source = text_of(QUESTIONS)[:-1].replace(b"last\n", b"last\r\n")
    assert [one["question"] for one in answered(source, Job("ask"))] == QUESTIONS


def test_processes_change_nothing() -> None:
    """Two processes write the very bytes that one writes, whatever the size of the chunks."""
    source = text_of(QUESTIONS * 400) + b"\xff\n"
    outs = [io.BytesIO(), io.BytesIO()]
    levels = [run(Job("ask", region="GB"), io.BytesIO(source), out, jobs=jobs) for jobs, out in enumerate(outs, 1)]
    assert outs[0].getvalue() == outs[1].getvalue()
    assert levels == ["emergency", "emergency"]
    assert json.loads(outs[1].getvalue().splitlines()[-1])["error"]["line"] == len(QUESTIONS) * 400 + 1


def test_pieces_are_joined() -> None:
    """A line that arrives in pieces is one line; what is there is given on at once."""
    got = list(chunks(Pieces(b"a", b"b\nc\nd", b"\r\n", b"e")))  # type: ignore[arg-type]
    assert [chunk.lines for chunk in got] == [[b"ab", b"c"], [b"d"], [b"e"]]
    assert [chunk.end for chunk in got] == [6, 8, 9]


@pytest.mark.parametrize("pieces", [(b"x" * 50, b"x" * 60, b"y\nz"), (b"x" * 111 + b"\nz",), (b"x" * 60, b"x" * 60 + b"\nz\n")])
def test_endless_lines(monkeypatch: pytest.MonkeyPatch, pieces: tuple[bytes, ...]) -> None:
    """A line beyond the limit is not kept in memory, and the lines after it are still read."""
    monkeypatch.setattr(batch, "_LONGEST", 100)
    assert [line for chunk in chunks(Pieces(*pieces)) for line in chunk.lines] == [None, b"z"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("line", "says"), [(b"abc \xff", "byte 5 is 0xff"), (b"x" * 1_000_001, "longer than 1,000,000 bytes")])
def test_bad_lines(line: bytes, says: str) -> None:
    """A bad line gets an error object that says which line, what and where, and the rest is answered."""
    bad, good = answered(line + b"\nheat or ice\n", Job("check"))
    assert bad["error"]["line"] == 1  # type: ignore[index]
    assert says in bad["error"]["message"]  # type: ignore[index]
    assert good["level"] == "none"


def test_check_finds_signs() -> None:
    """The other job is the scan for danger signs."""
    assert [one["level"] for one in answered(text_of(QUESTIONS), Job("check"))] == ["none"] * 4 + ["emergency", "none"]


def test_own_topics(tmp_path: Path) -> None:
    """A job may name topics of one's own; a faulty base is told before a line is read."""
    faulty = tmp_path / "faulty.json"
    faulty.write_text("[")
    source = io.BytesIO(b"x\n")
    with pytest.raises(KnowledgeError):
        run(Job("ask", kb=(str(faulty),), with_bundled=False), source, io.BytesIO())
    assert source.tell() == 0


def test_progress_is_told() -> None:
    """How many lines and bytes are done is told along the way, to the end."""
    told: list[Progress] = []
    source = text_of(QUESTIONS * 300)
    run(Job("check"), io.BytesIO(source), io.BytesIO(), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == (len(QUESTIONS) * 300, len(source))


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ("status", {"schema_version", "status"}),
        (IDS_ONLY, {"schema_version", "question", "status", "topic", "confidence", "alternatives", "red_flags"}),
    ],
)
def test_fields(fields: str, keys: set[str]) -> None:
    """Only the fields asked for are written, and the version of the schema."""
    for one in answered(text_of(QUESTIONS), Job("ask", fields=fields_of(fields))):
        assert set(one) == keys


def test_fields_within() -> None:
    """A field may lie within another, also within each of a list; where there is no topic there is still null."""
    fields = fields_of("topic.id, topic.evidence.level,red_flags.level,topic.sources.id")
    first, *_, pizza = answered(b"how long do they last\ni cant feel myself pee\npizza\n", Job("ask", fields=fields))
    assert set(first["topic"]) == {"id", "evidence", "sources"}  # type: ignore[call-overload]
    assert set(first["topic"]["evidence"]) == {"level"}  # type: ignore[index]
    assert pizza["topic"] is None


@pytest.mark.parametrize("names", ["nope", "topic.nope", "status.x", "", " , ", "topic..id"])
def test_unknown_fields(names: str) -> None:
    """A name that no answer has is refused, and the message names those that there are."""
    with pytest.raises(UsageError, match="expected"):
        fields_of(names)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_answers_come_before_the_end_of_the_input(jobs: str) -> None:
    """A reader sees the answer to a line while the writer still keeps its end open."""
    command = [sys.executable, "-m", "backspasm_cli", "ask", "--batch", "--jobs", jobs, "--fields", "status"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(3):
            process.stdin.write(b"how long do they last\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["status"] == "answered"
        process.stdin.close()
        assert process.wait() == 0


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for the worker processes in /proc")
def test_a_killed_process_is_told() -> None:
    """When a worker is killed, the answers so far stand, one line says so, and the exit code is that of bad input."""
    command = [sys.executable, "-m", "backspasm_cli", "check", "--batch", "--jobs", "2", "--fields", "level"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(b"numb\n")
        process.stdin.flush()
        assert process.stdout.readline()
        deadline = time.monotonic() + 20
        children: list[str] = []
        while not children and time.monotonic() < deadline:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        time.sleep(0.5)
        out, error = process.communicate(b"numb\n")
    assert process.returncode == 2
    assert error.count(b"\n") == 1
    assert b"worker process" in error
    assert out == b""
