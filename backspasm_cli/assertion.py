"""Whether a concept, at a place in a text, is present, denied, past, asked about, figurative, or somebody else's.

In the tradition of NegEx (Chapman 2001) and ConText (Harkema 2009): cues open a scope to one side, and the scope
runs until something ends it. The cues are data; this module knows how scopes behave.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, takewhile
from operator import attrgetter
from typing import Literal

import msgspec

from backspasm_cli.concepts import ConceptIndex, ConceptTables
from backspasm_cli.language import Reading

Status = Literal["present", "absent", "past", "hypothetical", "figurative", "other"]

_ANSWERS: tuple[tuple[str, Status], ...] = (("answer-no", "absent"), ("answer-yes", "present"))
_first_word = attrgetter("first")
_NO_CUES: list[Cue] = []
_FARTHEST = 14  # words over which a denial reaches in one clause; lists run long, stories do not


class Assertion(msgspec.Struct, frozen=True):
    """What is asserted of a concept, and the cue that decided: its words and their place, ("", -1, -1) where none did."""

    status: Status
    cue: str = ""
    start: int = -1
    end: int = -1


PRESENT = Assertion("present")


class Cue(msgspec.Struct, frozen=True, gc=False):
    """The words of a cue: from `first` up to but not including `last`."""

    first: int
    last: int


class AssertionTables(msgspec.Struct, frozen=True):
    """Compiled cues, ready to be stored."""

    cues: ConceptTables
    subjects: list[str]
    persons: list[str]
    joiners: list[str]


class AssertionReader:
    """Finds the cues of a text once; asking about a concept is then cheap."""

    def __init__(self, tables: AssertionTables) -> None:
        self._index = ConceptIndex(tables.cues)
        self._subjects = frozenset(tables.subjects)
        self._persons = frozenset(tables.persons)
        self._joiners = frozenset(tables.joiners)

    def scopes(self, reading: Reading) -> Scopes:
        """Find every cue in the reading."""
        cues = self._index.find(reading)
        found = {kind: [Cue(*span) for span in cues.spans(kind)] for kind in cues.names}
        return Scopes(reading, found, self._subjects, self._persons, self._joiners)


class Scopes:
    """The cues of one reading. `assertion` tells what is asserted of the concept at given words."""

    def __init__(
        self,
        reading: Reading,
        cues: Mapping[str, list[Cue]],
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
        self._cues: dict[tuple[str, int], list[Cue]] = {}
        for kind, found in cues.items():
            for cue in self._drop_spoilt(kind, found, cues):
                self._cues.setdefault((kind, self._sentence_start[cue.first]), []).append(cue)
        self._stop_at = {place for cue in cues.get("stop", ()) for place in range(cue.first, cue.last)}
        self._clause_at = {cue.first for cue in cues.get("clause-start", ())}
        self._continues_at = {cue.first for cue in cues.get("negation-continues", ())}
        self._article_at = {cue.first for cue in cues.get("article", ())}
        # A phrase that is a whole denial ("no injury") ends it, even where no punctuation does: "no injury numb foot".
        self._phrase_end = {place: phrase.last for phrase in cues.get("negation-phrase", ()) for place in range(phrase.first, phrase.last)}
        self._answers = {(kind, cue.first): cue for kind in ("answer-no", "answer-yes") for cue in cues.get(kind, ())}  # the longest stays
        self._asking: dict[int, list[Cue]] = {}
        # For every word, the next place that ends a scope, so that asking costs the same over any distance.
        stops = reading.stops
        self._next_stop = self._next(self._stop_at.__contains__, size)
        self._next_pause = self._next(lambda place: stops[place] in (";", ".", "?"), size)
        self._next_break = self._next(lambda place: stops[place] in (";", ":", ".", "?") or self._new_clause(place), size)

    @staticmethod
    def _next(ends: Callable[[int], bool], size: int) -> list[int]:
        """For every word (and past the last), the first place from there on where something ends; beyond all where nothing does."""
        found = [size + 1] * (size + 2)
        for place in range(size - 1, -1, -1):
            found[place] = place if ends(place) else found[place + 1]
        return found

    @staticmethod
    def _drop_spoilt(kind: str, found: list[Cue], cues: Mapping[str, list[Cue]]) -> list[Cue]:
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
                return PRESENT if decided.status in ("absent", "other") and self._taken_back(first, last) else decided
        return PRESENT

    def _taken_back(self, first: int, last: int) -> bool:
        """Whether the end of the sentence turns a denial round: "Mum never had cancer but I did", "I said not numb, but I am"."""
        stops = self._reading.stops
        return any(cue.first >= last and (cue.last >= len(stops) or stops[cue.last] != "") for cue in self._in_sentence("reversal", first))

    def _by(self, status: Status, cue: Cue) -> Assertion:
        start, end, words = self._reading.quote(cue.first, cue.last)
        return Assertion(status, words, start, end)

    def _in_sentence(self, kind: str, place: int) -> list[Cue]:
        return self._cues.get((kind, self._sentence_start[place]), _NO_CUES)

    def _before(self, kind: str, place: int) -> Iterator[Cue]:
        """The cues of the sentence that start before this word, nearest first."""
        cues = self._in_sentence(kind, min(place, len(self._reading) - 1))
        return (cues[number] for number in range(bisect_left(cues, place, key=_first_word) - 1, -1, -1))

    def _after(self, kind: str, first: int, last: int, reach: int) -> Iterator[Cue]:
        """The cues in the sentence of word `first` that start from word `last` on, up to `reach` words later."""
        cues = self._in_sentence(kind, first)
        return takewhile(lambda cue: cue.first - last <= reach, islice(cues, bisect_left(cues, last, key=_first_word), None))

    def _figurative(self, first: int, last: int) -> Assertion | None:
        for cue in self._before("figurative", last):
            if first < cue.last:
                return self._by("figurative", cue)
            if first - cue.first > _FARTHEST:
                break
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
        if place >= size or (place == last and reading.stops[place] not in (":", "?", ";", ".", ",")):
            return None
        stop = reading.stops[place]
        if stop in ("", ","):
            return None
        if stop == "." and not self._bare(self._sentence_start[first], last):
            return None
        answer = self._answer_at(place)
        return self._by(*answer) if answer is not None and self._ends_answer(answer[1].last) else None

    def _answer_at(self, place: int) -> tuple[Status, Cue] | None:
        for kind, status in _ANSWERS:
            cue = self._answers.get((kind, place))
            if cue is not None:
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
        for cue in self._before("negation", first):
            if first - cue.last > _FARTHEST:
                break
            if cue.last <= first and not (self._closed(cue.last, first) or self._spent(cue, first) or self._contrasted(cue, first)):
                return self._by("absent", cue)
        return None

    def _spent(self, cue: Cue, first: int) -> bool:
        """Whether the denial lies in a phrase that was over before word `first`, and did not go on ("no history of")."""
        end = self._phrase_end.get(cue.first, first + 1)
        return end <= first and end not in self._continues_at

    def _contrasted(self, cue: Cue, first: int) -> bool:
        """Whether an "and a ..." came between: "no" takes things without an article, so "no fever and a rash" has a rash."""
        if self._reading.words[cue.last - 1] != "no":
            return False
        return any(
            place in self._article_at and self._reading.stems[place - 1] in self._joiners for place in range(cue.last + 1, first + 1)
        )

    def _closed(self, start: int, first: int) -> bool:
        """Whether a scope opened before word `start` has ended by the concept at word `first`."""
        if start > first:
            return False
        return self._next_stop[start] < first or self._next_break[start + 1] <= first or self._reading.stops[start] in (";", ".")

    def _new_clause(self, place: int) -> bool:
        """Whether a clause of its own starts at this word, rather than the next item of a list."""
        reading = self._reading
        if reading.stops[place] != "," and (place == 0 or reading.stems[place - 1] not in self._joiners):
            return False
        return reading.stems[place] in self._subjects or place in self._clause_at

    def _denied_after(self, first: int, last: int) -> Assertion | None:
        for cue in self._after("negation-after", first, last, 6):
            if not self._closed_after(last, cue.first):
                return self._by("absent", cue)
        if not self._again(first):
            for cue in self._after("resolved", first, last, 6):
                if not self._closed_after(last, cue.first):
                    return self._by("past", cue)
        return None

    def _closed_after(self, start: int, end: int) -> bool:
        """Whether something ends between a concept before word `start` and a cue at word `end`."""
        return self._next_stop[start] < end or self._next_pause[start] <= end

    def _again(self, place: int) -> bool:
        return bool(self._in_sentence("again", place))

    def _asked_about(self, first: int, last: int) -> Assertion | None:
        for kind in ("hypothetical", "fear"):
            for cue in self._before(kind, first):
                if self._closed(cue.last, first):
                    break  # what ends this scope ends those of earlier cues
                return self._by("hypothetical", cue)
        for cue in self._after("hypothetical-after", first, last, 4):
            if not self._closed_after(last, cue.first):
                return self._by("hypothetical", cue)
        for cue in self._general_questions(self._sentence_start[first]):
            if cue.first >= first:
                break
            if cue.last <= first or last <= cue.last:
                return self._by("hypothetical", cue)
        return None

    def _general_questions(self, start: int) -> list[Cue]:
        """The cues with which the sentence at word `start` asks in general ("can a full bladder ..."), of nobody in particular."""
        found = self._asking.get(start)
        if found is None:
            reading = self._reading
            found = self._asking[start] = [
                cue
                for cue in self._in_sentence("asking", start)
                if cue.first == start or reading.stops[cue.first] == "," or reading.stems[cue.first - 1] in self._joiners
            ]
            if found and not self._persons.isdisjoint(reading.stems[start : self._sentence_end[start]]):
                found.clear()
        return found

    def _past(self, first: int, last: int) -> Assertion | None:
        if self._again(first):
            return None
        for cue in self._before("past", first):
            if cue.last <= first:
                if self._closed_wide(cue.last, first):
                    break
                return self._by("past", cue)
        for cue in self._after("past", first, last, len(self._reading)):
            closed = self._closed_wide(last, cue.first) or self._next_pause[last] <= cue.first
            return None if closed else self._by("past", cue)
        return None

    def _closed_wide(self, start: int, end: int) -> bool:
        """As `_closed`, for time: "last year I lost my job, and my legs went" is one time until a "now" or a "but"."""
        return self._next_stop[start] < end or self._next_pause[start + 1] <= end

    def _other(self, first: int, last: int) -> Assertion | None:
        for cue in self._before("family-history", first + 1):
            if cue.last <= last:
                if self._closed(cue.last, first):
                    break
                return self._by("other", cue)
        for cue in self._after("family-history", first, last, 3):
            return None if self._next_pause[last] <= cue.first else self._by("other", cue)
        return None
