"""`spasm kb check`: each rule by itself, on a topic written for it, and the bundled base as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Spasm, topic

from backspasm_cli.checking import check_base

WriteBase = Callable[..., Path]
PHRASINGS = [f"way {number} to ask" for number in range(20)]


def good(name: str = "own-topic", **changes: Any) -> dict[str, Any]:
    """A topic that breaks no rule, with changes."""
    return topic(name, **({"phrasings": [f"{name} {text}" for text in PHRASINGS]} | changes))


def problems(path: Path, **options: Any) -> str:
    """The faults of a base, one a line."""
    return "\n".join(str(fault) for fault in check_base(path, **options).faults)


def test_bundled_base_is_clean() -> None:
    """The bundled base breaks none of its own rules."""
    report = check_base()
    assert [str(fault) for fault in report.faults] == []
    assert report.counts["topics"] >= 109
    assert report.counts["red flags"] == 35


def test_good_topic(write_base: WriteBase) -> None:
    """A topic that keeps the rules has no fault."""
    assert problems(write_base(good())) == ""


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"phrasings": ["one"]}, "there are 1; expected 15 to 40"),
        ({"summary": "One. Two. Three."}, "has 3 sentences"),
        ({"summary": " ".join(["word"] * 50) + "."}, "has 50 words; expected 45"),
        ({"points": [" ".join(["word"] * 40) + "."]}, "has 40 words; expected 35"),
        ({"points": [" ".join(["word"] * 24) + "."]}, "a sentence of 24 words"),
        ({"points": []}, "points: is empty"),
        ({"sources": []}, "sources: is empty"),
        ({"summary": "It is just a spasm."}, "says 'just a spasm'"),
        ({"cautions": ["You have a slipped disc."]}, "says 'you have'"),
        ({"points": ["Take 800 mg."]}, "names a dose (800 mg)"),
        ({"points": ["Aspirin may help."]}, "speaks of 'aspirin' without saying '19'"),
        ({"related": ["own-topic"]}, "names itself"),
        (
            {
                "points": [
                    "Notwithstanding considerable methodological heterogeneity, physiotherapeutic interventions demonstrate efficacy."
                ]
            },
            "reading grade",
        ),
    ],
)
def test_rules(write_base: WriteBase, changes: dict[str, Any], complaint: str) -> None:
    """Each breach is reported with what was expected."""
    assert complaint in problems(write_base(good(**changes)))


def test_if_you_have_is_allowed(write_base: WriteBase) -> None:
    """A condition is no diagnosis."""
    assert problems(write_base(good(cautions=["Ask first if you have asthma."]))) == ""


def test_links_go_both_ways(write_base: WriteBase) -> None:
    """A related topic that does not name this one back is a fault."""
    assert "which does not name it back" in problems(write_base(good("one", related=["two"]), good("two")))


def test_phrasings_are_distinct(write_base: WriteBase) -> None:
    """A phrasing serves one topic, however it is spelt and punctuated."""
    path = write_base(
        good("one", phrasings=[*PHRASINGS, "What's this?"]), good("two", phrasings=[*(f"b {text}" for text in PHRASINGS), "whats this"])
    )
    assert "is a phrasing of one too" in problems(path)


def test_medicine_topics_say_what_they_must(write_base: WriteBase) -> None:
    """A medicine topic without the packet and the pharmacist is a fault."""
    found = problems(write_base(good("nsaids")))
    assert "must say one of: packet, leaflet, label" in found
    assert "must say one of: pharmacist" in found


def test_copied_sentences(write_base: WriteBase, tmp_path: Path) -> None:
    """A run of eight words that stands in a given text is reported."""
    source = tmp_path / "source.txt"
    source.write_text("Warmth on the sore place for a quarter of an hour may bring ease.")
    path = write_base(good(points=["Put warmth on the sore place for a quarter of an hour."]))
    assert "shares 8 words in a row" in problems(path, against=[source])
    assert problems(path) == ""


def test_command(spasm: Spasm, write_base: WriteBase) -> None:
    """The command ends in one summary line, exits 2 on a fault, and has JSON."""
    clean = spasm("kb", "check", str(write_base(good())))
    assert (clean.code, len(clean.out.splitlines())) == (0, 1)
    assert "1 topics, 20 phrasings" in clean.out
    faulty = spasm("kb", "check", str(write_base(good(points=[]))), "--json")
    assert faulty.code == 2
    assert faulty.json["faults"][0]["field"] == "points"


def test_american_and_british_terms_are_both_findable(engine) -> None:  # type: ignore[no-untyped-def]
    """What has two names is found by either."""
    pairs = [
        ("does paracetamol help", "does acetaminophen help"),
        ("will physiotherapy help", "will physical therapy help"),
        ("can I have an x-ray on my back", "do i need imaging"),
        ("tummy trouble and back pain", "stomach problems causing back pain"),
        ("gp or not", "do i need to see a doctor"),
    ]
    for british, american in pairs:
        found = [engine.matcher.match(engine.read(text), top=1).candidates[0].topic for text in (british, american)]
        assert found[0] == found[1], (british, american, found)
