"""A table stored as one stretch of bytes, from which single entries are read without loading the rest.

A question needs a few dozen of the tens of thousands of entries that a base has; decoding them all would take longer
than answering it.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from zlib import crc32

_COUNT = struct.Struct("<I")


def pack(entries: Mapping[str, bytes]) -> bytes:
    """Pack entries by key."""
    ordered = sorted((crc32(key.encode()), key.encode() + b"\0" + value) for key, value in entries.items())
    return pack_rows([value for _, value in ordered]) + array("I", [number for number, _ in ordered]).tobytes()


def pack_rows(rows: Iterable[bytes]) -> bytes:
    """Pack entries by number: how many, where each ends, then all of them."""
    kept = list(rows)
    ends = array("I")
    end = 0
    for row in kept:
        end += len(row)
        ends.append(end)
    return _COUNT.pack(len(kept)) + ends.tobytes() + b"".join(kept)


class Rows:
    """Entries by number, as `pack_rows` packed them."""

    def __init__(self, stored: memoryview | bytes) -> None:
        view = memoryview(stored)
        (count,) = _COUNT.unpack(view[: _COUNT.size])
        self._start = _COUNT.size + 4 * count
        self._ends = array("I")
        self._ends.frombytes(view[_COUNT.size : self._start])
        self.size = self._start + (self._ends[-1] if count else 0)  # bytes that the rows take up
        self._view = view

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> memoryview:
        start = self._ends[number - 1] if number else 0
        return self._view[self._start + start : self._start + self._ends[number]]


class Packed:
    """Entries by key, as `pack` packed them."""

    def __init__(self, stored: memoryview | bytes) -> None:
        self._rows = Rows(stored)
        self._sums = array("I")
        self._sums.frombytes(memoryview(stored)[self._rows.size :])

    def get(self, key: str) -> memoryview | None:
        """The entry of a key; None without one."""
        name = key.encode("utf-8", "surrogatepass") + b"\0"
        wanted = crc32(name[:-1])
        place = bisect_left(self._sums, wanted)
        while place < len(self._sums) and self._sums[place] == wanted:
            row = self._rows[place]
            if row[: len(name)] == name:  # two keys may have one checksum
                return row[len(name) :]
            place += 1
        return None

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None
