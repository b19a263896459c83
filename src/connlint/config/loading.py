"""Paths and options of a run in, the project's standard out, or every configuration error at once.

The nearest configuration at or above the first path counts. Tables of presets and extended files
merge key by key, lists and single values replace one another, and the file itself comes last.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from connlint.config.keys import KeyPath, dotted, quoted, settings_of
from connlint.config.layers import Layers
from connlint.config.selection import NO_SELECTION, RuleInfo, Selection, check_selection
from connlint.config.sources import OWN_FILE, PYPROJECT, ConfigSource, is_file, read_file
from connlint.config.standard import Standard
from connlint.errors import ConfigError, UsageError

DEFAULT = "default"
COMMAND_LINE = "command line"
GIVEN = "settings"
LOCAL_RULES = "local-rules"
_MARKERS = (PYPROJECT, ".git")


class LoadedStandard(msgspec.Struct, frozen=True):
    """A standard and where it comes from.

    ``root`` is the project root: the folder of the configuration file where there is one. ``file``
    is that file. ``origins`` says for each setting, by its dotted key, where its value comes from:
    ``connlint.toml:12``, ``preset supavisor``, ``default`` or ``command line``. ``declared`` tells
    whether there is any configuration at all. ``command_line`` is what options said about rules;
    it is in the standard already and still overrules it, as ``selection`` says.
    """

    standard: Standard
    root: Path
    file: Path | None
    origins: dict[str, str]
    declared: bool
    command_line: Selection = NO_SELECTION


def load_standard(
    paths: Sequence[Path],
    rules: Collection[RuleInfo],
    *,
    config: Path | None = None,
    isolated: bool = False,
) -> LoadedStandard:
    """The standard that holds for ``paths`` (empty: the working folder).

    ``rules`` are all rules there are; ``config`` names the configuration file; ``isolated`` ignores
    every file. Raises :class:`ConfigError` with one line for each error, :class:`UsageError` for
    options that exclude each other, :class:`RuleLoadError` for a preset that can't be loaded.
    """
    declared = find_declared(paths, config=config, isolated=isolated)
    return standard_of(declared, paths, rules)


class Declared(NamedTuple):
    """A project's own settings: their file (``None``: they came from no file), root and content."""

    file: Path | None
    root: Path
    source: ConfigSource


def find_declared(
    paths: Sequence[Path], *, config: Path | None = None, isolated: bool = False
) -> Declared | None:
    """The configuration that holds for ``paths``, not checked yet; raises as `load_standard`."""
    if config is not None and isolated:
        raise UsageError("--config and --isolated exclude each other")
    start = _start(paths)
    if config is not None:
        return _named(_absolute(config), start)
    return None if isolated else _nearest(start)


def declared_in(settings: Mapping[str, Any], paths: Sequence[Path]) -> Declared:
    """Settings that are in no file, for the project of ``paths``."""
    root = _marked_folder(_start(paths))
    return Declared(None, root, ConfigSource(GIVEN, GIVEN, settings, folder=root))


def local_rule_folders(declared: Declared) -> tuple[Path, ...]:
    """The folders that ``local-rules`` names, as far as it is sound; `standard_of` tells the rest.

    They are looked at before the standard is, since the rules in them may be named there.
    """
    named = declared.source.table.get(LOCAL_RULES)
    texts = [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
    folders = [_absolute(declared.root / text) for text in texts]
    return tuple(dict.fromkeys(folder for folder in folders if folder.is_dir()))


def standard_of(
    declared: Declared | None, paths: Sequence[Path], rules: Collection[RuleInfo]
) -> LoadedStandard:
    """The standard that ``declared`` amounts to; without any, an empty one for ``paths``."""
    if declared is not None:
        return _loaded(rules, declared)
    standard, root = Standard(), _marked_folder(_start(paths))
    return LoadedStandard(standard, root, None, _origins(standard, {}), False)


def with_command_line(
    loaded: LoadedStandard, chosen: Selection, rules: Collection[RuleInfo]
) -> LoadedStandard:
    """``loaded`` with what the command line selects and ignores.

    Raises :class:`UsageError` when an option names no rule.
    """
    check_selection(chosen, rules)
    old = loaded.standard
    changes: dict[str, tuple[str, ...]] = {}
    if chosen.select is not None:
        changes = {"select": chosen.select, "extend_select": (), "ignore": ()}
    if chosen.extend_select:
        changes["extend_select"] = (
            *changes.get("extend_select", old.extend_select),
            *chosen.extend_select,
        )
    if chosen.ignore:
        changes["ignore"] = (*changes.get("ignore", old.ignore), *chosen.ignore)
    origins = loaded.origins | {key.replace("_", "-"): COMMAND_LINE for key in changes}
    return msgspec.structs.replace(
        loaded,
        standard=msgspec.structs.replace(old, **changes),
        origins=origins,
        command_line=chosen,
    )


def is_marked(folder: Path) -> bool:
    """Whether ``folder`` looks like the root of a project."""
    return any((folder / name).exists() for name in _MARKERS)


def _start(paths: Sequence[Path]) -> Path:
    """The folder from which to look for a configuration."""
    try:
        first = _absolute(paths[0] if paths else Path())
        return first if first.is_dir() else first.parent
    except OSError as error:
        raise UsageError(
            f"{error.filename or '.'}: can't be looked at: {error.strerror}"
        ) from error


def _absolute(path: Path) -> Path:
    """``path`` from the root of the file system, without ``..``; links stay links."""
    return Path(os.path.normpath(path.absolute()))


def _nearest(start: Path) -> Declared | None:
    """The nearest configuration file at or above ``start``.

    In one folder connlint.toml comes before a pyproject.toml with ``[tool.connlint]``.
    """
    for folder in (start, *start.parents):
        for name in (OWN_FILE, PYPROJECT):
            file = folder / name
            if is_file(file) and (source := read_file(file, folder)):
                return Declared(file, folder, source)
    return None


def _named(file: Path, start: Path) -> Declared:
    """The file that ``--config`` names.

    A file outside the project says nothing about where the project is.
    """
    root = file.parent if start.is_relative_to(file.parent) else _marked_folder(start)
    source = read_file(file, root)
    if source is None:
        raise ConfigError([f"{file.name}: there is no [tool.connlint] in it"])
    return Declared(file, root, source)


def _marked_folder(start: Path) -> Path:
    """The nearest folder at or above ``start`` that looks like a project's root.

    Where none does, it is the working folder if ``start`` is inside it, else ``start`` itself.
    """
    folders = (start, *start.parents)
    here = _absolute(Path())
    unmarked = here if start.is_relative_to(here) else start
    return next((folder for folder in folders if is_marked(folder)), unmarked)


def _loaded(rules: Collection[RuleInfo], declared: Declared) -> LoadedStandard:
    """The standard that a project's own settings amount to."""
    file, root, source = declared
    layers = Layers(rules, root)
    layers.add(source, file or root)
    settings: dict[str, Any] = {}
    where: dict[str, _Place] = {}
    for height, layer in enumerate(layers.stack):
        _merge(settings, layer.settings)
        for path in _leaves(layer.settings):
            where[dotted(path)] = _Place(height, layer.source, path)
    standard = msgspec.convert(settings, Standard)
    for number, folder in enumerate(standard.local_rules):
        if not (root / folder).is_dir():
            flaw = f"there is no folder {quoted(folder)} in {root}"
            layers.complain(source, (LOCAL_RULES, number), flaw)
    for word, *keys in _contradictions(standard):
        weaker, stronger = sorted(keys, key=lambda key: where[key].height)
        message = f"{quoted(word)} is in {weaker} too ({where[weaker].origin})"
        layers.complain(where[stronger].source, where[stronger].path, message)
    if layers.errors:
        raise ConfigError(layers.errors)
    origins = {key: place.origin for key, place in where.items()}
    return LoadedStandard(standard, root, file, _origins(standard, origins), True)


class _Place(NamedTuple):
    """Where a setting stands: in which source, and at which height of the stack."""

    height: int
    source: ConfigSource
    path: KeyPath

    @property
    def origin(self) -> str:
        line = self.source.line(self.path)
        return f"{self.source.origin}:{line}" if line else self.source.origin


def _merge(settings: dict[str, Any], stronger: Mapping[str, Any]) -> None:
    """Put ``stronger`` over ``settings``: tables key by key, everything else as a whole."""
    for key, value in stronger.items():
        if isinstance(value, dict):
            _merge(settings.setdefault(key, {}), value)
        else:
            # Where order decides between entries of a table, the stronger one comes last.
            settings.pop(key, None)
            settings[key] = value


def _leaves(settings: Mapping[str, Any], above: KeyPath = ()) -> Iterator[KeyPath]:
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key)


def _contradictions(standard: Standard) -> Iterator[tuple[str, str, str]]:
    """Texts that stand in two settings which exclude each other, with the keys of both."""
    states, sessions = standard.states, standard.sessions
    for state in sorted({*states.transient} & {*states.persist}):
        yield state, "states.persist", "states.transient"
    sanctioned = {
        "sessions.providers": sessions.providers,
        "sessions.dependencies": sessions.dependencies,
        "sessions.task-providers": sessions.task_providers,
    }
    for key, names in sanctioned.items():
        for name in sorted({*names} & {*sessions.forbidden}):
            yield name, key, "sessions.forbidden"


def _origins(standard: Standard, declared: Mapping[str, str]) -> dict[str, str]:
    """Where each setting comes from, in order of declaration."""
    keys = [dotted(path) for path, _ in settings_of(standard)]
    return {key: declared.get(key, DEFAULT) for key in keys}
