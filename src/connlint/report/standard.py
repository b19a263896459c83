"""A resolved standard in, what ``connlint config`` shows of it out: rows, TOML or JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from connlint.config.loading import LoadedStandard
from connlint.config.render import Row, rows_of, toml_of, toml_value


class SettingItem(msgspec.Struct, frozen=True):
    """One setting of the standard and where its value comes from."""

    key: str
    value: Any
    origin: str


class StandardReport(msgspec.Struct, frozen=True):
    """What ``connlint config --format json`` prints; ``file`` is empty without configuration."""

    root: str
    file: str
    settings: list[SettingItem]


def render_text(loaded: LoadedStandard) -> str:
    """A row for each setting, with where its value comes from in the last column."""
    rows = [(f"{row.key} = {toml_value(row.value)}", row.origin) for row in rows_of(loaded)]
    width = min(max(len(setting) for setting, _ in rows), 60)
    assumed = f"# no configuration for {loaded.root}: this is what connlint assumes"
    where = f"# {loaded.file}" if loaded.file else assumed
    lines = [where, *(f"{setting:<{width}}  # {origin}" for setting, origin in rows)]
    return "".join(f"{line}\n" for line in lines)


def render_toml(loaded: LoadedStandard) -> str:
    """What differs from the defaults, as TOML that loads back to the same standard."""
    return toml_of(loaded.standard)


def render_json(loaded: LoadedStandard) -> str:
    """Every setting with its origin."""
    report = StandardReport(
        root=str(loaded.root),
        file=str(loaded.file or ""),
        settings=[_item(row) for row in rows_of(loaded)],
    )
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def _item(row: Row) -> SettingItem:
    return SettingItem(row.key, row.value, row.origin)
