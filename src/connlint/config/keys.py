"""The names of settings: paths of keys as tables hold them, and their dotted spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

KeyPath = tuple[str | int, ...]
"""The keys on the way to a setting; a number is a place in an array."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
}


def dotted(path: KeyPath) -> str:
    """The path as people write it: ``sessions.providers[0]``, ``roles.router``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{written_key(part)}" if text else written_key(part)
    return text


def written_key(key: str) -> str:
    """One key as TOML spells it: bare where it can be, else quoted."""
    return key if _BARE_KEY.fullmatch(key) else quoted(key)


def quoted(text: str) -> str:
    """``text`` as a TOML string on one line; what can't be printed is escaped."""
    return (
        '"' + "".join(_ESCAPES.get(c) or (c if c.isprintable() else _escape(c)) for c in text) + '"'
    )


def settings_of(table: msgspec.Struct, above: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Every setting below ``table`` with its path, in order of declaration.

    A table with free keys counts as one setting a key, or as one empty setting.
    """
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        path = (*above, field.encode_name)
        if isinstance(value, msgspec.Struct):
            yield from settings_of(value, path)
        elif isinstance(value, Mapping) and value:
            yield from (((*path, key), entry) for key, entry in value.items())
        else:
            yield path, value


def _escape(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
