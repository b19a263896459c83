"""A configuration's own settings in, the layers that make up its standard out, the weakest first.

What ``extends`` names comes before the file that names it, in the order in which it is named. A
preset or file that is reached twice counts once, at its first place.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from connlint.config.checking import check_settings
from connlint.config.keys import KeyPath, dotted, quoted
from connlint.config.presets import is_preset, preset_names, read_preset
from connlint.config.selection import RuleInfo
from connlint.config.sources import ConfigSource, is_file, read_file
from connlint.config.spelling import did_you_mean
from connlint.errors import ConfigError

_EXTENDS = "extends"
_LOCAL_RULES = "local-rules"
_PATH_SIGNS = ("/", "\\", ".toml")


class Layer(NamedTuple):
    """The sound settings of one source."""

    source: ConfigSource
    settings: dict[str, Any]


class Layers:
    """The layers of one configuration; ``errors`` holds one line for each error in any of them."""

    def __init__(self, rules: Collection[RuleInfo], root: Path) -> None:
        self.rules = rules
        self.root = root
        self.stack: list[Layer] = []
        self.errors: list[str] = []
        self._taken: set[str] = set()

    def add(self, source: ConfigSource, file: Path) -> None:
        """Put the settings of ``file`` on top of everything that they extend.

        Raises :class:`RuleLoadError` when a shipped preset can't be loaded.
        """
        self._add(source, os.path.realpath(file), {})

    def complain(self, source: ConfigSource, path: KeyPath, message: str) -> None:
        """Note that something is wrong with the setting at ``path``."""
        line = source.line(path)
        place = f"{source.label}:{line}" if line else source.label
        self.errors.append(f"{place}: {dotted(path)}: {message}")

    def _add(self, source: ConfigSource, identity: str, above: Mapping[str, str]) -> None:
        """Add a source; ``above`` holds the identities and labels of those that extend it."""
        self._taken.add(identity)
        self.errors += source.flaws
        settings, issues = check_settings(source.table, self.rules)
        for path, message in issues:
            self.complain(source, path, message)
        for place, name in enumerate(settings.get(_EXTENDS, ())):
            self._extend(source, (_EXTENDS, place), name, {**above, identity: source.label})
        if above:
            settings.pop(_EXTENDS, None)
            if settings.pop(_LOCAL_RULES, None) is not None:
                self.complain(source, (_LOCAL_RULES,), "has to stand in the project's own file")
        self.stack.append(Layer(source, settings))

    def _extend(
        self, source: ConfigSource, path: KeyPath, name: str, above: Mapping[str, str]
    ) -> None:
        """Add what ``name``, the entry at ``path`` of ``source``, stands for."""
        file = _file_named(name, source.folder)
        identity = f"preset {name}" if file is None else os.path.realpath(file)
        if flaw := _flaw(name, file, identity, above):
            self.complain(source, path, flaw)
            return
        if identity in self._taken:
            return
        try:
            extended = read_preset(name) if file is None else read_file(file, self.root)
        except ConfigError as error:
            self.errors += error.lines
            return
        if extended is None:
            self.complain(source, path, f"there is no [tool.connlint] in {quoted(name)}")
        else:
            self._add(extended, identity, above)


def _file_named(name: str, folder: Path | None) -> Path | None:
    """The file that an entry of ``extends`` names; ``None`` when it names a preset."""
    if folder is None or not any(sign in name for sign in _PATH_SIGNS):
        return None
    return Path(os.path.normpath(folder / name))


def _flaw(name: str, file: Path | None, identity: str, above: Mapping[str, str]) -> str:
    """Why nothing can be extended by ``name``; empty when it can."""
    if identity in above:
        return f"extends itself: {' -> '.join([*above.values(), above[identity]])}"
    if file is not None:
        return "" if is_file(file) else f"there is no file {quoted(name)}"
    if is_preset(name):
        return ""
    known = preset_names()
    hint = did_you_mean(name, known) or f"; there are {', '.join(known)}"
    return f"there is no preset {quoted(name)}{hint}"
