"""Packed tables: what goes in comes out, by key and by number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backspasm_cli.packed import Packed, Rows, pack, pack_rows


@given(st.dictionaries(st.text(max_size=12), st.binary(max_size=40), max_size=60))
def test_every_entry_is_found(entries: dict[str, bytes]) -> None:
    """Each key gives its own entry back."""
    packed = Packed(pack(entries))
    for key, value in entries.items():
        found = packed.get(key)
        assert found is not None
        assert bytes(found) == value


@given(st.dictionaries(st.text(max_size=12), st.binary(max_size=10), max_size=30), st.text(max_size=12))
def test_other_keys_are_not_found(entries: dict[str, bytes], other: str) -> None:
    """A key that was not packed gives nothing."""
    assert (other in Packed(pack(entries))) == (other in entries)


def test_same_checksum() -> None:
    """Two keys with one checksum keep their own entries."""
    entries = {"plumless": b"a", "buckeroo": b"b"}  # a known pair for CRC-32
    packed = Packed(pack(entries))
    assert [bytes(packed.get(key) or b"") for key in entries] == [b"a", b"b"]


@given(st.lists(st.binary(max_size=30), max_size=30))
def test_rows(rows: list[bytes]) -> None:
    """Rows come back by number."""
    packed = Rows(pack_rows(rows))
    assert [bytes(packed[number]) for number in range(len(packed))] == rows
