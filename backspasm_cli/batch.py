"""Lines in, JSON lines out: in order, in constant memory, over one process or several; one bad line never stops the rest."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

from backspasm_cli.answering import Engine, engine_for
from backspasm_cli.errors import InputError
from backspasm_cli.knowledge import LEVELS, Level
from backspasm_cli.output.json import Fields, answer_object, check_object, dumps_line, error_object, picked
from backspasm_cli.regions import Numbers, numbers

if TYPE_CHECKING:
    from concurrent.futures import Future

_CHUNK = 16_384  # bytes asked for at once, some 200 lines; what is there is taken, so that a slow source is answered line by line
_TOGETHER = 32  # lines written at once where so many are waiting: some hundredths of a second
_LONGEST = 1_000_000  # bytes in one line; a longer one is an accident, and would break the promise of constant memory
_AHEAD = 3  # chunks given to each process before the oldest one is waited for


class Job(NamedTuple):
    """What is done with every line. It can be sent to another process or machine, and made the same there.

    `region` is a two-letter country code (None: SPASM_REGION, else the locale); `top` how many topics are named at most;
    `fields` the parts of the output to keep (None: all); `kb` and `with_bundled` the topics, as for `answering.engine_for`.
    """

    command: Literal["ask", "check"]
    region: str | None = None
    top: int = 3
    fields: Fields | None = None
    kb: tuple[str, ...] = ()
    with_bundled: bool = True


class Worker:
    """Does a job for one line after the other. Raises KnowledgeError or UnknownRegionError when it is made from a faulty job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._where: Numbers = numbers(job.region)
        self._gravest = len(LEVELS)
        self._engine.detector  # noqa: B018 (a faulty base is to be found before the first line is read)

    @cached_property
    def _engine(self) -> Engine:
        return engine_for(self._job.kb, with_bundled=self._job.with_bundled)

    @property
    def gravest(self) -> Level | None:
        """The gravest level of danger sign raised so far; None without any."""
        return LEVELS[self._gravest] if self._gravest < len(LEVELS) else None

    def lines(self, first: int, lines: Iterable[bytes | None]) -> bytes:
        """The JSON lines for some lines of the input, of which the first has the number `first` (from 1)."""
        return b"".join([self.line(number, line) for number, line in enumerate(lines, first)])

    def line(self, number: int, line: bytes | None) -> bytes:
        """The JSON line for line `number` of the input, given without its line break; None for one that was too long."""
        if line is None:
            return dumps_line(error_object(number, f"this line is longer than {_LONGEST:,} bytes"), "")
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            return dumps_line(error_object(number, f"this line is not UTF-8 text: byte {error.start + 1} is {line[error.start]:#04x}"), "")
        if self._job.command == "ask":
            answer = self._engine.answer(text, self._where, top=self._job.top)
            findings, value = answer.findings, answer_object(answer)
        else:
            findings = self._engine.scan(text).findings
            value = check_object(text, findings, self._where)
        if findings:
            self._gravest = min(self._gravest, LEVELS.index(findings[0].level))
        return dumps_line(picked(value, self._job.fields) if self._job.fields else value, text)


class Progress(NamedTuple):
    """How far a batch has come: lines answered, and bytes of input read for them."""

    lines: int
    bytes: int


def run(job: Job, source: BinaryIO, out: BinaryIO, *, jobs: int = 1, progress: Callable[[Progress], object] | None = None) -> Level | None:
    """Answer every line of `source` on `out` in order, over `jobs` processes; the gravest level of danger sign raised, None without any.

    Answers are flushed as they come, a few at a time where many lines are waiting. Raises KnowledgeError or UnknownRegionError
    before anything is read, and InputError when a process was killed: all answers before that point are written.
    """
    worker = Worker(job)
    if jobs > 1:
        return _run_over_processes(job, source, out, jobs, progress)
    done = Progress(0, 0)
    for chunk in chunks(source):
        for start in range(0, len(chunk.lines), _TOGETHER):
            out.write(worker.lines(done.lines + start + 1, chunk.lines[start : start + _TOGETHER]))
            out.flush()
        done = Progress(done.lines + len(chunk.lines), chunk.end)
        if progress:
            progress(done)
    return worker.gravest


class Chunk(NamedTuple):
    """Some lines without their line breaks (None: one that was too long), and how many bytes of the input end with them."""

    lines: list[bytes | None]
    end: int


def chunks(source: BinaryIO) -> Iterator[Chunk]:
    """The lines of a source, as many at a time as are there already, so that nobody waits for a full chunk."""
    read = getattr(source, "read1", source.read)
    rest = b""
    too_long = False
    end = 0
    while piece := read(_CHUNK):
        end += len(piece)
        first, *others = piece.split(b"\n")
        rest += first
        lines: list[bytes | None] = []
        for following in others:
            lines.append(None if too_long or len(rest) > _LONGEST else rest.removesuffix(b"\r"))
            rest, too_long = following, False
        if len(rest) > _LONGEST:
            rest, too_long = b"", True
        if lines:
            yield Chunk(lines, end)
    if rest or too_long:
        yield Chunk([None if too_long else rest.removesuffix(b"\r")], end)


_worker: Worker | None = None  # that of this process, when it is one of several


def _start(job: Job) -> None:
    global _worker  # noqa: PLW0603 (what a process of a pool keeps between its tasks has no other place)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that reads and writes
    _worker = Worker(job)


def _answered(first: int, lines: list[bytes | None]) -> tuple[bytes, Level | None]:
    if _worker is None:
        raise RuntimeError("the process was not started for a job")
    return _worker.lines(first, lines), _worker.gravest


def _run_over_processes(
    job: Job, source: BinaryIO, out: BinaryIO, jobs: int, progress: Callable[[Progress], object] | None
) -> Level | None:
    from concurrent.futures import ProcessPoolExecutor, wait  # one process needs none of it
    from concurrent.futures.process import BrokenProcessPool

    ordered = _Ordered(out, progress)
    lines = 0
    pool = ProcessPoolExecutor(jobs, initializer=_start, initargs=(job,))
    try:
        for chunk in chunks(source):
            future = pool.submit(_answered, lines + 1, chunk.lines)
            lines += len(chunk.lines)
            ordered.add(future, Progress(lines, chunk.end))
            while ordered.length() >= jobs * _AHEAD:
                wait([ordered.oldest()])
                ordered.write()
            ordered.check()
        while ordered.length():
            wait([ordered.oldest()])
            ordered.write()
            ordered.check()
    except BrokenProcessPool:
        raise InputError(f"a worker process was ended from outside, after line {ordered.written}; run again with fewer --jobs") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return ordered.gravest


class _Ordered:
    """Writes answers in the order of their questions, each as soon as it and all before it are there, also while more input is awaited."""

    def __init__(self, out: BinaryIO, progress: Callable[[Progress], object] | None) -> None:
        self._out, self._progress = out, progress
        self._waiting: deque[tuple[Future[tuple[bytes, Level | None]], Progress]] = deque()
        self._lock = threading.RLock()
        self._failure: BaseException | None = None
        self.written = 0
        self.gravest: Level | None = None

    def add(self, future: Future[tuple[bytes, Level | None]], done: Progress) -> None:
        """Wait for a further chunk of answers, after which the batch is as far as `done`."""
        with self._lock:
            self._waiting.append((future, done))
        future.add_done_callback(self.write)

    def length(self) -> int:
        """How many chunks are waited for."""
        return len(self._waiting)

    def oldest(self) -> Future[tuple[bytes, Level | None]]:
        """The chunk that must be written next."""
        return self._waiting[0][0]

    def write(self, _: object = None) -> None:
        """Write what is ready. Called from any thread; what goes wrong is kept for `check`."""
        with self._lock:
            try:
                while self._waiting and self._waiting[0][0].done() and self._failure is None:
                    future, done = self._waiting.popleft()
                    text, level = future.result()
                    self._out.write(text)
                    self._out.flush()
                    self.written = done.lines
                    if level and (self.gravest is None or LEVELS.index(level) < LEVELS.index(self.gravest)):
                        self.gravest = level
                    if self._progress:
                        self._progress(done)
            except BaseException as error:  # noqa: BLE001 (raised by `check` in the thread that can act on it)
                self._failure = error

    def check(self) -> None:
        """Raise what went wrong while writing."""
        if self._failure is not None:
            raise self._failure
