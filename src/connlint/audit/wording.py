"""Names of the code in, words for people out: titles of functions and files, lists, line ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from connlint.location import Span
from connlint.model.catalog.types import EntryKind

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLAIN_WORD = re.compile(r"[A-Za-z]+(-[A-Za-z]+)*")
_ACRONYMS = {
    word.lower(): word
    for word in (
        "API",
        "CSV",
        "DB",
        "HTML",
        "HTTP",
        "ID",
        "IO",
        "JSON",
        "ORM",
        "PDF",
        "SQL",
        "SSL",
        "URL",
        "XML",
    )
}
_ENTRY_WORDS: dict[EntryKind, str] = {
    "route": "route",
    "websocket": "websocket",
    "socket-event": "socket event",
    "message-consumer": "message consumer",
    "task": "task",
    "scheduled-job": "scheduled job",
    "middleware": "middleware",
    "request-hook": "request hook",
    "cli": "command",
    "log-handler": "log handler",
    "orm-event": "ORM event",
    "signal": "signal",
    "startup": "start-up",
    "shutdown": "shutdown",
    "thread": "thread",
    "progress-callback": "progress callback",
    "event-handler": "event handler",
}


def title_of(qualname: str) -> str:
    """A function's name as a title: ``create_job`` → ``Create job``.

    A nested function goes by the name of the one around it and its own, a method by its class and
    its name: ``JobStore: persist``.
    """
    parts = [part for part in qualname.split(".") if part != "<locals>"]
    if not any(parts):
        return "Module level"
    *around, name = parts[-2:]
    if around and around[0][:1].isupper():
        return f"{around[0]}: {_words(name)}"
    words = " ".join(_words(part) for part in (*around, name))
    return words[:1].upper() + words[1:]


def _words(name: str) -> str:
    pieces = [piece for part in name.split("_") for piece in _HUMP.split(part) if piece]
    return " ".join(_ACRONYMS.get(piece.lower(), piece.lower()) for piece in pieces)


def entry_word(kind: str) -> str:
    """What people call this kind of entry point."""
    return next((words for known, words in _ENTRY_WORDS.items() if known == kind), kind)


def entry_title(kind: str, name: str) -> str:
    """An entry point in words: ``route POST /jobs``."""
    return f"{entry_word(kind)} {name.replace('.<locals>', '')}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def some(words: Sequence[str], limit: int = 3) -> str:
    """The first few of ``words``, with the number of the others."""
    more = len(words) - limit
    return listed(words) if more <= 0 else f"{', '.join(words[:limit])} and {more} more"


def lines_of(span: Span) -> str:
    """``Line 12`` or ``Lines 12-20``."""
    last = span.end_line if span.end_column or span.end_line == span.line else span.end_line - 1
    return f"Line {span.line}" if last <= span.line else f"Lines {span.line}-{last}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def remedy(text: str) -> str:
    """What is wanted as a sentence; code alone stays as it is."""
    is_code = text.startswith("`") and text.endswith("`") and text.count("`") == 2
    return text if is_code else sentence(text)


def sentence(text: str) -> str:
    """``text`` with a capital letter, unless it begins with a name, and a full stop."""
    word = text.partition(" ")[0].rstrip(",:;.")
    shown = text[:1].upper() + text[1:] if _PLAIN_WORD.fullmatch(word) else text
    return shown if shown.endswith((".", "!", "?")) or not shown else f"{shown}."
