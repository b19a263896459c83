"""The shipped standards: their names out, and for a name its settings.

Each is a TOML file in the folder ``presets``; what stands in the comment at its top is its summary.
"""

from __future__ import annotations

import pkgutil
import re

from connlint.config.sources import ConfigSource, parse
from connlint.errors import ConfigError, RuleLoadError

_PACKAGE = "connlint.config"
_FOLDER = "presets"
_SUFFIX = ".toml"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def preset_names() -> tuple[str, ...]:
    """The names of all presets, sorted."""
    # Costs some milliseconds, and only messages and documentation ask for all names.
    from importlib.resources import files

    names = (file.name for file in (files(_PACKAGE) / _FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def is_preset(name: str) -> bool:
    """Whether a preset has this name."""
    return _data(name) is not None


def preset_text(name: str) -> str:
    """The TOML text of the preset; raises :class:`RuleLoadError` when it can't be read."""
    data = _data(name)
    if data is None:
        raise RuleLoadError(f"preset {name} can't be loaded: there is no such preset")
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise RuleLoadError(f"preset {name} can't be loaded: {error}") from error


def preset_summary(name: str) -> str:
    """The first paragraph of the comment at the top of the preset, on one line."""
    lines = preset_text(name).splitlines()
    end = next((n for n, line in enumerate(lines) if not line.lstrip("#")), len(lines))
    return " ".join(line.lstrip("# ") for line in lines[:end])


def read_preset(name: str) -> ConfigSource:
    """The settings of the preset; raises :class:`RuleLoadError` when it can't be loaded."""
    label = f"preset {name}"
    try:
        return ConfigSource(label, label, parse(preset_text(name), label))
    except ConfigError as error:
        raise RuleLoadError(f"preset {name} can't be loaded: {error}") from error


def _data(name: str) -> bytes | None:
    """The bytes of the preset's file; ``None`` when there is no such preset."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return pkgutil.get_data(_PACKAGE, f"{_FOLDER}/{name}{_SUFFIX}")
    except OSError:
        return None
