"""Regions: whose numbers are shown."""

from __future__ import annotations

import re

import pytest

from backspasm_cli.errors import UnknownRegionError
from backspasm_cli.knowledge import bundled, read_bundled
from backspasm_cli.regions import RegionFile, numbers


@pytest.mark.parametrize(
    ("code", "environment", "found"),
    [
        ("gb", {}, "GB"),
        ("UK", {}, "GB"),
        (None, {"SPASM_REGION": "IN", "LANG": "en_GB.UTF-8"}, "IN"),
        (None, {"LANG": "en_AU.UTF-8"}, "AU"),
        (None, {"LC_ALL": "de_DE", "LANG": "en_GB"}, "DE"),
        (None, {"LANG": "C.UTF-8"}, "ZZ"),
        (None, {}, "ZZ"),
        (None, {"LANG": "en_XX"}, "ZZ"),
    ],
)
def test_order(code: str | None, environment: dict[str, str], found: str) -> None:
    """The option wins over SPASM_REGION, that over the locale; an unknown locale gives the default."""
    assert numbers(code, environment).code == found


def test_unknown_code_is_refused() -> None:
    """A code that was asked for and is not known is an error, never a silent default."""
    with pytest.raises(UnknownRegionError):
        numbers("QQ", {})
    with pytest.raises(UnknownRegionError, match="DE"):
        numbers("Germany", {})


def test_111_never_stands_bare() -> None:
    """111 is advice in one country and the emergency number of another: it always stands with its service."""
    for code, region in read_bundled("regions.json", RegionFile).regions.items():
        shown = numbers(code, {}).fill("{emergency} {advice} {crisis} {poison}")
        if code != "NZ":
            assert not re.search(r"(?<!NHS )(?<![\d.-])\b111\b(?!\.nhs)", shown), (code, shown)
        assert region.urls


def test_every_flag_can_be_filled_in_everywhere() -> None:
    """No placeholder is left in any flag's words, in any region."""
    regions = read_bundled("regions.json", RegionFile).regions
    for flag in bundled().flags.values():
        for code in regions:
            filled = numbers(code, {}).fill(f"{flag.action} {flag.say} {flag.avoid}")
            assert "{" not in filled
