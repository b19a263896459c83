"""A detected standard in, the TOML that declares it out, with the reason behind every value."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

import msgspec

from connlint.config.keys import KeyPath, written_key
from connlint.config.render import toml_value
from connlint.config.sources import SECTION
from connlint.config.standard import Standard
from connlint.detect.detection import Choice, Detection, is_list

_WIDTH = 100
_INDENT = "  "
_OPENING = (
    "# What connlint init read from the code, each value with its reason. Where it says likely,",
    "# the code leaves room for doubt.",
)


def render(detection: Detection, section: KeyPath = SECTION) -> str:
    """The tables below ``section``; ``()`` stands for the top level of a connlint.toml."""
    blocks = ["\n".join(_OPENING)]
    for table, choices in groupby(_ordered(detection.choices), key=lambda c: _table_of(c.key)):
        lines = [f"[{'.'.join(written_key(str(key)) for key in (*section, table))}]"]
        for key, group in groupby(choices, key=lambda c: c.key.split(".")[1]):
            lines += _setting(key, list(group))
        lines += [
            line
            for each in detection.left_out
            if _table_of(each.key) == table
            for line in _remark(f"left out of {each.key.split('.')[1]}: {each.value} {each.reason}")
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _ordered(choices: tuple[Choice, ...]) -> list[Choice]:
    """Choices in the order of the settings; those of one setting stay as they are."""
    tables = [field.encode_name for field in msgspec.structs.fields(Standard)]
    first: dict[str, int] = {}
    for place, choice in enumerate(choices):
        first.setdefault(_setting_of(choice.key), place)
    return sorted(
        choices, key=lambda c: (tables.index(_table_of(c.key)), first[_setting_of(c.key)])
    )


def _table_of(key: str) -> str:
    return key.partition(".")[0]


def _setting_of(key: str) -> str:
    return ".".join(key.split(".")[:2])


def _setting(key: str, choices: list[Choice]) -> Iterator[str]:
    """One setting: an array with a line for each item, a table on one line, or a value."""
    inner = [choice.key.split(".")[2:] for choice in choices]
    if all(inner):
        pairs = [
            f"{written_key(name)} = {toml_value(choice.value)}"
            for (name,), choice in zip(inner, choices, strict=True)
        ]
        yield from _line(f"{written_key(key)} = {{ {', '.join(pairs)} }}", choices[0])
    elif is_list(choices[0].key):
        yield f"{written_key(key)} = ["
        for choice in choices:
            yield from _line(f"{_INDENT}{toml_value(choice.value)},", choice)
        yield "]"
    else:
        yield from _line(f"{written_key(key)} = {toml_value(choices[0].value)}", choices[0])


def _line(text: str, choice: Choice) -> Iterator[str]:
    """A line with its reason behind it, or above it where that would be too wide."""
    doubt = "likely: " if choice.certainty == "likely" else ""
    comment = _printable(f"# {doubt}{choice.reason}")
    if len(text) + len(comment) + 2 <= _WIDTH:
        yield f"{text}  {comment}"
    else:
        indent = text[: len(text) - len(text.lstrip())]
        yield from wrap(comment, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}# ")
        yield text


def _remark(text: str) -> list[str]:
    return wrap(_printable(f"# {text}"), _WIDTH, subsequent_indent="# ")


def _printable(text: str) -> str:
    """Names come from code, which may hold anything; a comment ends with its line."""
    return "".join(character if character.isprintable() else "?" for character in text)
