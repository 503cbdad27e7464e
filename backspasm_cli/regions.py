"""Whom to call, where: emergency, advice, crisis and poison numbers by country."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

from backspasm_cli.errors import UnknownRegionError
from backspasm_cli.knowledge import Day, Line, WebAddress, read_bundled

#: Codes that people type for another.
_ALIASES = {"UK": "GB", "EL": "GR"}


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service and how to reach it."""

    name: Line
    contact: Line

    def __str__(self) -> str:
        return f"{self.name} ({self.contact})"


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The numbers of one country; None where none could be confirmed. `checked` is the day on which they were."""

    name: Line
    emergency: Line
    emergency_also: str | None = None
    advice: Service | None = None
    crisis: Service
    poison: Service | None = None
    urls: list[WebAddress]
    checked: Day
    seen: str

    @property
    def emergency_words(self) -> str:
        """The emergency number as it stands in a sentence: "999 or 112"."""
        return f"{self.emergency} or {self.emergency_also}" if self.emergency_also else self.emergency


class RegionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All regions by ISO 3166 code, the one used when none is known, and the words used where a service is missing."""

    default: str
    advice_elsewhere: Line
    poison_elsewhere: Line
    regions: dict[str, Region]


class Numbers:
    """The numbers of one region, and how to put them into a sentence."""

    def __init__(self, code: str, region: Region, file: RegionFile) -> None:
        self.code, self.region = code, region
        self._words = {
            "emergency": region.emergency_words,
            "advice": str(region.advice) if region.advice else file.advice_elsewhere,
            "crisis": str(region.crisis),
            "poison": str(region.poison) if region.poison else file.poison_elsewhere,
        }

    def fill(self, text: str) -> str:
        """`text` with {emergency}, {advice}, {crisis} and {poison} replaced."""
        for name, words in self._words.items():
            text = text.replace("{" + name + "}", words)
        return text[:1].upper() + text[1:]


def numbers(code: str | None = None, environment: Mapping[str, str] | None = None) -> Numbers:
    """The numbers for a region code ("GB", "us"), else SPASM_REGION, else the country of the locale, else the default.

    Raises UnknownRegionError when a code was asked for (not merely found in the locale) and is not known.
    """
    file = read_bundled("regions.json", RegionFile)
    environment = os.environ if environment is None else environment
    asked = code or environment.get("SPASM_REGION")
    if asked:
        wanted = asked.strip().upper()
        wanted = _ALIASES.get(wanted, wanted)
        if wanted not in file.regions:
            raise UnknownRegionError(asked, _nearest(asked, file.regions))
        return Numbers(wanted, file.regions[wanted], file)
    found = _country_of_locale(environment)
    if found not in file.regions:
        found = file.default
    return Numbers(found, file.regions[found], file)


def _nearest(asked: str, regions: Mapping[str, Region]) -> list[str]:
    """The codes of regions whose name starts as `asked` does: "Germany" -> DE."""
    return [code for code, region in regions.items() if len(asked) > 2 and region.name.casefold().startswith(asked.casefold()[:5])]


def _country_of_locale(environment: Mapping[str, str]) -> str:
    """The country in LC_ALL, LC_MESSAGES or LANG, in the order in which the system looks at them: en_GB.UTF-8 -> GB."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            _, _, rest = value.partition("_")
            return rest[:2].upper()
    return ""
