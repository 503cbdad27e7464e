"""Scopes: each rule of assertion by itself, on a table of a few cues. The sign asked about stands *between stars*; q is any word."""

from __future__ import annotations

from itertools import starmap

import pytest

from backspasm_cli.assertion import PRESENT, Assertion, AssertionReader, Scopes
from backspasm_cli.detection import AssertionCues, compile_cues
from backspasm_cli.errors import KnowledgeError
from backspasm_cli.language import Vocabulary, read, vocabulary_tables

CUES = {
    "negation": ["no", "not", "no sign of", "dont say yes", "lack .. ache"],
    "not-negation": ["not only"],
    "negation-phrase": ["no injury", "not one single"],
    "negation-continues": ["of"],
    "negation-after": ["absent", "ache nil"],
    "resolved": ["cleared", "but over"],
    "again": ["again"],
    "hypothetical": ["if", "would it"],
    "fear": ["worried", "scared of ache"],
    "hypothetical-after": ["possible"],
    "asking": ["can", "does any ache hurt"],
    "figurative": ["bored stiff", "stiff as a board"],
    "past": ["ago", "last year", "formerly had ache"],
    "family-history": ["family", "dad had ache"],
    "stop": ["but", "other than", "no apart from"],
    "clause-start": ["then went"],
    "article": ["a"],
    "answer-no": ["none", "no", "no way"],
    "answer-yes": ["yes"],
}
SUBJECTS = ["I", "Legs"]
PERSONS = ["me", "I"]
JOINERS = ["and", "Or"]
TABLE = AssertionCues(cues=CUES, subjects=SUBJECTS, persons=PERSONS, joiners=JOINERS)
TABLES, _ = compile_cues(TABLE, fillers=["very"])


def place_of(marked: str) -> tuple[Scopes, int, int]:
    """The scopes of a text without its stars, and the words that stood between them."""
    head, sign, tail = marked.split("*")
    reading = read(head + sign + tail, Vocabulary(vocabulary_tables([], {})))
    inside = [number for number, (start, _) in enumerate(reading.spans) if len(head) <= start < len(head + sign)]
    return AssertionReader(TABLES).scopes(reading), inside[0], inside[-1] + 1


def asserted(marked: str) -> Assertion:
    """What is asserted of the words between stars."""
    scopes, first, last = place_of(marked)
    return scopes.assertion(first, last)


def decided(marked: str) -> tuple[str, str]:
    """The status of the words between stars, and the cue that decided."""
    found = asserted(marked)
    return found.status, found.cue


def q(count: int) -> str:
    """So many words that mean nothing."""
    return " ".join(["q"] * count)


# Tables


def test_words_of_the_cues_are_counted() -> None:
    """Compiling tells how often each word stands in a cue, and keeps words as stems."""
    tables, words = compile_cues(TABLE, fillers=["very"])
    assert (words["no"], words["absent"], "very" in words) == (6, 1, False)
    assert (tables.subjects, tables.persons, tables.joiners) == (["i", "leg"], ["me", "i"], ["and", "or"])


def test_a_bad_cue_names_its_file() -> None:
    """A cue that cannot be understood is reported with the file in which it stands."""
    bad = AssertionCues(cues={"negation": ["<nothing>"]}, subjects=[], persons=[], joiners=[])
    with pytest.raises(KnowledgeError, match=r"assertion\.json: negation: '<nothing>': names <nothing>"):
        compile_cues(bad, ())


def test_fillers_may_stand_inside_a_cue() -> None:
    """A filler word that was given does not break a cue of several words; any other word does."""
    reader = AssertionReader(compile_cues(TABLE, fillers=["Very"])[0])
    scopes = reader.scopes(read("bored very stiff, bored quite stiff", Vocabulary(vocabulary_tables([], {}))))
    assert [scopes.assertion(place, place + 1).status for place in (2, 5)] == ["figurative", "present"]


def test_nothing_said_is_present() -> None:
    """Without any cue a sign is present, and no words decided."""
    assert asserted("q *ache* q") == PRESENT == Assertion("present", "", -1, -1)


def test_the_cue_is_quoted() -> None:
    """The cue that decided is given as it was typed, with its place."""
    assert asserted("q NO  sign Of *ache*") == Assertion("absent", "NO  sign Of", 2, 13)


# Figures of speech


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bored *stiff*", ("figurative", "bored stiff")),
        ("*bored* stiff", ("figurative", "bored stiff")),
        ("bored *stiff* q", ("figurative", "bored stiff")),
        ("bored stiff *ache*", ("present", "")),
        ("*ache* bored stiff", ("present", "")),
        ("bored q *stiff*", ("present", "")),
        ("bored *stiff* as a board", ("figurative", "stiff as a board")),
        ("not bored *stiff*", ("figurative", "bored stiff")),
        ("bored *stiff*: yes", ("figurative", "bored stiff")),
        (f"bored *stiff {q(20)}*", ("figurative", "bored stiff")),
        (f"*q {q(14)} stiff* as a board", ("figurative", "stiff as a board")),
        ("q. bored *stiff*", ("figurative", "bored stiff")),
    ],
)
def test_figurative(text: str, expected: tuple[str, str]) -> None:
    """A figure of speech decides, before all else, for words that it shares, and for no others."""
    assert decided(text) == expected


def test_a_figure_of_speech_that_begins_earlier() -> None:
    """A nearer figure of speech that is over does not hide one that began before it and goes on, within fourteen words."""
    cues = {"figurative": ["first ... then ... then ... last", "word"]}
    reader = AssertionReader(compile_cues(AssertionCues(cues=cues, subjects=[], persons=[], joiners=[]), ())[0])
    scopes = reader.scopes(read(f"{q(20)} first word {q(5)} then {q(6)} then {q(3)} last", Vocabulary(vocabulary_tables([], {}))))
    assert [place for place in range(22, 39) if scopes.assertion(place, place + 1) == PRESENT] == [36, 37, 38]


# Answers


@pytest.mark.parametrize("stop", [":", "?", ";", ".", " -", ", q:", " q:", " or q, q?", f" {q(6)}?"])
@pytest.mark.parametrize(("answer", "status"), [("none", "absent"), ("no way", "absent"), ("yes", "present")])
def test_answered_across_a_stop(stop: str, answer: str, status: str) -> None:
    """A yes or a no after the end of a question, a heading or a clause answers it, as the longest answer that fits."""
    assert decided(f"*ache*{stop} {answer}") == (status, answer)


@pytest.mark.parametrize("end", ["", ".", ", q", "; q", "? q", " but q", " other than q", " I q", " legs q"])
def test_an_answer_ends(end: str) -> None:
    """After an answer stands the end, punctuation, a word that ends scopes, or a new subject."""
    assert decided(f"*ache*? none{end}") == ("absent", "none")


@pytest.mark.parametrize(
    "text",
    [
        "*ache*? none q",
        "*ache*? q none",
        "*ache* none q",
        "*ache* none but q",
        "*ache*, none",
        "*ache*, q none",
        f"*ache* {q(7)}? none",
        "*ache* q, none",
        f"*ache* {q(6)} none",
        f"*ache* {q(6)}, none",
        f"*ache* {q(6)}, none? yes",
        "*ache*",
        "*ache*.",
        "*ache*? q",
    ],
)
def test_not_an_answer(text: str) -> None:
    """What goes on is no answer, nor is one after a mere comma, too far off, or in a later sentence."""
    assert decided(text) == ("present", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*ache* none", ("absent", "none")),
        ("*ache* none, q", ("absent", "none")),
        ("*ache* none. q", ("absent", "none")),
        ("*ache* yes, q no", ("present", "yes")),
        ("*ache* yes q? none", ("absent", "none")),
        ("*ache* none q? yes", ("present", "yes")),
        ("*ache* no none? yes", ("present", "yes")),
        ("q *ache*, none? yes", ("present", "yes")),
    ],
)
def test_answered_without_a_stop(text: str, expected: tuple[str, str]) -> None:
    """With nothing before it, an answer is one only when nothing follows it either."""
    assert decided(text) == expected


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("q q q q *ache*. none", "absent"),
        ("q q q q q *ache*. none", "present"),
        ("q q. q q q q *ache*. none", "absent"),
        ("me *ache*. none", "present"),
        ("*ache* me. none", "absent"),
        ("me. *ache*. none", "absent"),
        ("me q q q *ache*? none", "absent"),
        ("q q *me*. none", "present"),
    ],
)
def test_only_a_heading_is_answered_by_a_sentence(text: str, status: str) -> None:
    """A next sentence answers at most five words that are of nobody in particular; a question may be longer."""
    assert asserted(text).status == status


def test_an_answer_beats_a_denial() -> None:
    """A yes after a question holds although the question was put with a no."""
    assert decided("no *ache*? yes") == ("present", "yes")


# Denials


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no *ache*", ("absent", "no")),
        ("*ache* no q", ("present", "")),
        ("no sign of *ache*", ("absent", "no sign of")),
        ("no q not q *ache*", ("absent", "not")),
        ("no. *ache*", ("present", "")),
        ("no? *ache*", ("present", "")),
        (f"no {q(14)} *ache*", ("absent", "no")),
        (f"no {q(15)} *ache*", ("present", "")),
        (f"no sign of {q(14)} *ache*", ("absent", "no sign of")),
        ("not only *ache*", ("present", "")),
        ("no q not only *ache*", ("absent", "no")),
        ("not only no *ache*", ("absent", "no")),
        ("no not only *ache*", ("absent", "no")),
        ("lack q *ache*", ("present", "")),
        ("lack *q* ache", ("present", "")),
        ("no lack q *ache*", ("absent", "no")),
        ("no, *ache*", ("absent", "no")),
        ("no q, *ache*", ("absent", "no")),
        ("no q, q, q or *ache*", ("absent", "no")),
        ("no: *ache*", ("absent", "no")),
        ("no; *ache*", ("present", "")),
        ("no q; *ache*", ("present", "")),
        ("no q: *ache*", ("present", "")),
        ("no q: q *ache*", ("present", "")),
        ("no *ache*: q", ("absent", "no")),
    ],
)
def test_denied_before(text: str, expected: tuple[str, str]) -> None:
    """A denial reaches fourteen words along a list, to the end of its clause; the nearest one counts, unless it means something else."""
    assert decided(text) == expected


def test_only_spoilt_cues_are_left_out() -> None:
    """A cue that shares any word with a phrase in which it means something else is left out, and those of other kinds stay."""
    cues = {"negation": ["no", "no more"], "not-negation": ["more or"], "fear": ["or"]}
    reader = AssertionReader(compile_cues(AssertionCues(cues=cues, subjects=[], persons=[], joiners=[]), ())[0])
    scopes = reader.scopes(read("q no more or ache", Vocabulary(vocabulary_tables([], {}))))
    assert scopes.assertion(4, 5).cue == "no"
    assert reader.scopes(read("more or ache", Vocabulary(vocabulary_tables([], {})))).assertion(2, 3).cue == "or"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("no q but *ache*", "present"),
        ("no but *ache*", "present"),
        ("no other than *ache*", "present"),
        ("no apart from *ache*", "present"),
        ("no apart q *ache*", "absent"),
        ("but no *ache*", "absent"),
        ("no *but*", "absent"),
        ("no q *but*", "absent"),
        ("no *ache* but q", "absent"),
        ("no q, I *ache*", "present"),
        ("no q, *I* ache", "present"),
        ("no q and I *ache*", "present"),
        ("no q or legs *ache*", "present"),
        ("no q I *ache*", "absent"),
        ("no q, q I *ache*", "absent"),
        ("no q and q I *ache*", "absent"),
        ("no q, then went *ache*", "present"),
        ("no q and then went *ache*", "present"),
        ("no q then went *ache*", "absent"),
        ("no q, then *ache*", "absent"),
        ("no q then, went *ache*", "absent"),
    ],
)
def test_what_ends_a_denial(text: str, status: str) -> None:
    """A "but" ends a denial, and so does a new clause: a subject, or a word that starts one, after a comma or an "and"."""
    assert asserted(text).status == status


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no injury *ache*", ("present", "")),
        ("no *injury* ache", ("absent", "no")),
        ("no injury of *ache*", ("absent", "no")),
        ("no injury q of *ache*", ("present", "")),
        ("no q injury *ache*", ("absent", "no")),
        ("no q no injury *ache*", ("absent", "no")),
        ("not one *single* q", ("absent", "not")),
        ("not one single *ache*", ("present", "")),
        ("not one no injury *ache*", ("absent", "not")),
    ],
)
def test_a_denial_that_is_a_whole_phrase(text: str, expected: tuple[str, str]) -> None:
    """A phrase that is a whole denial ends it, unless the next word carries it on; an earlier denial still holds."""
    assert decided(text) == expected


def test_a_denial_inside_a_phrase() -> None:
    """A denial that is any word of such a phrase, not only its first, ends with it."""
    cues = {"negation": ["no"], "negation-phrase": ["surely no injury"]}
    reader = AssertionReader(compile_cues(AssertionCues(cues=cues, subjects=[], persons=[], joiners=[]), ())[0])
    scopes = reader.scopes(read("surely no injury ache", Vocabulary(vocabulary_tables([], {}))))
    assert [scopes.assertion(place, place + 1).status for place in (2, 3)] == ["absent", "present"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("no q and a *ache*", "present"),
        ("no q or a q *ache*", "present"),
        ("No q and *a* ache", "present"),
        ("no q and q *ache*", "absent"),
        ("no q a *ache*", "absent"),
        ("no a *ache*", "absent"),
        ("no and a *ache*", "present"),
        ("no q *ache* and a q", "absent"),
        ("not q and a *ache*", "absent"),
        ("no sign of q and a *ache*", "absent"),
        ("and no a *ache*", "absent"),
        ("q and a q no *ache*", "absent"),
        ("no *and* a q", "absent"),
    ],
)
def test_no_takes_things_without_an_article(text: str, status: str) -> None:
    """After "no", an "and a" starts something that is not denied; after other denials it does not."""
    assert asserted(text).status == status


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*ache* absent", ("absent", "absent")),
        ("*ache* q absent", ("absent", "absent")),
        (f"*ache* {q(6)} absent", ("absent", "absent")),
        (f"*ache* {q(7)} absent", ("present", "")),
        ("*ache*: absent", ("absent", "absent")),
        ("*ache*, q absent", ("absent", "absent")),
        ("*ache*; absent", ("present", "")),
        ("*ache* q; absent", ("present", "")),
        ("*ache*. absent", ("present", "")),
        ("*ache* but absent", ("present", "")),
        ("*ache* q but q absent", ("present", "")),
        ("*but* absent", ("absent", "absent")),
        ("absent *ache*", ("present", "")),
        ("*ache* nil", ("present", "")),
        ("no *ache* absent", ("absent", "no")),
        ("*ache* absent q absent", ("absent", "absent")),
    ],
)
def test_denied_after(text: str, expected: tuple[str, str]) -> None:
    """A denial that follows reaches back over six words of its clause."""
    assert decided(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*ache* cleared", ("past", "cleared")),
        (f"*ache* {q(6)} cleared", ("past", "cleared")),
        (f"*ache* {q(7)} cleared", ("present", "")),
        ("*ache*; cleared", ("present", "")),
        ("*ache* but cleared", ("present", "")),
        ("*ache* cleared again", ("present", "")),
        ("again *ache* cleared", ("present", "")),
        ("again. *ache* cleared. again", ("past", "cleared")),
        ("cleared *ache*", ("present", "")),
        ("*ache* cleared absent", ("absent", "absent")),
        ("if *ache* cleared", ("past", "cleared")),
        ("*ache* but over", ("past", "but over")),
        ("*ache* q but q but over", ("present", "")),
    ],
)
def test_resolved(text: str, expected: tuple[str, str]) -> None:
    """What is said to have cleared up is past, unless the sentence says that it came again."""
    assert decided(text) == expected


# Questions and fears


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if *ache*", ("hypothetical", "if")),
        ("worried q *ache*", ("hypothetical", "worried")),
        ("worried if *ache*", ("hypothetical", "if")),
        ("if worried *ache*", ("hypothetical", "if")),
        (f"if {q(30)} *ache*", ("hypothetical", "if")),
        ("*ache* if", ("present", "")),
        ("*ache* worried", ("present", "")),
        ("if. *ache*", ("present", "")),
        ("if q, I *ache*", ("present", "")),
        ("if q; *ache*", ("present", "")),
        ("if but *ache*", ("present", "")),
        ("if q but worried *ache*", ("hypothetical", "worried")),
        ("worried q but if *ache*", ("hypothetical", "if")),
        ("worried q but *ache*", ("present", "")),
        ("would *it*", ("hypothetical", "would it")),
        ("*would* it", ("present", "")),
        ("scared of *ache*", ("hypothetical", "scared of ache")),
        ("scared but *of* ache", ("present", "")),
        ("scared *of* ache", ("hypothetical", "scared of ache")),
        ("if *ache* family", ("hypothetical", "if")),
        ("if q ago *ache*", ("hypothetical", "if")),
    ],
)
def test_hypothetical_before(text: str, expected: tuple[str, str]) -> None:
    """What follows an "if" or a fear, to the end of the clause, is not yet there."""
    assert decided(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*ache* possible", ("hypothetical", "possible")),
        (f"*ache* {q(4)} possible", ("hypothetical", "possible")),
        (f"*ache* {q(5)} possible", ("present", "")),
        ("*ache*; possible", ("present", "")),
        ("*ache* but possible", ("present", "")),
        ("possible *ache*", ("present", "")),
        ("*ache*. possible", ("present", "")),
    ],
)
def test_hypothetical_after(text: str, expected: tuple[str, str]) -> None:
    """A doubt that follows reaches back over four words of its clause."""
    assert decided(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("can *ache*", ("hypothetical", "can")),
        ("can q; q but *ache*", ("hypothetical", "can")),
        ("q, can *ache*", ("hypothetical", "can")),
        ("q and can *ache*", ("hypothetical", "can")),
        ("q. can *ache*", ("hypothetical", "can")),
        ("q can *ache*", ("present", "")),
        ("q; can *ache*", ("present", "")),
        ("can and q. *ache*", ("present", "")),
        ("*ache*, can", ("present", "")),
        ("*ache* and can", ("present", "")),
        ("*can*", ("present", "")),
        ("can me *ache*", ("present", "")),
        ("can *ache* q me", ("present", "")),
        ("me. can *ache*", ("hypothetical", "can")),
        ("can *ache*. me", ("hypothetical", "can")),
        ("does any *ache* hurt", ("hypothetical", "does any ache hurt")),
        ("does any ache *hurt*", ("hypothetical", "does any ache hurt")),
        ("does any ache *hurt q*", ("present", "")),
        ("*does any ache hurt*", ("present", "")),
        ("can q, does any ache *hurt q*", ("hypothetical", "can")),
        ("does any ache hurt *q*", ("hypothetical", "does any ache hurt")),
        ("q, does *any* ache hurt, can", ("hypothetical", "does any ache hurt")),
    ],
)
def test_general_questions(text: str, expected: tuple[str, str]) -> None:
    """A sentence that asks in general, of nobody in particular, asserts nothing after the asking word."""
    assert decided(text) == expected


def test_general_questions_are_remembered_by_sentence() -> None:
    """Asking about a second word of a sentence, or about another sentence, gives what each would get alone."""
    scopes, _, _ = place_of("can q *ache*. can me ache. q ache")
    assert [scopes.assertion(place, place + 1).status for place in (2, 1, 5, 7, 2)] == [
        *["hypothetical"] * 2,
        *["present"] * 2,
        "hypothetical",
    ]


# Other people, other times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("family *ache* q", ("other", "family")),
        ("family q *ache* q", ("other", "family")),
        ("family q; *ache* q", ("present", "")),
        ("family but *ache* q", ("present", "")),
        ("family q but family *ache* q", ("other", "family")),
        ("family. *ache* q", ("present", "")),
        ("*family* q", ("other", "family")),
        ("dad had *ache* q", ("other", "dad had ache")),
        ("family dad *had* ache q", ("other", "family")),
        ("dad *had* ache q", ("present", "")),
        ("*ache* family", ("other", "family")),
        (f"*ache* {q(3)} family", ("other", "family")),
        (f"*ache* {q(4)} family", ("present", "")),
        ("*ache*. family", ("present", "")),
        ("family *ache* q ago", ("other", "family")),
        ("family *ache*", ("other", "family")),
        ("family but *ache* family", ("other", "family")),
        ("*q family* q", ("present", "")),
    ],
)
def test_somebody_else(text: str, expected: tuple[str, str]) -> None:
    """A family in the same clause before a sign, or within three words after it, has it instead."""
    assert decided(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ago *ache*", ("past", "ago")),
        (f"last year {q(40)} *ache*", ("past", "last year")),
        ("ago q last year *ache*", ("past", "last year")),
        ("last year q, and I *ache*", ("past", "last year")),
        ("last year: q *ache*", ("past", "last year")),
        ("ago q; *ache*", ("present", "")),
        ("ago q but *ache*", ("present", "")),
        ("ago but *ache*", ("present", "")),
        ("ago but q, last year *ache*", ("past", "last year")),
        ("ago. *ache*", ("present", "")),
        ("again ago *ache*", ("present", "")),
        ("ago *ache* again", ("present", "")),
        ("again. ago *ache*. again", ("past", "ago")),
        ("ago formerly *had* ache", ("past", "ago")),
        ("formerly had *ache*", ("present", "")),
        ("formerly *had* ache", ("present", "")),
        ("ago *but*", ("past", "ago")),
    ],
)
def test_past_before(text: str, expected: tuple[str, str]) -> None:
    """A time gone by holds over commas and clauses of a sentence, until a "but", a ";", or something that is there again."""
    assert decided(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*ache* ago", ("past", "ago")),
        (f"*ache* {q(60)} ago", ("past", "ago")),
        ("*ache*, q, ago", ("past", "ago")),
        ("*ache*. ago", ("present", "")),
        ("*ache* q; ago", ("present", "")),
        ("*ache* q; q ago", ("present", "")),
        ("*ache* but ago", ("present", "")),
        ("*ache* q but q ago", ("present", "")),
        ("*ache* q ago but last year", ("past", "ago")),
        ("*but* ago", ("past", "ago")),
        ("again *ache* ago", ("present", "")),
        ("ago but *ache* last year", ("past", "last year")),
    ],
)
def test_past_after(text: str, expected: tuple[str, str]) -> None:
    """A time gone by that follows holds back over the sentence, until a "but" or a ";"."""
    assert decided(text) == expected


# What closes a scope behind a sign


@pytest.mark.parametrize("text", ["*ache*; ago", "*ache*; q last year", "*ache*; family"])
def test_clause_end_behind_a_sign(text: str) -> None:
    """A ";" right after a sign shuts off what follows it."""
    assert asserted(text).status == "present"


# Known faults


@pytest.mark.xfail(reason="a fault of the scopes; take the mark away with it", strict=True)
@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("*ache* but dad had ache", "present"),
        ("no, I *ache*", "present"),
        ("bored *stiff*. q", "figurative"),
        ("family *ache*. q", "other"),
    ],
)
def test_wanted(text: str, status: str) -> None:
    """A "but" ends what was said of a sign, "no, I" tells something new, and a next sentence changes nothing."""
    assert asserted(text).status == status


# Sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no q. q *ache*", ("present", "")),
        ("no q. not *ache*. q no", ("absent", "not")),
        ("q *ache*. no absent possible family ago cleared if", ("present", "")),
        (f"if {q(79)} *ache*", ("present", "")),
        (f"if {q(78)} *ache*", ("hypothetical", "if")),
    ],
)
def test_cues_stay_in_their_sentence(text: str, expected: tuple[str, str]) -> None:
    """A cue means nothing to another sentence, and one without an end is cut after eighty words."""
    assert decided(text) == expected


@pytest.mark.parametrize("kind", sorted(CUES))
def test_any_kind_may_be_missing(kind: str) -> None:
    """A table without cues of one kind still reads."""
    cues = {name: patterns for name, patterns in CUES.items() if name != kind}
    reader = AssertionReader(compile_cues(AssertionCues(cues=cues, subjects=[], persons=[], joiners=[]), ())[0])
    scopes = reader.scopes(read("no injury of ache: none, if not only a q but ache again ago", Vocabulary(vocabulary_tables([], {}))))
    assert len(list(starmap(scopes.assertion, [(place, place + 1) for place in range(14)]))) == 14
