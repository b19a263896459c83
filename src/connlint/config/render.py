"""A standard in; its settings as rows, or as TOML text that loads back to it, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from connlint.config.keys import KeyPath, dotted, quoted, settings_of, written_key
from connlint.config.loading import DEFAULT, LoadedStandard
from connlint.config.sources import SECTION
from connlint.config.standard import Standard

_WIDTH = 100
_INDENT = "  "


class Row(NamedTuple):
    """One setting: its dotted key, its value, and where the value comes from."""

    key: str
    value: object
    origin: str


def rows_of(loaded: LoadedStandard) -> list[Row]:
    """Every setting of the resolved standard, defaults included, in order of declaration."""
    settings = [(dotted(path), value) for path, value in settings_of(loaded.standard)]
    return [Row(key, value, loaded.origins.get(key, DEFAULT)) for key, value in settings]


def toml_of(
    standard: Standard, *, section: KeyPath = SECTION, comments: Mapping[str, str] | None = None
) -> str:
    """The settings that differ from the defaults, as the text of a TOML table.

    ``section`` is the table that they stand in, ``()`` for the top level of a connlint.toml.
    ``comments`` holds a text for some dotted keys of settings and tables, which is put above them.
    Without any setting the text is the header of the section alone.
    """
    notes = comments or {}
    defaults = dict(settings_of(Standard()))
    tables: dict[KeyPath, list[str]] = {}
    for path, value in settings_of(standard):
        if value != defaults.get(path):
            lines = tables.setdefault(path[:-1], [])
            lines += [*_comment(notes, path), *_setting(str(path[-1]), value)]
    blocks = [
        [*_comment(notes, table), *_header((*section, *table)), *lines]
        for table, lines in sorted(tables.items(), key=lambda entry: bool(entry[0]))
    ]
    return "\n\n".join("\n".join(block) for block in blocks or [_header(section)]) + "\n"


def toml_value(value: object) -> str:
    """A value on one line, as TOML spells it.

    Raises :class:`TypeError` for what no setting can be.
    """
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        pairs = [f"{written_key(key)} = {toml_value(entry)}" for key, entry in value.items()]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    raise TypeError(f"no TOML for {type(value).__name__}")


def _comment(notes: Mapping[str, str], path: KeyPath) -> list[str]:
    return [f"# {line}".rstrip() for line in notes.get(dotted(path), "").splitlines()]


def _header(table: KeyPath) -> list[str]:
    return [f"[{dotted(table)}]"] if table else []


def _setting(key: str, value: object) -> list[str]:
    """``key = value``, an array that would be too wide with one item a line."""
    line = f"{written_key(key)} = {toml_value(value)}"
    if len(line) <= _WIDTH or not isinstance(value, tuple):
        return [line]
    return [f"{written_key(key)} = [", *(f"{_INDENT}{toml_value(item)}," for item in value), "]"]
