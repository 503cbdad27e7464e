"""Answers to questions about back spasms, from a sourced knowledge base, with a warning when a danger sign is described.

from backspasm_cli import ask
ask("how long do they last").topic.summary
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backspasm_cli.answering import Answer, Engine, ask, scan
    from backspasm_cli.errors import KnowledgeError, SpasmError
    from backspasm_cli.knowledge import KnowledgeBase, Topic

__version__ = "0.1.0"
__all__ = ["Answer", "Engine", "KnowledgeBase", "KnowledgeError", "SpasmError", "Topic", "__version__", "ask", "scan"]

_HOMES = {
    "Answer": "answering",
    "Engine": "answering",
    "ask": "answering",
    "scan": "answering",
    "KnowledgeError": "errors",
    "SpasmError": "errors",
    "KnowledgeBase": "knowledge",
    "Topic": "knowledge",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use: `spasm --version` and completion need none of it.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"backspasm_cli.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
