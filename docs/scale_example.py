"""Answers to a file of questions over a Dask cluster: the batch filter of one process, many times over.

    python docs/scale_example.py questions.txt answers/ [--scheduler tcp://host:8786]

The file is cut into parts at line breaks. Each part is a task: a worker reads it, answers it and writes one part file, first
under another name and then renamed, so that a part is there whole or not at all. A worker that dies costs the parts it was
busy with, which the scheduler gives to another. Put together in the order of their names, the part files are what
`spasm ask --batch` writes. File and folder must be reachable from every worker (NFS, Lustre, a mounted bucket).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from distributed import Client, LocalCluster, as_completed

from backspasm_cli.batch import Job, Worker
from backspasm_cli.output.json import fields_of

PART = 8_000_000  # bytes: about a minute's work, so that a dead worker costs a minute


class Part(NamedTuple):
    """A stretch of a file: its number, the bytes from `start` up to `end`, and the number of its first line (from 1)."""

    number: int
    start: int
    end: int
    first_line: int


def parts_of(source: Path, size: int = PART) -> Iterator[Part]:
    """Cut a file into parts of about `size` bytes that end at line breaks."""
    number, start, first_line = 0, 0, 1
    with source.open("rb") as file:
        while block := file.read(size) + file.readline():
            yield Part(number, start, start + len(block), first_line)
            number, start, first_line = number + 1, start + len(block), first_line + block.count(b"\n")


@cache
def worker(region: str, fields: str) -> Worker:
    """The one worker of this process: it loads the knowledge base once, whatever the number of parts."""
    return Worker(Job("ask", region=region, fields=fields_of(fields) if fields else None))


def answer_part(source: str, part: Part, folder: str, region: str, fields: str) -> str:
    """Answer one part into one part file; its path."""
    with Path(source).open("rb") as file:
        file.seek(part.start)
        lines = file.read(part.end - part.start).removesuffix(b"\n").split(b"\n")
    done = Path(folder, f"part-{part.number:06}.jsonl")
    unfinished = done.with_name(f"{done.name}.{os.getpid()}")
    unfinished.write_bytes(worker(region, fields).lines(part.first_line, (line.removesuffix(b"\r") for line in lines)))
    unfinished.replace(done)
    return str(done)


def answer_file(client: Client, source: Path, folder: Path, *, region: str = "GB", fields: str = "", size: int = PART) -> list[Path]:
    """Answer every line of a file into part files; their paths, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = list(parts_of(source, size))
    sources, folders = [str(source)] * len(parts), [str(folder)] * len(parts)
    tasks = client.map(answer_part, sources, parts, folders, region=region, fields=fields, pure=False)
    return sorted(Path(path) for _, path in as_completed(tasks, with_results=True))


def main() -> None:
    """Answer a file on the cluster named, or on one of this machine's own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scheduler")
    parser.add_argument("--region", default="GB")
    parser.add_argument("--fields", default="")
    options = parser.parse_args()
    cluster = options.scheduler or LocalCluster(threads_per_worker=1)
    with Client(cluster) as client:
        for path in answer_file(client, options.source.resolve(), options.folder.resolve(), region=options.region, fields=options.fields):
            print(path)


if __name__ == "__main__":
    main()
