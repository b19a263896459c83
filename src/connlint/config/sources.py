"""A TOML file in, its settings with the lines of their keys out.

Whatever is wrong with the file itself (unreadable, no UTF-8, no TOML) ends here, in one line.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from connlint.config.keys import KeyPath, dotted
from connlint.config.positions import lines_of
from connlint.config.spelling import did_you_mean
from connlint.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OWN_FILE = "connlint.toml"
PYPROJECT = "pyproject.toml"
SECTION = ("tool", "connlint")

_PLACE = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$")


class ConfigSource(msgspec.Struct, frozen=True):
    """One place that settings come from.

    ``label`` is what messages call it, ``origin`` what the resolved standard calls it. ``table``
    holds the settings, ``lines`` the line of each key (none for a preset). ``folder`` is what paths
    in ``extends`` are relative to, ``None`` for a preset. ``flaws`` are errors around the settings.
    """

    label: str
    origin: str
    table: Mapping[str, Any]
    lines: Mapping[KeyPath, int] = {}
    folder: Path | None = None
    flaws: tuple[str, ...] = ()

    def line(self, path: KeyPath) -> int:
        """The line of the key, or of the nearest key above it; 0 when none is known."""
        upward = (path[:length] for length in range(len(path), 0, -1))
        return next((self.lines[key] for key in upward if key in self.lines), 0)


def read_file(path: Path, root: Path) -> ConfigSource | None:
    """The settings in the file, or ``None`` for a pyproject.toml without ``[tool.connlint]``.

    Origins are relative to ``root``. Raises :class:`ConfigError` when the file can't be read or is
    no TOML.
    """
    label, origin = relative_to(path, Path.cwd()), relative_to(path, root)
    is_shared = path.name == PYPROJECT
    data = _data(path, label)
    if is_shared and SECTION[-1].encode() not in data:
        return None
    text = _text(data, label)
    document = parse(text, label)
    tools = document.get(SECTION[0])
    if not isinstance(tools, dict):
        return (
            None if is_shared else ConfigSource(label, origin, document, _lines(text), path.parent)
        )
    if is_shared and SECTION[-1] not in tools:
        return None
    lines = _lines(text)
    flaws = [] if is_shared else list(_strays(document, tools, label, lines))
    settings = tools.get(SECTION[-1], {})
    if not isinstance(settings, dict):
        flaws.append(f"{_place(label, lines, SECTION)}: {dotted(SECTION)}: expected a table")
        settings = {}
    depth = len(SECTION)
    inside = {key[depth:]: line for key, line in lines.items() if key[:depth] == SECTION}
    return ConfigSource(label, origin, settings, inside, path.parent, tuple(flaws))


def parse(text: str, label: str) -> dict[str, Any]:
    """The TOML document as a dictionary; raises :class:`ConfigError` with line and column."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError([f"{label}: not valid TOML: nested too deeply"]) from error
    except ValueError as error:
        message = str(error).partition("\n")[0]
        found = _PLACE.search(message)
        reason = _PLACE.sub("", message)
        place = label
        if found and found[1]:
            place = f"{label}:{found[1]}:{found[2]}"
        elif found:
            place = f"{label}:{text.count(chr(10)) + 1}"
            reason += " at the end of the file"
        raise ConfigError([f"{place}: not valid TOML: {reason}"]) from error


def is_file(path: Path) -> bool:
    """Whether there is such a file; a path that can't be looked at is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def relative_to(path: Path, folder: Path) -> str:
    """``path`` as seen from ``folder``, with slashes; absolute on another drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.as_posix()


def _data(path: Path, label: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError([f"{label}: can't be read: {error.strerror or error}"]) from error


def _text(data: bytes, label: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02x}"
        raise ConfigError([f"{label}:{line}: not UTF-8: byte {byte}"]) from error


def _lines(text: str) -> dict[KeyPath, int]:
    try:
        return lines_of(text)
    except (RecursionError, ValueError):
        # Positions only make messages better: what can't be followed does without them.
        return {}


def _strays(
    document: Mapping[str, Any],
    tools: Mapping[str, Any],
    label: str,
    lines: Mapping[KeyPath, int],
) -> Iterator[str]:
    """Errors for the keys of a connlint.toml that stand beside its ``[tool.connlint]``."""
    for name in document:
        if name != SECTION[0]:
            place = _place(label, lines, (name,))
            yield f"{place}: {dotted((name,))}: has to stand under [tool.connlint], as others do"
    for name in tools:
        if name != SECTION[-1]:
            path = (SECTION[0], name)
            hint = did_you_mean(name, [SECTION[-1]])
            yield f"{_place(label, lines, path)}: {dotted(path)}: unknown table{hint}"


def _place(label: str, lines: Mapping[KeyPath, int], path: KeyPath) -> str:
    return f"{label}:{lines[path]}" if path in lines else label
