"""Red flags: which statements raise what, and what must not change it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backspasm_cli.answering import Engine, bundled_engine
from backspasm_cli.knowledge import LEVELS, bundled

#: One plain statement of each danger sign.
PLAIN = {
    "suicidal-thoughts": "i want to kill myself",
    "bladder-control": "i cant pee",
    "bowel-control": "i lost control of my bowels",
    "saddle-numbness": "im numb between my legs",
    "both-legs-symptoms": "both my legs are numb and tingling",
    "leg-weakness": "my leg gave way and i cant lift my foot",
    "one-sided-weakness-numbness": "one side of my face is drooping and my speech is slurred",
    "balance-coordination-loss": "i keep falling over and cant keep my balance",
    "chest-pain-breathless": "i have crushing chest pain",
    "tearing-sudden-severe-pain": "sudden tearing pain between my shoulder blades",
    "collapse-shock-pulsing-tummy": "i fainted and there is a pulsing lump in my tummy",
    "major-trauma": "i fell off a roof onto my back",
    "fever-plus-spine-risk": "i inject heroin and have a fever and back pain",
    "sepsis-meningitis": "he has a fever and is confused and his skin is mottled",
    "severe-tummy-pain": "terrible stomach pain going through to my back and i cant stop vomiting",
    "pregnancy-bleeding-labour": "im pregnant and bleeding",
    "lockjaw-whole-body-spasm": "my jaw has locked and my whole body is going into spasm",
    "medicine-emergency": "i took too many painkillers by mistake",
    "one-leg-nerve-signs": "pins and needles down my left leg and my foot is numb",
    "fever-with-back-pain": "back pain and a high temperature",
    "kidney-urine-signs": "there is blood in my pee",
    "cancer-history": "i had breast cancer and now i have new back pain",
    "fragile-bone-fracture": "i have osteoporosis and felt a crack in my back when i bent down",
    "weight-loss-lump-shape-change": "im losing weight without trying and my back hurts",
    "dark-urine-muscle-breakdown": "my pee is like cola after the gym",
    "one-sided-blister-rash": "painful blisters in a strip on one side of my back",
    "leg-swelling-clot": "my left calf is swollen hot and sore",
    "thinner-or-spine-procedure": "i had spinal surgery last week and the wound is leaking",
    "child-back-pain": "my 4 year old has back pain and is limping",
    "unmanageable-pain": "the pain is unbearable and nothing touches it",
    "night-rest-pain": "the pain wakes me every night and no position helps",
    "new-pain-risk-group": "im 72 and this is my first ever back pain",
    "cough-strain-or-upper-back-pain": "it hurts in my back when i cough",
    "inflammatory-stiffness": "my back has been stiff for over an hour every morning for months and eases when i move",
    "lasting-or-worsening": "six weeks of back pain and no better",
}  # fmt: skip


def raised(engine: Engine, text: str) -> set[str]:
    """The flags that a text raises."""
    return {finding.flag.id for finding in engine.scan(text).findings}


@pytest.mark.parametrize(("flag", "text"), PLAIN.items())
def test_plain_statements(engine: Engine, flag: str, text: str) -> None:
    """A plain statement of each danger sign raises it, at its level or above."""
    found = {finding.flag.id: finding.level for finding in engine.scan(text).findings}
    assert flag in found
    assert LEVELS.index(found[flag]) <= LEVELS.index(bundled().flags[flag].level)


def test_every_flag_has_a_plain_statement() -> None:
    """No flag is left out above."""
    assert set(PLAIN) == set(bundled().flags)


@pytest.mark.parametrize(
    "text",
    [
        "no numbness, no weakness, no trouble peeing",
        "my back is killing me and i cant put my socks on",
        "both legs ache after a long run",
        "the coffee here is weak",
        "i fell asleep on the sofa and woke up stiff",
        "i lost control of the car keys again lol",
        "does heat help a weak back",
        "what does cauda equina mean",
        "ten years ago i had kidney stones, all fine since",
        "i would go to hospital if i could not pee",
        "my heart sank when my back went",
        "neither fever nor chills",
        "fever? no. numbness? none.",
        "crash diet before the wedding and a tight back",
    ],
)
def test_near_misses_stay_silent(engine: Engine, text: str) -> None:
    """Denied, figurative, ordinary, general, past and hypothetical texts raise nothing."""
    assert raised(engine, text) == set()


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("no fever but i cant pee", "bladder-control"),
        ("not only stiff, both legs have gone numb", "both-legs-symptoms"),
        ("last year i had a numb foot, now both my legs are numb", "both-legs-symptoms"),
        ("numbness: no. incontinence: yes since friday", "bladder-control"),
        ("can i feel myself wee? no", "bladder-control"),
        ("my mum cant pee since her back went", "bladder-control"),
        ("whats the best stretch, also i have wet myself twice today", "bladder-control"),
    ],
)
def test_flags_behind_a_denial(engine: Engine, text: str, flag: str) -> None:
    """A denial of one thing does not hide another; somebody close counts; a sign in passing counts."""
    assert flag in raised(engine, text)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("back pain and a fever", "same-day"),
        ("back pain and a fever and i inject drugs", "emergency"),
        ("i had cancer and now new back pain", "same-day"),
        ("i had cancer, new back pain and my legs are weak", "emergency"),
        ("bumped my back, im on warfarin", "emergency"),
        ("statin, terrible muscle pain and my pee is dark like cola", "emergency"),
    ],
)
def test_combinations_raise_the_level(engine: Engine, text: str, level: str) -> None:
    """What stands together in one message can be graver than each part."""
    assert engine.scan(text).findings[0].level == level


def test_findings_are_ordered_and_explained(engine: Engine) -> None:
    """The gravest comes first, in the user's own words, with its place and what fired."""
    text = "six weeks of back pain and now I CAN'T PEE and i want to end my life"
    findings = engine.scan(text).findings
    assert [finding.level for finding in findings] == sorted((finding.level for finding in findings), key=LEVELS.index)
    assert findings[0].flag.id == "suicidal-thoughts"
    for finding in findings:
        assert text[finding.start : finding.end] == finding.matched
        assert finding.because


def test_asking_about_a_sign_gets_a_calm_line(engine: Engine) -> None:
    """A question about a danger sign raises no alarm but is remembered as a mention."""
    found = engine.scan("what does it mean if someone loses control of their bladder")
    assert not found.findings
    assert "bladder-control" in {mention.flag.id for mention in found.mentions}


UNRELATED = ["The bus was late.", "I work in an office.", "My sister likes tea.", "We moved house in spring.", "It rained."]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PLAIN.values())), st.sampled_from(UNRELATED), st.booleans())
def test_an_unrelated_sentence_removes_nothing(text: str, unrelated: str, before: bool) -> None:
    """A sentence about something else, before or after, never removes a finding."""
    engine = bundled_engine()
    longer = f"{unrelated} {text}." if before else f"{text}. {unrelated}"
    assert raised(engine, text) <= raised(engine, longer)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["numbness in both legs", "chest pain", "fever", "blood in my pee", "weakness in my leg", "loss of bladder control", "numbness between my legs"]), st.sampled_from(["no", "without", "i have no", "there is no", "denies"]))  # fmt: skip
def test_wrapping_in_a_denial_removes_it(sign: str, denial: str) -> None:
    """A sign that is denied raises nothing."""
    engine = bundled_engine()
    assert raised(engine, f"{denial} {sign}") == set()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PLAIN.values())), st.sampled_from(["upper", "title", "stop", "spaces", "apostrophe"]))
def test_case_punctuation_and_apostrophes_change_nothing(text: str, change: str) -> None:
    """How a statement is typed makes no difference to what it raises."""
    changed = {
        "upper": text.upper(),
        "title": text.title(),
        "stop": f"{text}!!!",
        "spaces": "  " + text.replace(" ", "   ") + "\n",
        "apostrophe": text.replace("cant", "can\u2019t").replace("im ", "I'm "),
    }[change]
    engine = bundled_engine()
    assert raised(engine, text) == raised(engine, changed)


@pytest.mark.parametrize("stop", [". ", " "], ids=["sentences", "one endless sentence"])
def test_time_is_linear(engine: Engine, stop: str) -> None:
    """Ten times the text takes about ten times the time, with or without full stops."""

    def seconds(repeats: int) -> float:
        text = f"no fever and my legs are numb but i can pee and if it got worse i would go{stop}" * repeats
        start = time.process_time()
        engine.scan(text)
        return time.process_time() - start

    seconds(20)
    assert seconds(1500) < 30 * max(0.02, seconds(150))


@pytest.mark.parametrize("before", [0, 1500, 4000])
def test_signs_in_a_long_text(before: int) -> None:
    """A sign is found wherever it stands in a text of many pages, once, with its place."""
    text = "The tea is nice here. " * before + "I can't feel myself pee. " + "The tea is nice here. " * (4000 - before)
    (finding,) = bundled_engine().scan(text).findings
    assert text[finding.start : finding.end] == finding.matched
    assert "feel" in finding.matched


@pytest.mark.parametrize(
    "text",
    [
        "i am literally having a stroke",
        "the swelling has not gone down and now im numb between my legs",
        "fever hasnt gone down and i have shakes and i inject drugs",
        "passed out on the bathroom floor with back pain",
        "my face when i smile droops on one side",
        "my leg gave way once at work today",
        "changing the bed every night because dad wets it since his back went",
        "fell like a stone from the roof onto my back",
        "i read about cauda equina, my legs are numb and i cant pee",
        "the dog pulled me down the stairs and i cant feel my legs",
        "it went away and now its back again, i cant pee",
        "sat up all night, pain is 10 out of 10 and i cant move my legs",
        "does it hurt? because ive got chest pain",
        "i danced all night and now my foot drops",
        "dead legs from squats but now i cant lift my foot",
        "i collapsed on the sofa grey and sweating with back pain",
    ],
)
def test_what_silences_others_does_not_silence_these(engine: Engine, text: str) -> None:
    """An emergency that stands beside words of jokes, pets, times past or partial denial is still raised."""
    assert engine.scan(text).findings[0].level == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "the pain hasnt gone down into my legs",
        "nearly had a heart attack laughing",
        "no change, legs strong again, peeing ok",
        "is numbness serious? i have this pain in my back",
        "fainted once at school, never again",
        "the cat cant pee and i hurt my back carrying her",
        "we had a blackout in our street",
        "the rent went through the roof",
    ],
)
def test_words_of_alarm_in_another_sense(engine: Engine, text: str) -> None:
    """Jokes, pets, times past and denials that hold words of alarm raise no emergency."""
    assert all(finding.level not in ("emergency", "crisis") for finding in engine.scan(text).findings)
