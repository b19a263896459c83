"""Installed distributions and folders of the project in, the rules in them out.

A distribution offers rules with an entry point of the group ``connlint.rules``, which names a
package of rules or the module of one. A project names folders of its own in ``local-rules``. Either
is laid out as a family of connlint's: a ``.py`` and a ``.md`` of the same stem for each rule.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import msgspec

from connlint.errors import RuleLoadError
from connlint.facts.cache import hashed, project_cache
from connlint.facts.results import ResultCache
from connlint.rules.card import RuleCard
from connlint.rules.own_code import PACKAGE, file_states, own_code
from connlint.rules.registry import Registry, load_module, load_rules, rules_below, rules_in

ENTRY_POINTS = "connlint.rules"
CODES = re.compile("DBC[78][0-9]{2}")
"""The codes that connlint leaves to others; all others are its own, now or later."""


class Plugin(NamedTuple):
    """What a distribution offers: the name of its entry point, and the module that it names."""

    name: str
    module: str


_PLUGINS = msgspec.msgpack.Decoder(tuple[Plugin, ...])


class _Found(NamedTuple):
    """The rules of one source, and the files that they are made of."""

    cards: list[RuleCard]
    states: list[tuple[str, int, int]]


def all_rules(local: Sequence[Path] = (), *, use_cache: bool = True) -> Registry:
    """The rules of connlint, of installed plug-ins and of the ``local`` folders.

    Raises :class:`RuleLoadError` in one line for a rule that can't be loaded, is not declared
    soundly, lacks its page, or takes a code or name that is not its own.
    """
    shipped = load_rules(use_cache=use_cache)
    found = [_of_plugin(plugin) for plugin in installed_plugins(use_cache=use_cache)]
    found += [_of_folder(folder) for folder in local]
    if not found:
        return shipped
    states = sorted(state for each in found for state in each.states)
    digest = hashed(repr(states).encode("utf-8", "surrogateescape"))
    return Registry([*shipped.rules, *(card for each in found for card in each.cards)], digest)


def rules_offered(source: str | os.PathLike[str]) -> list[RuleCard]:
    """The rules in a folder, or in a package or module of this dotted name, installed or not.

    Raises as :func:`all_rules`.
    """
    if Path(source).is_dir():
        return _of_folder(Path(source).absolute()).cards
    name = os.fspath(source)
    return _of_plugin(Plugin(name, name)).cards


def installed_plugins(*, use_cache: bool = True) -> tuple[Plugin, ...]:
    """The plug-ins of this environment, remembered for as long as nothing is installed."""
    remembered = ResultCache(project_cache(PACKAGE) if use_cache else None)
    key = hashed(b"plugins" + own_code() + repr([*_search_path()]).encode("utf-8", "replace"))
    if (known := remembered.get(key)) is not None:
        try:
            return _PLUGINS.decode(known)
        except msgspec.MsgspecError:
            pass
    # Costs tens of milliseconds: it reads the metadata of every distribution.
    from importlib.metadata import entry_points

    found = {Plugin(entry.name, entry.value) for entry in entry_points(group=ENTRY_POINTS)}
    plugins = tuple(sorted(found))
    remembered.put(key, msgspec.msgpack.encode(plugins))
    return plugins


def _search_path() -> Iterator[tuple[str, int]]:
    """Where distributions are looked for, and when something was last installed there."""
    for place in sys.path:
        try:
            yield place, Path(place).stat().st_mtime_ns
        except OSError:
            yield place, 0


def _of_plugin(plugin: Plugin) -> _Found:
    label = f"plug-in {plugin.name}"
    if not re.fullmatch(r"\w+(\.\w+)*", plugin.module):
        raise RuleLoadError(f"{label}: its entry point names no module: {plugin.module}")
    with _named(label):
        module = load_module(plugin.module)
        is_package = hasattr(module, "__path__")
        cards = rules_below(module) if is_package else rules_in(module)
    return _Found(_checked(cards, plugin.name, label), [*_states_of(module)])


def _of_folder(folder: Path) -> _Found:
    """The rules in a folder of the project, imported as a package of a name that only it has.

    The name changes with the files, so that a process that lives on sees a changed rule.
    """
    states = sorted(file_states(folder))
    identity = repr((os.fspath(folder), states)).encode("utf-8", "surrogateescape")
    name = f"connlint_local_rules_{hashed(identity).hex()}"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [os.fspath(folder)]
        sys.modules[name] = package
    label = f"local rules in {folder.name}"
    with _named(label), _without_bytecode():
        importlib.invalidate_caches()
        cards = rules_below(sys.modules[name])
    return _Found(_checked(cards, "local", label), states)


def _checked(cards: Iterable[RuleCard], plugin: str, label: str) -> list[RuleCard]:
    """The cards with where they come from; raises for what can't be."""
    checked = []
    for card in cards:
        if not CODES.fullmatch(card.code):
            raise RuleLoadError(
                f"{label}: {card.class_name}: code {card.code} is kept for connlint;"
                " other rules take DBC700 to DBC899"
            )
        file = sys.modules[card.module].__file__ or ""
        placed = msgspec.structs.replace(card, plugin=plugin, file=file)
        if not placed.page_path.is_file():
            raise RuleLoadError(
                f"{label}: {card.class_name} has no page: {placed.page_path.name} is missing"
            )
        checked.append(placed)
    if not checked:
        raise RuleLoadError(f"{label}: there is no rule in it")
    return checked


def _states_of(module: ModuleType) -> Iterator[tuple[str, int, int]]:
    for folder in getattr(module, "__path__", ()):
        yield from file_states(folder)
    if module.__file__ and not hasattr(module, "__path__"):
        for path in (Path(module.__file__), Path(module.__file__).with_suffix(".md")):
            if path.is_file():
                status = path.stat()
                yield str(path), status.st_mtime_ns, status.st_size


@contextmanager
def _named(label: str) -> Iterator[None]:
    """Say in errors where the rule is from, on one line."""
    try:
        yield
    except RuleLoadError as error:
        raise RuleLoadError(f"{label}: {' '.join(str(error).split())}") from error


@contextmanager
def _without_bytecode() -> Iterator[None]:
    """Compiled files are no part of somebody's project."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
