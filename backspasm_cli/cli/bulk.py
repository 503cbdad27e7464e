"""`--batch` of `spasm ask` and `spasm check`: its options, and a progress bar on stderr where somebody watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backspasm_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from backspasm_cli.batch import Job, Progress
    from backspasm_cli.output.json import Fields


def refuse_without_batch(jobs: int, fields: str | None, ids_only: bool) -> None:
    """Raise UsageError when an option was given that only a batch has."""
    for name, given in (("--jobs", jobs > 1), ("--fields", fields is not None), ("--ids-only", ids_only)):
        if given:
            raise UsageError(f"{name} goes with --batch")


def chosen_fields(fields: str | None, ids_only: bool) -> Fields | None:
    """The fields asked for with --fields or --ids-only; None for all."""
    if fields is None and not ids_only:
        return None
    from backspasm_cli.output.json import IDS_ONLY, fields_of

    if fields is not None and ids_only:
        raise UsageError("--ids-only is a choice of fields; give it or --fields, not both")
    return fields_of(IDS_ONLY if fields is None else fields)


def run(job: Job, jobs: int) -> str | None:
    """Answer stdin on stdout; the gravest level of danger sign raised, None without any."""
    from backspasm_cli import batch

    with _progress() as progress:
        return batch.run(job, sys.stdin.buffer, sys.stdout.buffer, jobs=jobs, progress=progress)


@contextmanager
def _progress() -> Iterator[Callable[[Progress], object] | None]:
    """A bar on stderr when that is a terminal and the answers go elsewhere; else nothing."""
    if not sys.stderr.isatty() or sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    size = os.fstat(sys.stdin.fileno()).st_size or None  # a pipe has none: the bar then only moves
    columns = (TextColumn("{task.fields[lines]:,} lines"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size, lines=0)
        yield lambda done: bar.update(task, completed=done.bytes, lines=done.lines)
