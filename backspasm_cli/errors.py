"""The errors a user can meet. Each owns its message; the command line prints it on one stderr line and exits 2.

SpasmError
├── KnowledgeError      a knowledge file cannot be read, or breaks the rules; lists every fault
├── UnknownTopicError   no topic has that id
├── UnknownGroupError   no group has that name
├── UnknownRegionError  no emergency numbers are known for that region code
├── UsageError          options that do not go together
└── InputError          the question, answers or labels given cannot be read
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing wrong in one knowledge file: which file, which entry in it, which field, and what was expected."""

    file: str
    entry: str
    field: str
    problem: str

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.entry, self.field) if part)
        return f"{place}: {self.problem}"


class SpasmError(Exception):
    """Every error that a user can mend, so that one handler can turn it into one line."""


class KnowledgeError(SpasmError):
    """The knowledge base cannot be used; `faults` holds everything wrong with it, not only the first thing."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(*self.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class _UnknownNameError(SpasmError):
    """A name was asked for that does not exist; `nearest` holds the names it may have meant, likeliest first."""

    kind = "name"
    see = ""

    def __init__(self, name: str, nearest: Iterable[str] = ()) -> None:
        self.name = name
        self.nearest = tuple(nearest)
        super().__init__(name)

    def __str__(self) -> str:
        shown = self.name if self.name.isprintable() else repr(self.name)
        hint = f"did you mean {', '.join(self.nearest)}?" if self.nearest else self.see
        return f"no {self.kind} is called {shown!r}; {hint}"


class UnknownTopicError(_UnknownNameError):
    """No topic has the id that was asked for."""

    kind = "topic"
    see = "'spasm list' shows them all"


class UnknownGroupError(_UnknownNameError):
    """No group of topics has the name that was asked for."""

    kind = "group"
    see = "'spasm list' shows them all"


class UnknownRegionError(_UnknownNameError):
    """No emergency numbers are known for the region code that was asked for."""

    kind = "region"
    see = "use a two-letter country code such as GB, US or IN"


class UsageError(SpasmError):
    """Options or words were given that do not go together; the message says which."""


class InputError(SpasmError):
    """What was given on standard input or in a file of answers or labels cannot be read; the message says where and why."""
