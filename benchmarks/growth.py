"""A growing base: load time, memory and time a question at one thousand to a million phrasings, beside the peers in the same run.

    python benchmarks/growth.py [--sizes 1500,15000,150000] [--questions N] [--json FILE]

Needs the packages of the dependency group `benchmark`; a peer whose package is missing is left out with a line that says so.

The bases are made from the bundled topics. Each new topic takes a bundled one as its mould: little words stay, so that they
are as common as people make them, and words of content are exchanged for made-up ones, drawn so that the vocabulary grows
with about the 0.6th power of the text (Heaps' law) and a few of its words are in most topics' mouths (Zipf's law). Questions are
phrasings that the base does not hold, one word left out and one mistyped. Every size and every engine runs in a process of
its own, so that memory is its own too.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from backspasm_cli.answering import engine_for
from backspasm_cli.knowledge import Evidence, Topic, TopicFile, bundled
from backspasm_cli.language import words_of

SYLLABLES = [f"{head}{vowel}" for head in "bcdfghklmnprstvz" for vowel in ("a", "e", "i", "o", "u", "ar", "en", "il", "om", "us")]
PHRASINGS = 40  # a topic, about as many as a bundled one has
ENGINES = ["spasm", "rapidfuzz token_set_ratio", "rapidfuzz WRatio", "SQLite FTS5", "bm25s", "tantivy"]
TOO_SLOW = {"rapidfuzz token_set_ratio": 200_000, "rapidfuzz WRatio": 200_000}  # above, a question takes more than a second

#: One question in, the number of the best topic out.
Rank = Callable[[str], int]


def made_up(number: int) -> str:
    """The made-up word of that number, always the same."""
    word = ""
    number += len(SYLLABLES)
    while number:
        number, rest = divmod(number, len(SYLLABLES))
        word += SYLLABLES[rest]
    return word


def topics_of(size: int, chance: random.Random) -> Iterator[list[str]]:
    """The phrasings of one made-up topic after the other, `size` in all; one more in each is kept back as a question."""
    moulds = [[topic.question, *topic.phrasings] for topic in bundled().topics.values()]
    counts: dict[str, int] = {}
    for mould in moulds:
        for word in {word for text in mould for word in words_of(text)}:
            counts[word] = counts.get(word, 0) + 1
    vocabulary = int(30 * size**0.6)
    for number in range(size // PHRASINGS):
        mould = moulds[number % len(moulds)]
        meant: dict[str, str] = {}

        def other(word: str, meant: dict[str, str] = meant) -> str:
            if counts.get(word, 0) > len(moulds) / 5:
                return word
            if word not in meant:
                meant[word] = made_up(int(vocabulary ** chance.random() ** 0.5))
            return meant[word]

        texts = [" ".join(map(other, words_of(text))) for text in mould]
        found = list(dict.fromkeys(texts))
        while len(found) <= PHRASINGS:
            one, two = chance.choice(texts).split(), chance.choice(texts).split()
            found.append(" ".join([*one[: chance.randint(1, len(one))], *two[chance.randint(0, len(two) - 1) :]]))
        chance.shuffle(found)
        yield found[: PHRASINGS + 1]


def asked(phrasing: str, chance: random.Random) -> str:
    """A phrasing as somebody might type it: a word left out, a letter swapped."""
    words = phrasing.split()
    if len(words) > 3:
        words.pop(chance.randrange(len(words)))
    place = max(range(len(words)), key=lambda number: len(words[number]))
    word = words[place]
    if len(word) > 4:
        cut = chance.randint(1, len(word) - 3)
        words[place] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def write_base(folder: Path, size: int, count: int) -> None:
    """A base of `size` phrasings as topics.json, and questions with the number of their topic as questions.json."""
    chance = random.Random(size)  # the same base on every run
    topics: list[Topic] = []
    questions: list[tuple[str, int]] = []
    for number, (kept_back, *phrasings) in enumerate(topics_of(size, chance)):
        topics.append(
            Topic(
                id=f"topic-{number}",
                question=f"{phrasings[0]}?",
                phrasings=phrasings[1:],
                summary=phrasings[0],
                evidence=Evidence(level="limited", why="made up"),
                reviewed="2026-11",
            )
        )
        questions.append((asked(kept_back, chance), number))
    folder.joinpath("topics.json").write_bytes(msgspec.json.encode(TopicFile(group="made-up", title="Made up", topics=topics)))
    chosen = [questions[number * len(questions) // count % len(questions)] for number in range(count)]
    folder.joinpath("questions.json").write_text(json.dumps(chosen), encoding="utf-8")


def texts_of(folder: Path) -> tuple[list[str], list[int]]:
    """Every phrasing, and the number of its topic."""
    texts: list[str] = []
    owners: list[int] = []
    for number, topic in enumerate(msgspec.json.decode(folder.joinpath("topics.json").read_bytes(), type=TopicFile).topics):
        for text in (topic.question, *topic.phrasings):
            texts.append(text)
            owners.append(number)
    return texts, owners


def spasm(folder: Path) -> Rank:
    """Our own matcher: typos, lexicon and evidence over a topic, on a base without the bundled topics."""
    engine = engine_for([folder / "topics.json"], with_bundled=False)
    matcher = engine.matcher

    def rank(question: str) -> int:
        found = matcher.match(engine.read(question), top=3).candidates
        return int(found[0].topic.removeprefix("topic-")) if found else -1

    return rank


def fuzzy(folder: Path, scorer: str) -> Rank:
    """A scorer of rapidfuzz over all phrasings."""
    from rapidfuzz import fuzz, process

    texts, owners = texts_of(folder)

    def rank(question: str) -> int:
        hit = process.extractOne(question, texts, scorer=getattr(fuzz, scorer))
        return owners[hit[2]] if hit else -1

    return rank


def fts5(folder: Path) -> Rank:
    """SQLite's full-text search, any of the words, ranked by BM25."""
    import sqlite3

    texts, owners = texts_of(folder)
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table phrasing using fts5(text, tokenize='porter')")
    base.executemany("insert into phrasing(rowid, text) values (?, ?)", enumerate(texts))

    def rank(question: str) -> int:
        words = " OR ".join(f'"{word}"' for word in words_of(question))
        hit = base.execute("select rowid from phrasing where phrasing match ? order by rank limit 1", (words,)).fetchone()
        return owners[hit[0]] if hit else -1

    return rank


def bm25(folder: Path) -> Rank:
    """BM25 in NumPy."""
    import bm25s
    import Stemmer

    texts, owners = texts_of(folder)
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)

    def rank(question: str) -> int:
        tokens = bm25s.tokenize([question], stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False)
        if not tokens[0]:
            return -1
        found, _ = index.retrieve(tokens, k=1, show_progress=False)
        return owners[int(found[0][0])]

    return rank


def tantivy(folder: Path) -> Rank:
    """A search library in Rust, any of the words, ranked by BM25."""
    import tantivy as engine

    texts, owners = texts_of(folder)
    builder = engine.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="en_stem")
    builder.add_unsigned_field("owner", stored=True)
    index = engine.Index(builder.build())
    writer = index.writer()
    for text, owner in zip(texts, owners, strict=True):
        writer.add_document(engine.Document(text=text, owner=owner))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(question: str) -> int:
        hits = searcher.search(index.parse_query(" ".join(words_of(question)), ["text"]), 1).hits
        return int(searcher.doc(hits[0][1])["owner"][0]) if hits else -1

    return rank


def measure(engine: str, folder: Path) -> dict[str, float]:
    """Load an engine and ask it every question; seconds, milliseconds, megabytes and the share of right topics."""
    questions: list[tuple[str, int]] = json.loads(folder.joinpath("questions.json").read_text(encoding="utf-8"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    if engine == "spasm":
        rank = spasm(folder)
    elif engine.startswith("rapidfuzz"):
        rank = fuzzy(folder, engine.split()[1])
    else:
        rank = {"SQLite FTS5": fts5, "bm25s": bm25, "tantivy": tantivy}[engine](folder)
    rank(questions[0][0])
    load = time.perf_counter() - start
    times: list[float] = []
    right = 0
    for question, number in questions:
        start = time.perf_counter()
        right += rank(question) == number
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return {
        "load_s": load,
        "p50_ms": statistics.median(times),
        "p99_ms": times[int(len(times) * 0.99)],
        "mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "p_at_1": right / len(questions),
    }


def in_own_process(engine: str, folder: Path, cache: Path) -> dict[str, float] | None:
    """`measure` in a new process; None, with a line on stderr, where it failed."""
    command = [sys.executable, __file__, "--engine", engine, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"XDG_CACHE_HOME": str(cache)})
    if done.returncode:
        print(f"{engine}: left out: {(done.stderr.splitlines() or ['it ended without a word'])[-1]}", file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Make the bases, measure every engine on each, and print one table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1500,15000,150000")
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        print(json.dumps(measure(options.engine, options.folder)))
        return
    results: list[dict[str, object]] = []
    print(f"{'phrasings':>9}  {'engine':26} {'load s':>8} {'p50 ms':>8} {'p99 ms':>8} {'MB':>7} {'P@1':>6}")
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as place:
            folder, cache = Path(place), Path(place, "cache")
            write_base(folder, size, options.questions)
            rows = [("spasm, first use of the base", "spasm"), *((name, name) for name in ENGINES)]
            for label, engine in rows:
                if size > TOO_SLOW.get(engine, size):
                    continue
                found = in_own_process(engine, folder, cache)
                if found:
                    print(
                        f"{size:9,}  {label:26} {found['load_s']:8.2f} {found['p50_ms']:8.2f} {found['p99_ms']:8.2f}"
                        f" {found['mb']:7.0f} {found['p_at_1']:6.3f}",
                        flush=True,
                    )
                    results.append({"phrasings": size, "engine": label} | found)
    if options.json:
        machine = {"machine": platform.machine(), "python": platform.python_version(), "cores": os.cpu_count()}
        options.json.write_text(json.dumps(machine | {"results": results}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
