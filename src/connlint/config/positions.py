"""The text of a sound TOML document in, the line of each of its keys and array items out.

``tomllib`` keeps no positions, so this reads the text once more, for its shape only. It relies on
the document being valid.
"""

from __future__ import annotations

import re
import sys

from connlint.config.keys import KeyPath

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def lines_of(text: str) -> dict[KeyPath, int]:
    """The line on which each table, key and array item of ``text`` begins, by its path.

    A table that is opened several times has the line of its first mention. ``text`` has to be a
    valid TOML document with ``\\n`` for newlines; raises :class:`ValueError` where it can't be
    followed, :class:`RecursionError` where it is nested too deeply.
    """
    reader = _Reader(text)
    reader.read()
    return reader.lines


class _Reader:
    """Walks over the document from left to right; ``at`` is the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self._counted = 0
        self._line = 1
        self._items: dict[KeyPath, int] = {}

    def read(self) -> None:
        """Read the document: headers, and keys with their values."""
        table: KeyPath = ()
        while self._skip_blank():
            if self._at("["):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        is_item = self.text.startswith("[[", self.at)
        self.at += 2 if is_item else 1
        path: KeyPath = ()
        names = self._names()
        for depth, name in enumerate(names, 1):
            path = (*path, name)
            self._note(path)
            if is_item and depth == len(names):
                self._items[path] = self._items.get(path, -1) + 1
            if path in self._items:
                path = (*path, self._items[path])
                self._note(path)
        self.at += 2 if is_item else 1
        return path

    def _pair(self, table: KeyPath) -> None:
        """Read ``key = value`` inside ``table``."""
        path = table
        for name in self._names():
            path = (*path, name)
            self._note(path)
        self.at += 1
        self._value(path)

    def _names(self) -> list[str]:
        """Read a key up to what follows it: ``a."b.c"`` as two names."""
        names = [self._name()]
        while self._skip_blank() and self._at("."):
            self.at += 1
            names.append(self._name())
        return names

    def _name(self) -> str:
        self._skip_blank()
        bare = _BARE_KEY.match(self.text, self.at)
        written = bare[0] if bare else self._match(_STRING)
        self.at += len(written)
        if bare:
            return written
        return str(tomllib.loads(f"key = {written}")["key"]) if "\\" in written else written[1:-1]

    def _value(self, path: KeyPath) -> None:
        self._skip_blank()
        if self._at("["):
            self._array(path)
        elif self._at("{"):
            self._inline_table(path)
        elif self._at('"') or self._at("'"):
            self.at += len(self._match(_STRING))
        else:
            self.at += len(self._match(_SCALAR))

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        place = 0
        while self._skip_blank() and not self._at("]"):
            item = (*path, place)
            self._note(item)
            self._value(item)
            place += 1
            self._skip_comma()
        self.at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while self._skip_blank() and not self._at("}"):
            self._pair(path)
            self._skip_comma()
        self.at += 1

    def _skip_comma(self) -> None:
        self._skip_blank()
        if self._at(","):
            self.at += 1

    def _skip_blank(self) -> bool:
        """Go to the next character that means something; whether there is one."""
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at < len(self.text)

    def _at(self, character: str) -> bool:
        return self.text.startswith(character, self.at)

    def _match(self, expression: re.Pattern[str]) -> str:
        found = expression.match(self.text, self.at)
        if found is None:
            raise ValueError(f"not valid TOML at character {self.at}")
        return found[0]

    def _note(self, path: KeyPath) -> None:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        self.lines.setdefault(path, self._line)
