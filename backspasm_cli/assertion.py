"""Is a concept, at a place in a text, present, denied, past, asked about, figurative, or somebody else's?

In the tradition of NegEx (Chapman 2001) and ConText (Harkema 2009): cues open a scope to one side, and the scope
runs until something ends it. The cues are data; this module knows how scopes behave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec

from backspasm_cli.concepts import ConceptIndex, ConceptTables, Occurrence, compile_concepts
from backspasm_cli.knowledge import Line, Slug
from backspasm_cli.language import Reading, fold, stem

Status = Literal["present", "absent", "past", "hypothetical", "figurative", "other"]

_NO_CUES: list[Occurrence] = []
_FARTHEST = 14  # words over which a denial reaches in one clause; lists run long, stories do not


class Assertion(NamedTuple):
    """What is asserted of a concept, and the cue that decided: its words and their place, ("", -1, -1) where none did."""

    status: Status
    cue: str = ""
    start: int = -1
    end: int = -1


class AssertionCues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cues by kind, the words with which a new clause starts after "," or "and", and people who are not the patient."""

    cues: dict[Slug, list[Line]]
    subjects: list[str]
    persons: list[str]
    joiners: list[str]


PRESENT = Assertion("present")


class AssertionTables(msgspec.Struct, frozen=True):
    """Compiled cues, ready to be stored."""

    cues: ConceptTables
    subjects: list[str]
    persons: list[str]
    joiners: list[str]


def compile_cues(data: AssertionCues, fillers: Iterable[str]) -> tuple[AssertionTables, dict[str, int]]:
    """Compile the cues; and how often each word stands in them. Raises KnowledgeError for a bad pattern."""
    compiled = compile_concepts(data.cues, fillers, file="assertion.json")

    def stems(words: Iterable[str]) -> list[str]:
        return [stem(fold(word)) for word in words]

    return AssertionTables(compiled.tables, stems(data.subjects), stems(data.persons), stems(data.joiners)), compiled.words


class AssertionReader:
    """Finds the cues of a text once; asking about a concept is then cheap."""

    def __init__(self, tables: AssertionTables) -> None:
        self._index = ConceptIndex(tables.cues)
        self._subjects = frozenset(tables.subjects)
        self._persons = frozenset(tables.persons)
        self._joiners = frozenset(tables.joiners)

    def scopes(self, reading: Reading) -> Scopes:
        """Find every cue in the reading."""
        found: dict[str, list[Occurrence]] = {}
        for cue in self._index.find(reading):
            found.setdefault(cue.concept, []).append(cue)
        return Scopes(reading, found, self._subjects, self._persons, self._joiners)


class Scopes:
    """The cues of one reading. `assertion` tells what is asserted of the concept at given words."""

    def __init__(
        self,
        reading: Reading,
        cues: Mapping[str, list[Occurrence]],
        subjects: frozenset[str],
        persons: frozenset[str],
        joiners: frozenset[str],
    ) -> None:
        self._reading = reading
        self._subjects, self._persons, self._joiners = subjects, persons, joiners
        size = len(reading)
        self._sentence_start = [0] * size
        self._sentence_end = [size] * size
        for first, last in reading.sentences():
            for place in range(first, last):
                self._sentence_start[place] = first
                self._sentence_end[place] = last
        # Cues by kind and the first word of their sentence, so that a long text costs no more a sentence than a short one.
        self._cues: dict[tuple[str, int], list[Occurrence]] = {}
        for kind, found in cues.items():
            for cue in self._drop_spoilt(kind, found, cues):
                self._cues.setdefault((kind, self._sentence_start[cue.first]), []).append(cue)
        self._stop_at = {place for cue in cues.get("stop", ()) for place in range(cue.first, cue.last)}
        self._linked_at = {place for link in cues.get("resolved-link", ()) for place in range(link.first, link.last)}
        self._continues_at = {cue.first for cue in cues.get("negation-continues", ())}
        self._article_at = {cue.first for cue in cues.get("article", ())}
        # A phrase that is a whole denial ("no injury") ends it, even where no punctuation does: "no injury numb foot".
        self._phrase_end = {place: phrase.last for phrase in cues.get("negation-phrase", ()) for place in range(phrase.first, phrase.last)}

    @staticmethod
    def _drop_spoilt(kind: str, found: list[Occurrence], cues: Mapping[str, list[Occurrence]]) -> list[Occurrence]:
        """Leave out the cues that lie inside a phrase in which they mean something else ("not only", "no idea")."""
        spoilt = {place for spoiler in cues.get(f"not-{kind}", ()) for place in range(spoiler.first, spoiler.last)}
        return [cue for cue in found if not any(place in spoilt for place in range(cue.first, cue.last))]

    def assertion(self, first: int, last: int) -> Assertion:
        """What is asserted of the concept at the words from `first` up to but not including `last`."""
        for decide in (
            self._figurative,
            self._answered,
            self._denied_before,
            self._denied_after,
            self._asked_about,
            self._other,
            self._past,
        ):
            decided = decide(first, last)
            if decided is not None:
                return decided
        return PRESENT

    def _by(self, status: Status, cue: Occurrence) -> Assertion:
        start, end, words = self._reading.quote(cue.first, cue.last)
        return Assertion(status, words, start, end)

    def _in_sentence(self, kind: str, place: int) -> list[Occurrence]:
        return self._cues.get((kind, self._sentence_start[place]), _NO_CUES)

    def _figurative(self, first: int, last: int) -> Assertion | None:
        for cue in self._in_sentence("figurative", first):
            if cue.first < last and first < cue.last:
                return self._by("figurative", cue)
        return None

    def _answered(self, first: int, last: int) -> Assertion | None:
        """`Fever? No.`, `Numbness: none` and `chills no,` deny; `Incontinence: yes` and `Fever? Yes` affirm."""
        reading = self._reading
        size = len(reading)
        if last < size and reading.stops[last] == "":
            # With nothing before it, an answer is one only when nothing follows either: not "numb no idea why".
            answer = self._answer_at(last)
            if answer is not None and (answer[1].last >= size or reading.stops[answer[1].last]):
                return self._by(*answer)
        place = last
        # "fever or chills? no": the question may name more things before it ends.
        while place < size and reading.stops[place] in ("", ",") and place - last < 6 and not self._starts_answer(place):
            place += 1
        if place >= size or place == last and reading.stops[place] not in (":", "?", ";", ".", ","):
            return None
        stop = reading.stops[place]
        if stop in ("", ","):
            return None
        if stop == "." and not self._bare(self._sentence_start[first], last):
            return None
        answer = self._answer_at(place)
        return self._by(*answer) if answer is not None and self._ends_answer(answer[1].last) else None

    def _answer_at(self, place: int) -> tuple[Status, Occurrence] | None:
        answers: tuple[tuple[str, Status], ...] = (("answer-no", "absent"), ("answer-yes", "present"))
        for kind, status in answers:
            # The longest first: "no no" ends where "no" does not.
            for cue in reversed(self._in_sentence(kind, place)):
                if cue.first == place:
                    return status, cue
        return None

    def _bare(self, start: int, end: int) -> bool:
        """Whether these words are a mere heading ("Fever."), of nobody in particular, that a next sentence may answer."""
        return end - start <= 5 and not any(stem in self._persons for stem in self._reading.stems[start:end])

    def _starts_answer(self, place: int) -> bool:
        return self._reading.stops[place] not in ("", ",")

    def _ends_answer(self, place: int) -> bool:
        """Whether an answer ends before this word: punctuation, the end, or a new clause ("no but", "no i feel fine")."""
        reading = self._reading
        return place >= len(reading) or reading.stops[place] != "" or place in self._stop_at or reading.stems[place] in self._subjects

    def _denied_before(self, first: int, last: int) -> Assertion | None:
        for cue in reversed(self._in_sentence("negation", first)):
            if cue.last > first or first - cue.last > _FARTHEST:
                continue
            if not (self._closed(cue.last, first, last) or self._spent(cue, first) or self._contrasted(cue, first)):
                return self._by("absent", cue)
        return None

    def _spent(self, cue: Occurrence, first: int) -> bool:
        """Whether the denial lies in a phrase that was over before word `first`, and did not go on ("no history of")."""
        end = self._phrase_end.get(cue.first, first + 1)
        return end <= first and end not in self._continues_at

    def _contrasted(self, cue: Occurrence, first: int) -> bool:
        """Whether an "and a ..." came between: "no" takes things without an article, so "no fever and a rash" has a rash."""
        if self._reading.words[cue.last - 1] != "no":
            return False
        return any(place in self._article_at and self._reading.stems[place - 1] in self._joiners for place in range(cue.last + 1, first + 1))

    def _closed(self, start: int, first: int, last: int) -> bool:
        """Whether a scope opened before word `start` has ended by the concept at [first, last)."""
        reading = self._reading
        for place in range(start, first + 1):
            if place > start and place < first and place in self._stop_at:
                return True
            if place == start and place < first and place in self._stop_at:
                return True
            if place == start:
                if reading.stops[place] in (";", "."):
                    return True
                continue
            stop = reading.stops[place]
            if stop in (";", ":", ".", "?"):
                return True
            joined = reading.stems[place - 1] in self._joiners and place - 1 >= start
            if (stop == "," or joined) and self._new_clause(place, last):
                return True
        return False

    def _new_clause(self, place: int, last: int) -> bool:
        """Whether a clause of its own starts at this word, rather than the next item of a list."""
        if self._reading.stems[place] in self._subjects:
            return True
        return any(cue.first == place for cue in self._in_sentence("clause-start", place))

    def _denied_after(self, first: int, last: int) -> Assertion | None:
        for kind, status in (("negation-after", "absent"), ("resolved", "past")):
            for cue in self._in_sentence(kind, first):
                # "It was numb but it went away": the link keeps speaking of the same thing.
                links = self._linked_at if kind == "resolved" else frozenset()
                if cue.first >= last and cue.first - last <= 6 and not self._closed_after(last, cue.first, links):
                    if status == "past" and self._again(first):
                        continue
                    return self._by(status, cue)  # type: ignore[arg-type]
        return None

    def _closed_after(self, start: int, end: int, links: Collection[int] = ()) -> bool:
        """Whether something ends between a concept before word `start` and a cue at word `end`; `links` do not."""
        stops = self._reading.stops
        return any(
            stops[place] in (";", ".", "?") or (place < end and place in self._stop_at and place not in links) for place in range(start, end + 1)
        )

    def _again(self, place: int) -> bool:
        return bool(self._in_sentence("again", place))

    def _asked_about(self, first: int, last: int) -> Assertion | None:
        for cue in reversed(self._in_sentence("hypothetical", first) + self._in_sentence("fear", first)):
            if cue.first < first and not self._closed(cue.last, first, last):
                return self._by("hypothetical", cue)
        for cue in self._in_sentence("hypothetical-after", first):
            if cue.first >= last and cue.first - last <= 4 and not self._closed_after(last, cue.first):
                return self._by("hypothetical", cue)
        start, end = self._sentence_start[first], self._sentence_end[first]
        for cue in self._in_sentence("asking", first):
            # A question put in general ("can a full bladder ..."): nobody in particular is said to be affected.
            opens = cue.first == start or self._reading.stops[cue.first] == "," or self._reading.stems[cue.first - 1] in self._joiners
            if opens and cue.first < first and not any(self._reading.stems[place] in self._persons for place in range(start, end)):
                return self._by("hypothetical", cue)
        return None

    def _past(self, first: int, last: int) -> Assertion | None:
        if self._again(first):
            return None
        for cue in self._in_sentence("past", first):
            if cue.last <= first and not self._closed_wide(cue.last, first):
                return self._by("past", cue)
            if cue.first >= last and not self._closed_wide(last, cue.first):
                return self._by("past", cue)
        return None

    def _closed_wide(self, start: int, end: int) -> bool:
        """As `_closed`, for time: "last year I lost my job, and my legs went" is one time until a "now" or a "but"."""
        reading = self._reading
        return any(
            (place > start and reading.stops[place] in (";", ".", "?")) or (start <= place < end and place in self._stop_at)
            for place in range(start, end + 1)
            if place < len(reading)
        )

    def _other(self, first: int, last: int) -> Assertion | None:
        for cue in self._in_sentence("family-history", first):
            if cue.first <= first and cue.last <= last and not self._closed(cue.last, first, last):
                return self._by("other", cue)
            if cue.first >= last and cue.first - last <= 3:
                return self._by("other", cue)
        return None
