"""Text -> sentences, words, repaired words, stems. Knows no topic and no symptom.

A `Reading` keeps, for every word, where it stands in the text as typed, so that whoever finds something
can show the user's own words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec
import Stemmer

from backspasm_cli.packed import Packed, pack

_WORD = re.compile(r"[^\W\d_]+(?:['\u2018\u2019\u02bc`\u00b4][^\W\d_]+)*\d*|\d+(?:[.,]\d+)?")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_SENTENCE_END = ".!?\n\r\u2026\u3002\u0964"
_CLAUSE_END = ";:\u2013\u2014()[]|"

#: A longer "word" is a paste accident or an attack, and no typo of anything.
_LONGEST_REPAIRED = 24
_SHORTEST_REPAIRED = 4
_MOST_REMEMBERED = 10_000  # words as typed, with what they were taken for

_stemmer = Stemmer.Stemmer("english")


class Repair(msgspec.Struct, frozen=True):
    """A word taken for another: the word as typed, and the known word."""

    typed: str
    taken_for: str


def fold(word: str) -> str:
    """A word without case, apostrophes and typographic variants: "CAN'T" -> "cant"."""
    if word.isascii():
        return word.replace("'", "").replace("`", "").lower()
    return unicodedata.normalize("NFKC", _APOSTROPHES.sub("", word)).casefold()


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """The Snowball English stem of one folded word."""
    return str(_stemmer.stemWord(word))


def words_of(text: str) -> list[str]:
    """The folded words of a text, unrepaired."""
    return [fold(match) for match in _WORD.findall(text)]


def stems_of(text: str) -> tuple[str, ...]:
    """The stems of the words of a text, unrepaired: how phrases are compared."""
    return tuple(stem(word) for word in words_of(text))


class VocabularyTables(msgspec.Struct, frozen=True):
    """The known words, ready to be stored.

    `words` has the rank of each by how common it is, the commonest first; `alike` lists those that share a length and a
    beginning or end ("5^sp", "5sm$"), where a mistyped word is looked for; `spellings` are variants taken for a word without
    asking ("wks" for "weeks").
    """

    words: memoryview
    alike: memoryview
    spellings: dict[str, str]


def vocabulary_tables(words: Iterable[str], spellings: Mapping[str, str]) -> VocabularyTables:
    """Tables of the known words, given the commonest first."""
    ranks: dict[str, bytes] = {}
    alike: dict[str, list[str]] = {}
    for word in words:
        ranks.setdefault(word, len(ranks).to_bytes(4, "little"))
    for word in ranks:
        if len(word) >= _SHORTEST_REPAIRED and word.isalpha():
            for key in (_key(len(word), start=word[:1]), _key(len(word), start=word[:2]), _key(len(word), end=word[-2:])):
                alike.setdefault(key, []).append(word)
    found = {key: " ".join(listed).encode() for key, listed in alike.items()}
    return VocabularyTables(memoryview(pack(ranks)), memoryview(pack(found)), dict(spellings))


def _key(length: int, *, start: str = "", end: str = "") -> str:
    return f"{length}^{start}" if start else f"{length}{end}$"


class Vocabulary:
    """The words that are known here, with which unknown ones are repaired.

    `plain_words` reads a text of ordinary words, one a line, that are correct as they stand and must never be repaired into
    something else.
    """

    def __init__(self, tables: VocabularyTables, plain_words: Callable[[], str] = str) -> None:
        self._ranks, self._alike, self._spellings = Packed(tables.words), Packed(tables.alike), tables.spellings
        self._read_plain = plain_words
        self._plain = ""
        self._cache: dict[str, tuple[str, ...]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._ranks

    def is_plain(self, word: str) -> bool:
        """Whether the word is an ordinary word of the language."""
        if not self._plain:  # read when the first unknown word comes along: most questions have none
            self._plain = f"\n{self._read_plain()}\n"
        return f"\n{word}\n" in self._plain

    def repaired(self, word: str) -> tuple[str, ...]:
        """The known word (or two, for a missing space) that `word` was meant to be; itself when nothing is near."""
        found = self._cache.get(word)
        if found is None:
            found = self._repair(word)
            if len(self._cache) > _MOST_REMEMBERED:  # a stream of nonsense must not grow memory without end
                self._cache.clear()
            self._cache[word] = found
        return found

    def _repair(self, word: str) -> tuple[str, ...]:
        if spelling := self._spellings.get(word):
            return tuple(spelling.split())
        if word in self:
            return (word,)
        size = len(word)
        if size < _SHORTEST_REPAIRED or size > _LONGEST_REPAIRED or not word.isalpha() or self.is_plain(word):
            return (word,)
        if squeezed := self._squeezed(word):
            return (squeezed,)
        if near := self._nearest(word, 1):
            return (near,)
        if parts := self._split(word):
            return parts
        if size >= 7 and (near := self._nearest(word, 2)):
            return (near,)
        return (word,)

    def _squeezed(self, word: str) -> str | None:
        """The known word behind a drawn-out one: "paaaain" -> "pain"."""
        if not re.search(r"(.)\1\1", word):
            return None
        for length in (r"\1\1", r"\1"):
            shorter = re.sub(r"(.)\1{2,}", length, word)
            if shorter in self or self.is_plain(shorter):
                return shorter
        return None

    def _nearest(self, word: str, edits: int) -> str | None:
        from rapidfuzz import process  # 10 ms, which only a question with an unknown word waits for
        from rapidfuzz.distance import OSA

        size = len(word)
        found = process.extract(word, self._candidates(word, edits), scorer=OSA.distance, score_cutoff=edits, limit=12)
        if size < 5:
            # In a short word one edit easily makes another word: keep to swaps and to missing or doubled letters inside.
            found = [hit for hit in found if len(hit[0]) != size or sorted(hit[0]) == sorted(word)]
        if not found:
            return None

        def unlikeliness(hit: tuple[str, float, int]) -> tuple[float, bool, bool, int]:
            known, distance, _ = hit
            swapped = sorted(known) == sorted(word)
            return (distance, known[0] != word[0], not swapped, int.from_bytes(self._ranks.get(known) or b"", "little"))

        return str(min(found, key=unlikeliness)[0])

    def _candidates(self, word: str, edits: int) -> list[str]:
        """The known words among which all within one edit are, and those within two that begin alike."""
        keys: list[str] = []
        for length in range(len(word) - edits, len(word) + edits + 1):
            if edits > 1:
                keys += (_key(length, start=letter) for letter in {word[0], word[1]})
            elif len(word) < 5:
                keys.append(_key(length, start=word[0]))
            else:  # one edit cannot change the first two letters and the last two
                keys += (_key(length, start=word[:2]), _key(length, end=word[-2:]))
        listed = (self._alike.get(key) for key in keys)
        return list(dict.fromkeys(known for entry in listed if entry for known in str(entry, "utf-8").split()))

    def _split(self, word: str) -> tuple[str, str] | None:
        """Two words typed without the space between them."""
        best: tuple[int, tuple[str, str]] | None = None
        for cut in range(2, len(word) - 1):
            head, tail = word[:cut], word[cut:]
            if len(word) >= 6 and head in self and tail in self:
                weight = min(len(head), len(tail))
                if weight >= 2 and (best is None or weight > best[0]):
                    best = (weight, (head, tail))
        return best[1] if best and (best[0] >= 3 or best[1][0] in {"my", "im", "is", "to"}) else None


class Reading:
    """A text as read: parallel lists, one entry a word.

    `words` are folded and repaired, `stems` their stems, `spans` their (start, end) in the text as typed, `stops` the
    strongest punctuation before each ("" none, "," a comma, ";" the end of a clause, "." the end of a sentence, "?" of a question).
    """

    __slots__ = ("_sentence_numbers", "repairs", "spans", "stems", "stops", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[str] = []
        self.stems: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self.stops: list[str] = []
        self.repairs: dict[int, Repair] = {}
        self._sentence_numbers: list[int] | None = None

    def __len__(self) -> int:
        return len(self.words)

    def sentences(self) -> Iterator[tuple[int, int]]:
        """The (first, past the last) word of every sentence. A text without full stops is cut, so that none is endless."""
        start = 0
        for number, stop in enumerate(self.stops):
            if number > start and (stop in _SENTENCE_STOPS or number - start >= _LONGEST_SENTENCE):
                yield (start, number)
                start = number
        if start < len(self.words):
            yield (start, len(self.words))

    def windows(self) -> Iterator[Reading]:
        """The reading in parts of some pages that overlap by half; most texts are one part, which is the reading itself.

        What is pages apart is not said of one thing, and a book on standard input must not fill the memory.
        """
        if len(self) <= _WINDOW:
            yield self
            return
        starts = [first for first, _ in self.sentences()]
        first = 0
        while True:
            last = next((start for start in starts if start - first >= _WINDOW), len(self))
            part = Reading(self.text)
            part.words, part.stems = self.words[first:last], self.stems[first:last]
            part.spans, part.stops = self.spans[first:last], self.stops[first:last]
            yield part
            if last == len(self):
                return
            starts = [start for start in starts if start - first >= _WINDOW // 2]
            first = starts[0]

    @property
    def sentence_numbers(self) -> list[int]:
        """For every word, the number of its sentence."""
        if self._sentence_numbers is None:
            self._sentence_numbers = [number for number, (first, last) in enumerate(self.sentences()) for _ in range(first, last)]
        return self._sentence_numbers

    def quote(self, first: int, last: int) -> tuple[int, int, str]:
        """Start, end and text, as typed, of the words from `first` up to but not including `last`."""
        start, end = self.spans[first][0], self.spans[last - 1][1]
        return start, end, self.text[start:end]


_SENTENCE_STOPS = frozenset(".?")
_WINDOW = 2000  # words, some five pages
_LONGEST_SENTENCE = 80  # words; people who dictate without a full stop say one thing in fewer


def _stop(between: str) -> str:
    """The strongest punctuation in what stands between two words."""
    if between == " ":
        return ""
    if "?" in between:
        return "?"
    if any(mark in between for mark in _SENTENCE_END):
        return "."
    if any(mark in between for mark in _CLAUSE_END) or " -" in between or "- " in between:
        return ":" if ":" in between else ";"
    return "," if "," in between or "/" in between or "\u060c" in between else ""


def read(text: str, vocabulary: Vocabulary) -> Reading:
    """Read a text of any length and content; time grows linearly with it."""
    reading = Reading(text)
    words, spans, stops, repairs = reading.words, reading.spans, reading.stops, reading.repairs
    end = 0
    for match in _WORD.finditer(text):
        start = match.start()
        stop = _stop(text[end:start]) if words else ""
        end = match.end()
        typed = fold(match[0])
        known = vocabulary.repaired(typed)
        if known[0] != typed or len(known) > 1:
            repairs[len(words)] = Repair(typed, " ".join(known))
        for word in known:
            words.append(word)
            spans.append((start, end))
            stops.append(stop)
            stop = ""
    reading.stems.extend(map(stem, words))
    return reading
