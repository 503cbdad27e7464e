"""The command line as people and scripts meet it: the real program in a process of its own."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ENVIRONMENT, Spasm, topic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from backspasm_cli.cli import app
from backspasm_cli.knowledge import bundled

WriteBase = Callable[..., Path]
EIGHT = {
    "How do you relieve back spasms?": "relieve-back-spasms",
    "How serious are back spasms?": "how-serious",
    "What do back spasms feel like?": "what-it-feels-like",
    "How long do back spasms usually last?": "how-long-they-last",
    "How do you cure back spasms?": "how-to-treat",
    "Why am I having constant back spasms?": "constant-spasms-why",
    "What does back muscle spasm feel like?": "muscle-hard-or-twitching",
    "What causes sharp spasms on left side lower back?": "sharp-left-lower-back",
}
#: Five other wordings of each founding question, typos and all.
REWORDED = {
    "relieve-back-spasms": ["ways to ease a cramping back", "what eases teh grip in my back", "tips for releif from spasms", "how can i calm my back muscles down", "anything that loosens a spasm"],
    "how-serious": ["should i be worryed about a back spasm", "are they dangerous", "is a spasm in the back a sign of sumthing bad", "can this be serius", "how bad is a back spasm really"],
    "what-it-feels-like": ["describe the feeling of a back spasm", "wat does a spasm feel like in the back", "does a back spasm feel like a sudden grab", "how would i know its a spasm from the feeling", "feels like a sudden cramp in the back is that it"],
    "how-long-they-last": ["how many days till it goes", "hw long untl a spasm stops", "when will my back be better", "whats the usual duraton", "how long does it take to get over"],
    "how-to-treat": ["whats the best treatment", "treatmnt for back spasms", "how do i fix a back spasm", "is there a cure for spasms", "what is the standard treatment for spasm of the back"],
    "constant-spasms-why": ["why wont the spasms stop", "back keeps spasming all day why", "my back has been in constent spasm", "spasms that never let up, what causes that", "why does it spasm all the time"],
    "muscle-hard-or-twitching": ["the muscle beside my spine is rock hard", "back muscle hard as a board", "i can see the muscle jumping and its tight", "hard lump of muscle in my bak", "is a spasm hard to the touch or twichy"],
    "sharp-left-lower-back": ["stabbing pain lower left back", "what causes sharp pain on the left low down", "left sided low back spasm", "sharp pains left side of my lowr back", "left lower back keeps catching"],
}  # fmt: skip


@pytest.mark.parametrize(("question", "expected"), EIGHT.items())
def test_founding_questions(engine, question: str, expected: str) -> None:  # type: ignore[no-untyped-def]
    """Each of the eight founding questions, verbatim, gets its own topic."""
    assert engine.matcher.match(engine.read(question), top=1).candidates[0].topic == expected


@pytest.mark.parametrize(("question", "expected"), [(q, name) for name, questions in REWORDED.items() for q in questions])
def test_founding_questions_in_other_words(engine, question: str, expected: str) -> None:  # type: ignore[no-untyped-def]
    """Each founding question in five other wordings, with typos, gets its topic first."""
    found = engine.matcher.match(engine.read(question), top=3)
    assert found.status != "no_match"
    assert found.candidates[0].topic == expected


@pytest.mark.parametrize("question", ["best pizza in rome", "asdf", "???", "", "backup my phone", "   ", "\U0001f355\U0001f355", "12345"])
def test_not_ours(spasm: Spasm, question: str) -> None:
    """What is not about backs gets no answer, says so on stdout, and exits 1."""
    done = spasm("ask", question, "--json")
    assert done.code == 1
    assert (done.json["status"], done.json["topic"]) == ("no_match", None)
    assert done.err == ""


def test_words_without_quotes(spasm: Spasm) -> None:
    """A question needs no quotes."""
    assert spasm("ask", "how", "long", "do", "they", "last", "--json").json["topic"]["id"] == "how-long-they-last"


@pytest.mark.parametrize("words", [("ask",), ("ask", "-")])
def test_question_from_a_pipe(spasm: Spasm, words: tuple[str, ...]) -> None:
    """Piped stdin, with or without "-", is the question."""
    assert spasm(*words, "--json", stdin="how long do\nthey last\n").json["topic"]["id"] == "how-long-they-last"


def test_warning_comes_first(spasm: Spasm) -> None:
    """A described danger sign is warned of before the answer, in every format, and the question is still answered."""
    words = ("my left arm and leg went numb and I lost control of my bladder",)
    for format_ in ("plain", "markdown"):
        done = spasm("ask", *words, "--format", format_, "--region", "GB")
        assert done.out.lstrip("> *").startswith("EMERGENCY")
        assert "999" in done.out
    found = spasm("ask", *words, "--json").json
    assert found["red_flags"][0]["level"] == "emergency"
    assert {"bladder-control", "one-sided-weakness-numbness"} <= {flag["id"] for flag in found["red_flags"]}


def test_warning_on_a_miss(spasm: Spasm) -> None:
    """A danger sign in a text that no topic answers is warned of all the same."""
    done = spasm("ask", "the pizza was good but I cannot feel my legs and I lost control of my bladder", "--json")
    assert done.json["red_flags"][0]["level"] == "emergency"


def test_matched_words_are_the_users_own(spasm: Spasm) -> None:
    """The start and end of a finding point at the words as typed."""
    question = "hello,  I cant PEE at all"
    flag = spasm("ask", question, "--json").json["red_flags"][0]
    assert question[flag["start"] : flag["end"]] == flag["matched"]


def test_keys_are_the_same_on_every_outcome(spasm: Spasm) -> None:
    """The JSON has the same keys whether answered, ambiguous or not."""
    keys = [
        "schema_version", "question", "status", "topic", "confidence", "alternatives", "red_flags", "watch_for", "emergency", "disclaimer",
    ]  # fmt: skip
    for question in ("how long do they last", "back", "pizza", "i cant pee"):
        found = spasm("ask", question, "--json").json
        assert list(found) == keys
        assert found["schema_version"] == 1
        assert list(found["emergency"]) == ["region", "number", "crisis_line"]
    topic_keys = [
        "id",
        "group",
        "question",
        "summary",
        "points",
        "cautions",
        "see_someone_if",
        "evidence",
        "sources",
        "related",
        "reviewed",
    ]
    assert list(spasm("ask", "how long do they last", "--json").json["topic"]) == topic_keys


def test_only_domain_words_are_ambiguous(spasm: Spasm) -> None:
    """A question such as "back spasm" alone gets the choice of basic topics."""
    found = spasm("ask", "back", "spasm", "--json", "--top", "5")
    assert found.code == 0
    assert (found.json["status"], found.json["topic"]) == ("ambiguous", None)
    assert len(found.json["alternatives"]) == 5


def test_top(spasm: Spasm) -> None:
    """--top bounds how many topics are named."""
    assert len(spasm("ask", "heat or ice", "--json", "--top", "1").json["alternatives"]) == 0
    assert len(spasm("ask", "heat or ice", "--json", "--top", "6").json["alternatives"]) == 5


def test_explain(spasm: Spasm) -> None:
    """--explain names the words that counted and what a typo was taken for."""
    found = spasm("ask", "is ibuprofin ok", "--json", "--explain").json["explanation"]
    assert any(reason["typed"] == "ibuprofin" for reason in found["for"])
    assert "ibuprofin" in spasm("ask", "is ibuprofin ok", "--explain").out


def test_batch_streams_in_order(spasm: Spasm) -> None:
    """--batch answers line by line, in order; a bad line gets an error object and stops nothing."""
    done = spasm("ask", "--batch", stdin=b"how long do they last\n\xff\xfe\npizza\n\n")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [line.get("status", "error") for line in lines] == ["answered", "error", "no_match", "no_match"]
    assert lines[1]["error"]["line"] == 2


def test_list_piped(spasm: Spasm) -> None:
    """Piped, the list is one id, tab, question a line, as many as there are topics."""
    lines = spasm("list").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == list(bundled().topics)
    assert all(line.count("\t") == 1 for line in lines)
    assert len(spasm("list", "relief").out.splitlines()) == len(bundled().groups["relief"].topics)


@pytest.mark.parametrize("command", [("list",), ("show", "massage"), ("flags",), ("check", "numb foot"), ("kb", "schema")])
def test_json_everywhere(spasm: Spasm, command: tuple[str, ...]) -> None:
    """Every command that shows something has JSON."""
    done = spasm(*command, *(() if command[0] == "kb" else ("--json",)))
    assert done.code == 0
    assert isinstance(done.json, dict)


def test_unknown_topic(spasm: Spasm) -> None:
    """An unknown id is one stderr line with the nearest ids, exit 2."""
    done = spasm("show", "masage")
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert "massage" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("frob",),
        ("ask", "--top", "0", "x"),
        ("ask", "--nope"),
        ("show",),
        ("ask", "--region", "XX", "x"),
        ("ask", "--add-kb", "x"),
        ("ask", "--batch", "x"),
        ("check", "--batch", "x"),
        ("ask", "--jobs", "2", "x"),
        ("check", "--ids-only", "x"),
        ("ask", "--batch", "--fields", "topic.nope"),
        ("ask", "--batch", "--fields", "topic.id", "--ids-only"),
        ("ask", "--batch", "--fields", ","),
        ("list", "nope"),
    ],
    ids=" ".join,
)
def test_wrong_use(spasm: Spasm, words: tuple[str, ...]) -> None:
    """Wrong use is one line on stderr and exit 2, never a traceback."""
    done = spasm(*words)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert done.err.startswith("spasm: ")


@pytest.mark.parametrize(("level", "code"), [("crisis", 0), ("emergency", 3), ("soon", 3)])
def test_fail_on(spasm: Spasm, level: str, code: int) -> None:
    """--fail-on exits 3 when a danger sign of that level or above is raised."""
    assert spasm("ask", "I cant pee", "--fail-on", level).code in {code, 1 if code == 0 else code}
    assert spasm("check", "I cant pee", "--fail-on", level).code == code


def test_check_finds_nothing_without_reassuring(spasm: Spasm) -> None:
    """A text without danger signs is not called safe."""
    done = spasm("check", "my back is stiff")
    assert done.code == 0
    assert "not an all-clear" in done.out


def test_guided_check_from_a_pipe(spasm: Spasm, tmp_path: Path) -> None:
    """Answers may come from a pipe or a file; an emergency stops the questions; the report can be read to a doctor."""
    done = spasm("check", "--guided", "--report", str(tmp_path / "r.md"), "--region", "GB", stdin="n\nn\ny\n")
    assert done.out.startswith("EMERGENCY")
    assert (tmp_path / "r.md").read_text().count("**no**") == 2
    (tmp_path / "answers").write_text("n\n" * 20)
    found = spasm("check", "--answers", str(tmp_path / "answers"), "--json", "--report", str(tmp_path / "r.json")).json
    assert (found["level"], found["complete"]) == ("none", True)
    assert json.loads((tmp_path / "r.json").read_text()) == found


def test_bad_answers(spasm: Spasm) -> None:
    """An answer that is none is named with its line."""
    done = spasm("check", "--guided", stdin="n\nmaybe\n")
    assert (done.code, done.err) == (2, "spasm: answers: line 2: 'maybe' is no answer; expected y, n or ?\n")


def test_own_base(spasm: Spasm, write_base: WriteBase) -> None:
    """--kb answers from one's own topics, by option or environment; --add-kb puts them on top."""
    path = str(
        write_base(topic("kettle", question="How do I descale a kettle?", phrasings=["limescale in the kettle", "kettle is furred up"]))
    )
    assert spasm("ask", "limescale kettle", "--kb", path, "--json").json["topic"]["id"] == "kettle"
    assert spasm("ask", "limescale kettle", "--json", SPASM_KB=path).json["topic"]["id"] == "kettle"
    assert spasm("ask", "how long do they last", "--kb", path, "--json").json["status"] == "no_match"
    assert spasm("ask", "how long do they last", "--kb", path, "--add-kb", "--json").json["topic"]["id"] == "how-long-they-last"


def test_flags_survive_an_own_base(spasm: Spasm, write_base: WriteBase) -> None:
    """A base of one's own keeps the warnings."""
    assert spasm("ask", "i cant pee", "--kb", str(write_base(topic())), "--json").json["red_flags"]


def test_closed_pipe_is_quiet() -> None:
    """A reader that has gone is success, without a word on stderr."""
    command = f"{sys.executable} -m backspasm_cli list | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=ENVIRONMENT, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = "how long\n" * 3000
    done = subprocess.run(["bash", "-c", f"{sys.executable} -m backspasm_cli ask --batch | head -1; exit ${{PIPESTATUS[0]}}"], input=lines.encode(), capture_output=True, env=ENVIRONMENT, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_interrupt() -> None:
    """Ctrl-C ends quietly with 130."""
    child = subprocess.Popen(
        [sys.executable, "-m", "backspasm_cli", "ask", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        # A shell that runs the tests in the background makes its children deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(b"how long\n")
    child.stdin.flush()
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, err) == (130, b"")


def on_terminal(*words: str, typed: str = "", **environment: str) -> tuple[int, str]:
    """Run the program on a pseudo-terminal, type into it, and return the exit code and all that it drew."""
    pid, handle = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "backspasm_cli", *words], ENVIRONMENT | {"TERM": "xterm-256color"} | environment)
    drawn = b""
    keys = list(typed)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([handle], [], [], 0.5)[0]:
            try:
                part = os.read(handle, 65536)
            except OSError:
                break
            if not part:
                break
            drawn += part
        elif keys:
            os.write(handle, keys.pop(0).encode())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), drawn.decode(errors="replace")


def test_drawn_on_a_terminal() -> None:
    """On a terminal an answer is drawn in colour; NO_COLOR takes the colour away, TERM=dumb every escape."""
    assert "\x1b[" in on_terminal("ask", "how", "long", "do", "they", "last")[1]
    assert "\x1b[3" not in on_terminal("ask", "how", "long", "do", "they", "last", NO_COLOR="1")[1]
    assert "\x1b" not in on_terminal("ask", "how", "long", "do", "they", "last", TERM="dumb")[1]


def test_conversation() -> None:
    """Without words on a terminal, questions are asked for until an empty line."""
    code, drawn = on_terminal("ask", typed="\n", TERM="dumb")
    assert code == 0
    assert "an empty line ends" in drawn


def test_guided_check_on_a_terminal() -> None:
    """One key answers each question, and an emergency ends them at once."""
    code, drawn = on_terminal("check", "--region", "GB", typed="xny", TERM="dumb")
    assert code == 0
    assert "Please answer y" in drawn
    assert "EMERGENCY" in drawn


def test_narrow_terminal() -> None:
    """At 40 columns nothing is wider than the terminal."""
    runner = CliRunner(env={"COLUMNS": "40", "NO_COLOR": "1"})
    result = runner.invoke(app(), ["ask", "how long do they last", "--format", "rich"])
    assert result.exit_code == 0
    assert max(len(line) for line in result.stdout.splitlines()) <= 40


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=300), st.binary(max_size=100).map(lambda data: data.decode("utf-8", "surrogateescape"))))
def test_never_crashes_never_escapes(text: str) -> None:
    """Whatever is typed: exit 0 or 1, no traceback, and no character in the pipe that could steer a terminal."""
    runner = CliRunner(env={"NO_COLOR": ""})
    for format_ in ("plain", "json", "markdown"):
        result = runner.invoke(app(), ["ask", "--format", format_, "--", text], input="")
        assert result.exit_code in (0, 1), result.exception
        assert not any((mark < " " and mark not in "\n\t") or "\x7f" <= mark <= "\x9f" for mark in result.stdout)
