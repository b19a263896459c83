"""The types of the standard and the presets in; what is generated of the documentation out.

``python -m connlint.config.reference docs/configuration.md docs/configuration.schema.json`` brings
the generated parts of the reference and the JSON Schema up to date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from connlint.config.checking import unwrapped
from connlint.config.keys import KeyPath, dotted
from connlint.config.presets import preset_names, preset_summary, preset_text
from connlint.config.render import toml_value
from connlint.config.schema import schema_text
from connlint.config.sources import SECTION
from connlint.config.standard import Role, Standard

_PART = re.compile(r"(<!-- generated: (?P<name>[a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_SCALARS = {bool: "boolean", int: "integer", float: "float", str: "string"}


def refreshed(document: str) -> str:
    """The document with what stands between its ``generated`` marks made anew.

    Raises :class:`KeyError` for a mark that names no part.
    """
    parts = {"keys": _keys, "roles": _roles, "presets": _presets}
    return _PART.sub(lambda mark: f"{mark[1]}\n{parts[mark['name']]()}\n{mark[3]}", document)


def _keys() -> str:
    return "\n".join(line for table in _tables(Standard(), SECTION) for line in table)


def _tables(table: msgspec.Struct, at: KeyPath) -> Iterator[list[str]]:
    """One Markdown table for each TOML table, with the tables inside it after it."""
    inner: list[tuple[KeyPath, msgspec.Struct]] = []
    summary = (type(table).__doc__ or "").replace("``", "`")
    lines = [
        f"### `[{dotted(at)}]`",
        "",
        summary,
        "",
        "| key | value | default | |",
        "|---|---|---|---|",
    ]
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        if isinstance(value, msgspec.Struct):
            inner.append(((*at, field.encode_name), value))
            continue
        hint = unwrapped(field.type)
        cells = (
            f"`{field.encode_name}`",
            _described(field.type),
            f"`{toml_value(value)}`",
            hint.description,
        )
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    yield [*lines, ""]
    for path, entry in inner:
        yield from _tables(entry, path)


def _described(hint: Any) -> str:
    """What a value of this type is, in TOML's words."""
    kind, form, _ = unwrapped(hint)
    if kind is Role:
        return "[roles](#roles)"
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return f"array of {_items(arguments[0])}"
    if origin is dict:
        return f"table from {_items(arguments[0])} to {_described(arguments[1])}"
    if origin is Literal:
        return " or ".join(f'`"{choice}"`' for choice in arguments if choice)
    if origin in (Union, UnionType):
        return " or ".join(_SCALARS[argument] for argument in arguments)
    return f"{form.singular} (`{form.example}`)" if form else _SCALARS[kind]


def _items(hint: Any) -> str:
    kind, form, _ = unwrapped(hint)
    return f"{form.plural} (`{form.example}`)" if form else _described(kind)


def _roles() -> str:
    return ", ".join(f"`{role}`" for role in get_args(Role)) + ".\n"


def _presets() -> str:
    """A table of the presets, and then each of them as it is shipped."""
    names = preset_names()
    lines = ["| preset | |", "|---|---|"]
    lines += [f"| [`{name}`](#{name}) | {preset_summary(name)} |" for name in names]
    for name in names:
        lines += ["", f"### {name}", "", "```toml", preset_text(name).rstrip(), "```"]
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    """Bring the files with these names up to date; the exit code."""
    for name in arguments:
        file = Path(name)
        is_schema = file.suffix == ".json"
        text = schema_text() if is_schema else refreshed(file.read_text("utf-8"))
        file.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
