"""A baseline file's text in, its entries out, and back: one entry a line, sorted, made for review.

A line reads ``CODE PATH SYMBOL MATCHED xCOUNT -- REASON``; a field with white space or quotes in
it, or with nothing in it, is a JSON string. There are no line numbers, so that moved code stays
matched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from connlint.errors import ConfigError
from connlint.location import Span
from connlint.triage.fingerprint import Identity
from connlint.writing import write_atomically

DEFAULT_NAME = "connlint-baseline.txt"
_HEADER = """\
# connlint baseline: findings accepted for the time being, one kind a line. It only shrinks.
# CODE PATH SYMBOL MATCHED xCOUNT -- REASON
"""
_FIELD = r'("(?:[^"\\]|\\.)*"|[^\s"]\S*)'
_ENTRY = re.compile(rf"(DBC\d{{3}}) {_FIELD} {_FIELD} {_FIELD} x([1-9]\d*) -- (\S.*)")
_CONFLICT = re.compile(r"(?:<{7}|\|{7}|={7}|>{7})(?: |$)")
_CONFLICTING = (
    "a merge conflict: keep the lines of both sides, or let --write-baseline do that;"
    " it drops what is gone"
)
_PLAIN = re.compile(r'[^\s"#]\S*')


class Entry(msgspec.Struct, frozen=True):
    """Findings of one identity that are accepted: how many, and why. ``line`` is 0 for new ones."""

    identity: Identity
    count: int
    reason: str
    line: int = 0
    width: int = 0

    @property
    def span(self) -> Span:
        """Where the entry is in its file."""
        return Span(self.line, 0, self.line, self.width)

    @property
    def label(self) -> str:
        """The entry in a sentence: ``DBC301 in app.routes.create_job (app/routes.py)``."""
        return f"{self.identity[0]} in {self.place}"

    @property
    def place(self) -> str:
        """Where in the code the entry is about: ``app.routes.create_job (app/routes.py)``."""
        _, path, symbol, _ = self.identity
        return f"{symbol} ({path})" if symbol else path


def load_baseline(path: Path, *, is_rewritten: bool = False) -> tuple[Entry, ...]:
    """The entries in the file at ``path``; raises :class:`ConfigError`, a line for each flaw.

    Where the file ``is_rewritten`` anyway, a merge conflict in it is no flaw: the entries of both
    sides count.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"baseline {path} can't be read: {error}"]) from error
    return parse_baseline(text, str(path), is_rewritten=is_rewritten)


def is_tidy(path: Path) -> bool:
    """Whether a file that can be read has neither a conflict in it nor an entry twice."""
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return len(lines) == len(parse_baseline(text, "", is_rewritten=True))


def parse_baseline(text: str, name: str, *, is_rewritten: bool = False) -> tuple[Entry, ...]:
    """The entries in ``text``; ``name`` is how errors call the file, the rest as above.

    An entry that is there twice, as after a merge, allows as much as the larger of the two.
    """
    entries: dict[Identity, Entry] = {}
    flaws: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if _CONFLICT.match(line):
            if is_rewritten:
                continue
            raise ConfigError([f"{name}:{number}: {_CONFLICTING}"])
        entry = _parse_entry(line.rstrip(), number)
        if entry is None:
            flaws.append(f"{name}:{number}: expected CODE PATH SYMBOL MATCHED xCOUNT -- REASON")
        elif twin := entries.get(entry.identity):
            entries[entry.identity] = _merged(twin, entry)
        else:
            entries[entry.identity] = entry
    if flaws:
        raise ConfigError(flaws)
    return tuple(entries.values())


def render_baseline(entries: Iterable[Entry]) -> str:
    """The text of a baseline file with ``entries``: sorted by path, symbol, code and match."""
    ordered = sorted(entries, key=lambda entry: (*entry.identity[1:3], *entry.identity))
    return _HEADER + "".join(f"{_render_entry(entry)}\n" for entry in ordered)


def save_baseline(path: Path, entries: Iterable[Entry]) -> None:
    """Replace the file at ``path`` as a whole; raises :class:`ConfigError` when that fails."""
    try:
        write_atomically(path, render_baseline(entries).encode("utf-8"))
    except OSError as error:
        raise ConfigError([f"baseline {path} can't be written: {error}"]) from error


def _merged(one: Entry, other: Entry) -> Entry:
    reason = "; ".join(dict.fromkeys((one.reason, other.reason)))
    return msgspec.structs.replace(one, count=max(one.count, other.count), reason=reason)


def _parse_entry(line: str, number: int) -> Entry | None:
    match = _ENTRY.fullmatch(line)
    if match is None:
        return None
    code, *fields, count, reason = match.groups()
    try:
        path, symbol, matched = (_unquote(field) for field in fields)
    except ValueError:
        return None
    identity = (code, path, symbol, matched)
    return Entry(identity, int(count), reason.strip(), number, len(line))


def _render_entry(entry: Entry) -> str:
    code, *fields = entry.identity
    quoted = " ".join(_quote(field) for field in fields)
    return f"{code} {quoted} x{entry.count} -- {' '.join(entry.reason.split())}"


def _quote(field: str) -> str:
    return field if _PLAIN.fullmatch(field) else json.dumps(field, ensure_ascii=False)


def _unquote(field: str) -> str:
    return str(json.loads(field)) if field.startswith('"') else field
