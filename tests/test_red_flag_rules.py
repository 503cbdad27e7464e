"""Rules: each part of a rule by itself, on signs of one word. q is any word, "no" denies, "ago" is past, "if" is not yet."""

from __future__ import annotations

import msgspec
import pytest

from backspasm_cli.assertion import AssertionReader
from backspasm_cli.concepts import ConceptIndex
from backspasm_cli.detection import AssertionCues, Rule, compile_cues, compile_rules
from backspasm_cli.errors import KnowledgeError
from backspasm_cli.knowledge import LEVELS, RedFlag
from backspasm_cli.language import Vocabulary, read, vocabulary_tables
from backspasm_cli.likeness import Likeness
from backspasm_cli.likening import liken
from backspasm_cli.patterns import compile_concepts
from backspasm_cli.red_flags import Detector, Finding, Scan

NOTHING = Vocabulary(vocabulary_tables([], {}))
NOTHING_FOUND = Scan((), ())
SIGNS = compile_concepts(
    {"ache": ["ache"], "itch": ["itch"], "rash": ["rash"], "walk": ["walk"], "sore-back": ["sore .. back"], "all": ["ache itch"]}
)
CUES = AssertionCues(
    cues={"negation": ["no"], "past": ["ago"], "hypothetical": ["if"], "stop": ["but"]}, subjects=[], persons=[], joiners=[]
)
READER = AssertionReader(compile_cues(CUES, ())[0])
#: A flag for each level, and two of the same level.
FLAGS = {
    name: RedFlag(id=name, level=level, title="t", may_mean="m", action="a", sources=[])
    for name, level in {"late": "soon", "today": "same-day", "now": "emergency", "also-now": "emergency", "life": "crisis"}.items()
}


def scan(text: str, rules: dict[str, list[Rule]]) -> Scan:
    """What rules by flag find in a text."""
    tables, signs = compile_rules(rules, SIGNS)
    return Detector(FLAGS, tables, ConceptIndex(signs), READER).scan(read(text, NOTHING))


def quoted(text: str, *when: str, **more: object) -> list[str]:
    """The user's words in the findings of one rule."""
    return [finding.matched for finding in scan(text, {"now": [msgspec.convert({"when": when, **more}, Rule)]}).findings]


def q(count: int) -> str:
    """So many words that mean nothing."""
    return " ".join(["q"] * count)


# Compiling


def test_unknown_concepts_are_all_reported() -> None:
    """Every name that is no concept, in `when` or `unless`, is reported with its flag and where it stands."""
    rules = {"now": [Rule(when=["ache|aches", "!walks"], unless=["itchy"])], "late": [Rule(when=["~old"]), Rule(when=["ache"])]}
    with pytest.raises(KnowledgeError) as caught:
        compile_rules(rules, SIGNS)
    names = [("now", "aches"), ("now", "walks"), ("now", "itchy"), ("late", "old")]
    assert [str(fault) for fault in caught.value.faults] == [
        f"detection: {flag}: rules: names {name!r}, but there is no such concept" for flag, name in names
    ]


@pytest.mark.parametrize("bad", [{"when": []}, {"when": [""]}, {"when": ["a"], "within": "page"}, {"when": ["a"], "unles": []}, {}])
def test_bad_rules_are_refused(bad: dict[str, object]) -> None:
    """A rule needs at least one entry, and nothing that rules do not have."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, Rule)


def test_a_rule_that_says_little() -> None:
    """Unless it says otherwise a rule looks at the whole text, is silenced by nothing, and keeps the level of its flag."""
    rule = Rule(when=["ache"])
    assert (rule.within, rule.unless, rule.level) == ("text", [], None)


# Entries


@pytest.mark.parametrize(
    ("entry", "text", "hit"),
    [
        ("ache", "q ache q", True),
        ("ache", "q", False),
        ("ache", "", False),
        ("ache", "itch", False),
        ("ache", "no ache", False),
        ("ache", "ago ache", False),
        ("ache", "if ache", False),
        ("ache", "no ache but ache", True),
        ("ache|itch", "ache", True),
        ("ache|itch", "itch", True),
        ("ache|itch", "rash", False),
        ("ache|itch", "no ache but itch", True),
        ("!walk", "no walk", True),
        ("!walk", "walk", False),
        ("!walk", "ago walk", False),
        ("!walk|ache", "no ache", True),
        ("!walk|ache", "no walk", True),
        ("!walk|ache", "ache", False),
        ("~ache", "ache", True),
        ("~ache", "ago ache", True),
        ("~ache", "no ache", False),
        ("~ache", "if ache", False),
        ("~ache|itch", "ago itch", True),
        ("~ache|itch", "ago ache", True),
    ],
)
def test_one_entry(entry: str, text: str, hit: bool) -> None:
    """A concept counts when present, after `!` when denied, after `~` also when past; `a|b` is either."""
    assert bool(quoted(text, entry)) is hit


@pytest.mark.parametrize(
    ("text", "when", "hit"),
    [
        ("ache. itch", ["ache", "itch"], True),
        ("itch. ache", ["ache", "itch"], True),
        ("ache", ["ache", "itch"], False),
        ("itch", ["ache", "itch"], False),
        ("ache. no itch", ["ache", "itch"], False),
        ("no ache. itch", ["ache", "itch"], False),
        ("ache. no walk", ["ache", "!walk"], True),
        ("ache. walk", ["ache", "!walk"], False),
        ("ache. ago itch", ["ache", "~itch"], True),
        ("ache. itch. rash", ["ache", "itch", "rash"], True),
        ("ache. itch", ["ache", "itch", "rash"], False),
        ("ache. rash", ["ache", "itch", "rash"], False),
        ("ache. rash", ["ache", "itch|rash"], True),
        ("rash. itch", ["ache|rash", "itch"], True),
    ],
)
def test_every_entry_is_needed(text: str, when: list[str], hit: bool) -> None:
    """A rule of several entries wants each of them, in any order."""
    assert bool(quoted(text, *when)) is hit


# Within


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("ache itch", {"clause", "sentence", "text"}),
        ("itch, q ache", {"clause", "sentence", "text"}),
        ("ache; itch", {"sentence", "text"}),
        ("itch; ache", {"sentence", "text"}),
        ("itch: ache", {"sentence", "text"}),
        ("ache q; q itch", {"sentence", "text"}),
        ("q; ache itch; q", {"clause", "sentence", "text"}),
        ("itch q: q ache", {"sentence", "text"}),
        (f"ache {q(10)} itch", {"clause", "sentence", "text"}),
        (f"ache {q(11)} itch", {"sentence", "text"}),
        (f"itch {q(10)} ache", {"clause", "sentence", "text"}),
        (f"itch {q(11)} ache", {"sentence", "text"}),
        ("ache. itch", {"text"}),
        ("ache? q itch", {"text"}),
        ("ache. q. itch ache", {"clause", "sentence", "text"}),
        ("no ache itch. ache. itch", {"text"}),
    ],
)
@pytest.mark.parametrize("within", ["clause", "sentence", "text"])
def test_within(text: str, scopes: set[str], within: str) -> None:
    """A clause ends at ";" and ":" and after ten words between, a sentence at its stop; a text is everything."""
    assert bool(quoted(text, "ache", "itch", within=within)) is (within in scopes)


@pytest.mark.parametrize(
    ("text", "hit"), [("ache itch", True), ("q; ache itch", True), ("ache; itch ache itch", True), ("ache; itch", False)]
)
def test_parts_that_overlap_are_in_one_clause(text: str, hit: bool) -> None:
    """A concept that lies inside another is in one clause with it."""
    assert bool(quoted(text, "all", "itch", within="clause")) is hit


@pytest.mark.parametrize(
    ("text", "within", "words"),
    [
        ("itch q ache q q itch", "clause", "itch q ache"),
        ("itch q q ache q itch", "clause", "ache q itch"),
        ("itch q ache q itch", "clause", "itch q ache"),
        ("itch; ache q q itch", "clause", "ache q q itch"),
        ("itch; ache q q itch", "sentence", "itch; ache"),
        ("itch q q. ache q itch", "sentence", "ache q itch"),
        ("itch. ache q itch", "text", "itch. ache"),
        ("itch q q. ache q itch", "text", "ache q itch"),
        ("ache. q ache itch", "text", "ache. q ache itch"),
        ("ache. q ache itch", "sentence", "ache itch"),
        ("ache q q ache itch. ache itch", "sentence", "ache q q ache itch"),
    ],
)
def test_the_nearest_partner_is_quoted(text: str, within: str, words: str) -> None:
    """The first lead that has every partner is quoted with the nearest of each, the earlier of two that are as near."""
    assert quoted(text, "ache", "itch", within=within) == [words]


@pytest.mark.parametrize("within", ["clause", "sentence"])
def test_every_partner_stands_near_the_first_entry(within: str) -> None:
    """With several partners, a sentence that lacks one is passed over for one that has all."""
    assert quoted("ache itch. rash ache. itch ache q rash. ache itch rash", "ache", "itch", "rash", within=within) == ["itch ache q rash"]
    assert quoted("ache itch. ache rash", "ache", "itch", "rash", within=within) == []


def test_a_clause_is_reckoned_from_the_first_entry() -> None:
    """Partners may be far from each other, as long as each is near the first entry."""
    text = f"itch {q(6)} ache {q(6)} rash"
    assert quoted(text, "ache", "itch", "rash", within="clause") == [text]
    assert quoted(text, "itch", "ache", "rash", within="clause") == []


def test_the_nearest_is_sought_among_fifty() -> None:
    """In an endless text only the first fifty partners are compared, so that time stays linear."""
    for count, words in ((49, "ache itch"), (50, "ache")):
        assert quoted(f"{'itch. ' * count}{'q. ' * 20}ache itch", "ache", "itch") == [words]


# Unless


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        ("ache rash", set()),
        ("ache itch; rash", set()),
        ("ache itch. rash", {"clause", "sentence"}),
        ("rash. ache itch", {"clause", "sentence"}),
        ("ache rash. ache itch", {"clause", "sentence"}),
        ("ache itch no rash", {"clause", "sentence", "text"}),
        ("ache itch if rash", set()),
        ("ache itch. rash ago", {"clause", "sentence"}),
        ("ache itch rash ago", set()),
        ("ache itch. no rash", {"clause", "sentence", "text"}),
        ("ache itch walk", set()),
        ("ache itch. walk", {"clause", "sentence"}),
        ("ache itch no rash but walk", set()),
    ],
)
@pytest.mark.parametrize("within", ["clause", "sentence", "text"])
def test_unless(text: str, raised: set[str], within: str) -> None:
    """A concept of `unless` that is not denied silences its sentence, or the whole text for a rule that looks at the whole text."""
    assert bool(quoted(text, "ache", "itch", within=within, unless=["rash", "walk"])) is (within in raised)


@pytest.mark.parametrize("within", ["clause", "sentence", "text"])
def test_unless_with_one_entry(within: str) -> None:
    """A rule of one entry is silenced only in the sentence, and raised by another."""
    assert quoted("ache rash", "ache", within=within, unless=["rash"]) == []
    assert quoted("ache rash. q ache q", "ache", within=within, unless=["rash"]) == ["ache"]


def test_what_unless_silenced_is_no_mention() -> None:
    """A sign that an `unless` silenced was not denied, so it is not among the mentions."""
    assert scan("ache rash", {"now": [Rule(when=["ache"], unless=["rash"])]}) == NOTHING_FOUND


# Findings


def test_a_finding_says_where_and_why() -> None:
    """A finding holds the flag, its level, the words as typed from start up to end, and the concepts by entry."""
    text = "Q  SORE q  Back, itch q"
    (finding,) = scan(text, {"now": [Rule(when=["itch", "sore-back"])]}).findings
    assert finding == Finding(FLAGS["now"], "emergency", "SORE q  Back, itch", 3, 21, ("itch", "sore-back"))
    assert text[finding.start : finding.end] == finding.matched


def test_a_reason_is_given_once() -> None:
    """Two entries that the same concept satisfies give one reason."""
    (finding,) = scan("ache", {"now": [Rule(when=["ache|itch", "ache"])]}).findings
    assert finding.because == ("ache",)


@pytest.mark.parametrize(("between", "together"), [(14, True), (15, False)])
@pytest.mark.parametrize(("text", "lead"), [("ache {} itch", "ache"), ("itch {} ache", "ache")])
def test_parts_far_apart_are_not_quoted_together(between: int, together: bool, text: str, lead: str) -> None:
    """Over sixteen words in all only the part that leads the rule is quoted."""
    whole = text.format(q(between))
    assert quoted(whole, "ache", "itch") == [whole if together else lead]


def test_a_long_lead_is_quoted_whole() -> None:
    """Of parts far apart, all words of the leading one are quoted."""
    assert quoted(f"q sore q q back {q(20)} itch", "sore-back", "itch") == ["sore q q back"]


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_of_a_rule(level: str) -> None:
    """A rule with a level of its own overrides that of the flag, whether graver or milder."""
    (finding,) = scan("ache", {"today": [msgspec.convert({"when": ["ache"], "level": level}, Rule)]}).findings
    assert (finding.flag.level, finding.level) == ("same-day", level)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([Rule(when=["ache"]), Rule(when=["itch"])], ("emergency", "ache", ("ache", "itch"))),
        ([Rule(when=["itch"]), Rule(when=["ache"])], ("emergency", "itch", ("itch", "ache"))),
        ([Rule(when=["ache"]), Rule(when=["itch"], level="crisis")], ("crisis", "itch", ("itch", "ache"))),
        ([Rule(when=["ache"], level="crisis"), Rule(when=["itch"])], ("crisis", "ache", ("ache", "itch"))),
        ([Rule(when=["ache"]), Rule(when=["itch"], level="soon")], ("emergency", "ache", ("ache", "itch"))),
        ([Rule(when=["ache"], level="soon"), Rule(when=["itch"])], ("emergency", "itch", ("itch", "ache"))),
        ([Rule(when=["ache"]), Rule(when=["ache", "itch"])], ("emergency", "ache", ("ache", "itch"))),
        ([Rule(when=["rash"]), Rule(when=["itch"])], ("emergency", "itch", ("itch",))),
    ],
)
def test_one_finding_a_flag(rules: list[Rule], expected: tuple[object, ...]) -> None:
    """Several rules of one flag give one finding: the words of the gravest, or of the first of equals, and all reasons."""
    (finding,) = scan("ache q itch", {"now": rules}).findings
    assert (finding.level, finding.matched, finding.because) == expected


def test_gravest_first() -> None:
    """Findings are ordered by level, then by place in the text."""
    rules = {
        "late": [Rule(when=["ache"])],
        "now": [Rule(when=["walk"])],
        "also-now": [Rule(when=["rash"])],
        "life": [Rule(when=["sore-back"])],
        "today": [Rule(when=["itch"])],
    }
    found = scan("ache q itch q rash q walk q sore back", rules)
    assert [finding.flag.id for finding in found.findings] == ["life", "also-now", "now", "today", "late"]
    milder = scan("walk rash", {**rules, "now": [Rule(when=["walk"], level="soon")]})
    assert [finding.flag.id for finding in milder.findings] == ["also-now", "now"]


def test_the_level_that_is_found_orders() -> None:
    """A level of the rule counts in the order, not that of its flag."""
    rules = {"now": [Rule(when=["ache"], level="soon")], "late": [Rule(when=["itch"], level="crisis")]}
    assert [(finding.flag.id, finding.level) for finding in scan("ache itch", rules).findings] == [("late", "crisis"), ("now", "soon")]


# Mentions


@pytest.mark.parametrize(
    ("text", "entry", "cue"),
    [
        ("no ache", "ache", "no"),
        ("ago ache", "ache", "ago"),
        ("if ache", "ache", "if"),
        ("no ache. if ache", "ache", "no"),
        ("no itch", "ache|itch", "no"),
        ("if itch. no ache", "ache|itch", "no"),
        ("no ache", "~ache", "no"),
        ("ago ache", "~ache", None),
        ("no walk", "!walk", None),
        ("walk", "!walk", None),
        ("if walk", "!walk", None),
        ("no rash", "ache", None),
        ("ache", "ache", None),
        ("no ache but ache", "ache", None),
    ],
)
def test_mentions(text: str, entry: str, cue: str | None) -> None:
    """A sign of a rule of one entry that is spoken of but does not count is a mention, with the cue of the first."""
    found = scan(text, {"now": [Rule(when=[entry])]})
    assert [(mention.flag.id, mention.assertion.cue) for mention in found.mentions] == ([("now", cue)] if cue else [])


def test_only_rules_of_one_entry_mention() -> None:
    """A rule of several entries is no mention of any of them."""
    assert scan("no ache. no itch", {"now": [Rule(when=["ache", "itch"])]}) == NOTHING_FOUND


def test_a_finding_hides_the_mention() -> None:
    """A flag that is raised by one rule is not also mentioned by another; other flags are."""
    rules = {"now": [Rule(when=["ache"]), Rule(when=["itch"])], "late": [Rule(when=["ache"])], "today": [Rule(when=["rash"])]}
    found = scan("no ache but itch", rules)
    assert [finding.flag.id for finding in found.findings] == ["now"]
    assert [mention.flag.id for mention in found.mentions] == ["late"]


def test_mentions_keep_the_order_of_rules() -> None:
    """Mentions stand in the order of the rules, one a flag, with the first sign that was silenced."""
    rules = {"late": [Rule(when=["itch"]), Rule(when=["ache"])], "now": [Rule(when=["ache"])]}
    found = scan("no ache. if itch", rules)
    assert [(mention.flag.id, mention.assertion.cue) for mention in found.mentions] == [("late", "if"), ("now", "no")]


def test_a_concept_of_no_rule_is_passed_over() -> None:
    """What counts in no rule raises nothing, and what is only a later entry raises nothing alone."""
    rules = {"now": [Rule(when=["ache", "itch"], unless=["rash"])]}
    assert scan("walk", rules) == scan("itch", rules) == scan("rash", rules) == NOTHING_FOUND


def test_a_detector_is_used_again() -> None:
    """A detector answers the same for a second text as for a first, whatever it saw between."""
    tables, signs = compile_rules({"now": [Rule(when=["ache"])]}, SIGNS)
    detector = Detector(FLAGS, tables, ConceptIndex(signs), READER)
    readings = [read(text, NOTHING) for text in ("ache", "walk", "no ache", "q", "ache")]
    assert [len(detector.scan(reading).findings) for reading in readings] == [1, 0, 0, 0, 1]


# Likeness


def test_likeness_is_asked_where_no_rule_raised_an_emergency() -> None:
    """Where rules found nothing grave, words that resemble an emergency raise its flag, with the stretch and how it was found."""
    likeness = Likeness(liken([("now", {"gone", "itch"})] * 9, [{"q"}] * 9, 0.0))
    tables, signs = compile_rules({"now": [Rule(when=["ache"])], "late": [Rule(when=["rash"])]}, SIGNS)
    detector = Detector(FLAGS, tables, ConceptIndex(signs), READER, likeness)
    late, now = reversed(detector.scan(read("q rash q. It is gone itch", NOTHING)).findings)
    assert (now.flag.id, now.matched, now.by) == ("now", "It is gone itch", "likeness")
    assert (late.flag.id, late.by) == ("late", "rule")
    (found,) = detector.scan(read("ache. It is gone", NOTHING)).findings
    assert (found.matched, found.by) == ("ache", "rule")
    assert not detector.scan(read("q q q", NOTHING)).findings


def likened(emergency: set[str], other: set[str]) -> Detector:
    """A detector without a rule that fires, and with a likeness learnt from one kind of emergency and one of other statement."""
    tables, signs = compile_rules({"late": [Rule(when=["walk"])], "today": [Rule(when=["ache", "itch", "rash"])]}, SIGNS)
    return Detector(FLAGS, tables, ConceptIndex(signs), READER, Likeness(liken([("now", emergency)] * 9, [other] * 9, 0.0)))


def test_features_of_a_text() -> None:
    """A text is judged by the words that are said, each with its neighbour, and by its concepts with what is asserted of each."""
    tables, signs = compile_rules({"now": [Rule(when=["ache"])], "late": [Rule(when=["itch"])]}, SIGNS)
    detector = Detector(FLAGS, tables, ConceptIndex(signs), READER)
    assert detector.features(read("my ache but no itch", NOTHING)) == {
        *("my", "ach", "but", "no"),
        *("my ach", "ach but", "but no"),
        *("<ache>present", "<itch>absent"),
    }


def test_denied_words_are_no_hint() -> None:
    """Words that are denied do not make a text resemble an emergency, though at first sight they would."""
    detector = likened({"gone"}, {"q"})
    assert [one.by for one in detector.scan(read("it is gone", NOTHING)).findings] == ["likeness"]
    assert not detector.scan(read("it is no gone", NOTHING)).findings


def test_a_guess_names_its_stretch_and_its_concepts() -> None:
    """The shortest stretch that is enough is quoted, with the concepts that are present in it, not those elsewhere or denied."""
    detector = likened({"gone", "<ache>present"}, {"q", "<ache>absent"})
    (found,) = detector.scan(read("q q q. ache is gone. no itch q", NOTHING)).findings
    assert (found.matched, found.start, found.end) == ("ache is gone", 7, 19)
    assert found.because == ("ache",)
    assert (found.flag.id, found.level) == ("now", "emergency")


def test_a_stretch_may_be_several_sentences() -> None:
    """Hints that stand in sentences next to each other count together, and those pages apart do not."""
    detector = likened({"gone", "dark", "cold"}, {"q"})
    likeness = detector._likeness  # noqa: SLF001 (one hint alone must be too little here for the test to say anything)
    assert likeness
    alone = likeness.excess({"gone"})
    likeness._tables = msgspec.structs.replace(likeness._tables, at=alone + likeness._tables.at + 0.01)  # noqa: SLF001
    assert [one.matched for one in detector.scan(read("it is gone. so dark. q", NOTHING)).findings] == ["it is gone. so dark"]
    assert not detector.scan(read("it is gone. q q q. q q q. q q q. so dark", NOTHING)).findings


def test_no_likeness_no_guess() -> None:
    """Without labelled statements only rules raise."""
    tables, signs = compile_rules({"now": [Rule(when=["ache"])]}, SIGNS)
    assert not Detector(FLAGS, tables, ConceptIndex(signs), READER).scan(read("it is gone", NOTHING)).findings
