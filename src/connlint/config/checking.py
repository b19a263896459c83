"""A table of settings in, the sound ones and an issue for each unsound one out.

The walk follows the types of ``standard``; no key is written here.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from connlint.config.formats import SELECTOR, TextFormat
from connlint.config.keys import KeyPath, dotted, quoted
from connlint.config.selection import RuleInfo, selector_flaw
from connlint.config.spelling import did_you_mean
from connlint.config.standard import Standard

_LONGEST_VALUE = 60
_TYPE_NAMES: dict[type, str] = {
    bool: "true or false",
    int: "an integer",
    float: "a float",
    str: "a string",
    list: "an array",
    dict: "a table",
    datetime.datetime: "a date",
    datetime.date: "a date",
    datetime.time: "a time",
}


class Issue(NamedTuple):
    """What is wrong with the setting at ``path``."""

    path: KeyPath
    message: str


class CheckedSettings(NamedTuple):
    """The sound settings, in the shape of the table that they come from, and the issues."""

    settings: dict[str, Any]
    issues: list[Issue]


def check_settings(table: Mapping[str, Any], rules: Collection[RuleInfo]) -> CheckedSettings:
    """Hold a table, as TOML gives it, against the types of :class:`Standard`.

    Arrays become tuples. Nothing is raised: each unsound setting is left out and has an issue.
    """
    walk = _Walk(rules)
    return CheckedSettings(walk.table(Standard, table, ()), walk.issues)


class Unwrapped(NamedTuple):
    """The type of a value without its notes, and what they say."""

    type: Any
    format: TextFormat | None = None
    description: str = ""


def unwrapped(hint: Any) -> Unwrapped:
    """Take a type from the notes around it; of two descriptions the outer one counts."""
    if get_origin(hint) is not Annotated:
        return Unwrapped(hint)
    inner, *notes = get_args(hint)
    form = next((note.extra["format"] for note in notes if note.extra), None)
    return Unwrapped(inner, form, notes[-1].description or "")


@cache
def keys_of(table: type[msgspec.Struct]) -> dict[str, Any]:
    """The keys of a table as they are written, with their types."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(table)}


class _Unsound:
    """Stands for a value that has been complained about."""


_UNSOUND = _Unsound()


class _Walk:
    """One walk over a table; collects issues on the way."""

    def __init__(self, rules: Collection[RuleInfo]) -> None:
        self.rules = rules
        self.issues: list[Issue] = []

    def table(self, kind: type[msgspec.Struct], value: object, at: KeyPath) -> dict[str, Any]:
        """The sound settings of the table ``kind`` in ``value``."""
        if not isinstance(value, dict):
            self._complain(at, f"expected a table, got {_shown(value)}")
            return {}
        sound: dict[str, Any] = {}
        keys = keys_of(kind)
        for key, entry in value.items():
            if key not in keys:
                self._complain((*at, key), f"unknown key{_hint_for_key(key, kind, at)}")
            elif (checked := self._value(keys[key], entry, (*at, key))) is not _UNSOUND:
                sound[key] = checked
        return sound

    def _value(self, hint: Any, value: object, at: KeyPath) -> Any:
        kind, form, _ = unwrapped(hint)
        origin = get_origin(kind)
        if origin is tuple:
            return self._array(get_args(kind)[0], value, at)
        if origin is dict:
            key_hint, entry_hint = get_args(kind)
            return self._free_table(key_hint, entry_hint, value, at)
        if origin is Literal:
            return self._choice(get_args(kind), value, at)
        if origin in (Union, UnionType):
            return self._scalar(get_args(kind), value, at)
        if kind is str:
            return self._text(form, value, at)
        return self.table(kind, value, at)

    def _array(self, item: Any, value: object, at: KeyPath) -> Any:
        if not isinstance(value, list):
            hint = f"; write [{_shown_text(value)}]" if isinstance(value, str) else ""
            return self._complain(at, f"expected an array of strings, got {_shown(value)}{hint}")
        checked = [self._value(item, entry, (*at, place)) for place, entry in enumerate(value)]
        return _UNSOUND if _UNSOUND in checked else tuple(checked)

    def _free_table(self, key_hint: Any, hint: Any, value: object, at: KeyPath) -> Any:
        """A table whose keys are free, as far as ``key_hint`` lets them."""
        if not isinstance(value, dict):
            return self._complain(at, f"expected a table, got {_shown(value)}")
        checked = {
            self._value(key_hint, key, (*at, key)): self._value(hint, entry, (*at, key))
            for key, entry in value.items()
        }
        return {k: v for k, v in checked.items() if _UNSOUND not in (k, v)}

    def _choice(self, choices: tuple[str, ...], value: object, at: KeyPath) -> Any:
        if isinstance(value, str) and value in choices:
            return value
        expected = _listed([quoted(choice) for choice in choices if choice])
        hint = did_you_mean(value, choices) if isinstance(value, str) else ""
        return self._complain(at, f"expected {expected}, got {_shown(value)}{hint}")

    def _scalar(self, kinds: tuple[type, ...], value: object, at: KeyPath) -> Any:
        if type(value) not in kinds:
            expected = _listed([_TYPE_NAMES[kind] for kind in kinds])
            return self._complain(at, f"expected {expected}, got {_shown(value)}")
        if isinstance(value, float) and not math.isfinite(value):
            return self._complain(at, f"expected a finite number, got {_shown(value)}")
        return value

    def _text(self, form: TextFormat | None, value: object, at: KeyPath) -> Any:
        if not isinstance(value, str):
            return self._complain(at, f"expected a string, got {_shown(value)}")
        complaint = form.complaint(value, _shown_text(value)) if form else ""
        if form is SELECTOR and not complaint:
            complaint = selector_flaw(value, self.rules)
        return self._complain(at, complaint) if complaint else value

    def _complain(self, at: KeyPath, message: str) -> _Unsound:
        self.issues.append(Issue(at, message))
        return _UNSOUND


def _hint_for_key(key: str, kind: type[msgspec.Struct], at: KeyPath) -> str:
    """The key of the same table that is most like ``key``, else the table that has such a key."""
    if hint := did_you_mean(key, keys_of(kind)):
        return hint
    spelling = key.replace("_", "-")
    homes = [path for path in _all_keys(Standard) if path[-1] == spelling and path[:-1] != at]
    return f"; did you mean {dotted(homes[0])}?" if homes else ""


def _all_keys(kind: type[msgspec.Struct], above: KeyPath = ()) -> Iterator[KeyPath]:
    for key, hint in keys_of(kind).items():
        yield (*above, key)
        inner = unwrapped(hint).type
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            yield from _all_keys(inner, (*above, key))


def _listed(words: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _shown(value: object) -> str:
    """A value for a message: short, on one line."""
    if isinstance(value, str):
        return _shown_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)[:_LONGEST_VALUE]
    return _TYPE_NAMES.get(type(value), "something else")


def _shown_text(text: str) -> str:
    return quoted(text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "...")
