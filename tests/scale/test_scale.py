"""Beyond one machine: the example of docs/scale.md on a local cluster of two worker processes."""

from __future__ import annotations

import importlib
import io
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from backspasm_cli.batch import Job, run

distributed = pytest.importorskip("distributed", reason="the dependency group `scale` is not installed")

ROOT = Path(__file__).parents[2]
LINES = [b"how long do they last", b"", b"pizza dough", b"i cant feel myself pee", b"not \xff text", b"heat or ice for a locked back?"]


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example, importable under its name here and, since they take the path over, in every worker."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    return importlib.import_module("scale_example")


@pytest.fixture
def client(example: ModuleType) -> Iterator[object]:  # noqa: ARG001 (its path must be set before a worker starts)
    """A cluster of two processes."""
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as connected,
    ):
        yield connected


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of 6,000 lines, some blank, some not text, some with danger signs, without a line break at the end."""
    path = tmp_path / "questions.txt"
    path.write_bytes(b"\n".join(LINES * 1000))
    return path


def one_process(source: Path) -> bytes:
    """What one process writes."""
    out = io.BytesIO()
    run(Job("ask", region="GB"), io.BytesIO(source.read_bytes()), out)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore")  # the engine's own, about ports and shutdown
def test_the_cluster_writes_what_one_process_writes(example: ModuleType, client: object, source: Path, tmp_path: Path) -> None:
    """Put together, the part files of two workers are the bytes of one process, line numbers of bad lines included."""
    parts = example.answer_file(client, source, tmp_path / "answers", size=10_000)
    assert len(parts) > 5
    assert b"".join(path.read_bytes() for path in parts) == one_process(source)


@pytest.mark.filterwarnings("ignore")
def test_a_killed_worker_costs_nothing(example: ModuleType, client: object, source: Path, tmp_path: Path) -> None:
    """A worker is killed while parts are still to be done; the job completes all the same, and the bytes are the same."""
    folder = tmp_path / "answers"
    killed: list[int] = []

    def kill_once_begun() -> None:
        deadline = time.monotonic() + 60
        while not list(folder.glob("part-*.jsonl")) and time.monotonic() < deadline:
            time.sleep(0.01)
        victim = next(iter(client.run(os.getpid).values()))  # type: ignore[attr-defined]
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    with ThreadPoolExecutor(1) as beside:
        killing = beside.submit(kill_once_begun)
        parts = example.answer_file(client, source, folder, size=2_000)
        killing.result()
    assert len(killed) == 1
    assert killed[0] not in client.run(os.getpid).values()  # type: ignore[attr-defined]
    assert b"".join(path.read_bytes() for path in parts) == one_process(source)


def test_parts_end_at_line_breaks(example: ModuleType, tmp_path: Path) -> None:
    """Parts cover a file without a gap, begin at lines, and know the number of their first line."""
    path = tmp_path / "lines.txt"
    path.write_bytes(b"".join(b"%d\n" % number for number in range(1, 500)))
    data = path.read_bytes()
    parts = list(example.parts_of(path, 64))
    assert b"".join(data[part.start : part.end] for part in parts) == data
    assert all(int(data[part.start : part.end].split()[0]) == part.first_line for part in parts)
    assert list(example.parts_of(Path(os.devnull))) == []
