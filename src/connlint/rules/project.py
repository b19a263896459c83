"""Paths and options of a run in, the rules that there are and the standard that holds there out.

Which rules there are depends on the configuration (``local-rules``), and what is a sound
configuration on the rules: so the file is found first, then come its rules, then its standard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from connlint.config.loading import (
    LoadedStandard,
    declared_in,
    find_declared,
    local_rule_folders,
    standard_of,
)
from connlint.rules.plugins import all_rules
from connlint.rules.registry import Registry


class Held(NamedTuple):
    """What a project is held against."""

    registry: Registry
    loaded: LoadedStandard


def load_project(
    paths: Sequence[Path],
    *,
    config: Path | None = None,
    isolated: bool = False,
    settings: Mapping[str, Any] | None = None,
    use_cache: bool = True,
) -> Held:
    """The rules and the standard for ``paths`` (empty: the working folder).

    ``config`` names the configuration file; ``isolated`` ignores every file; ``settings`` are taken
    in place of a file's. Raises :class:`ConfigError` with one line for each error,
    :class:`UsageError` for options that exclude each other, and :class:`RuleLoadError` for a rule
    or preset that can't be loaded.
    """
    if settings is None:
        declared = find_declared(paths, config=config, isolated=isolated)
    else:
        declared = declared_in(settings, paths)
    folders = local_rule_folders(declared) if declared else ()
    registry = all_rules(folders, use_cache=use_cache)
    return Held(registry, standard_of(declared, paths, registry.infos))
