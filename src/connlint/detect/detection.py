"""What detection comes to: the assumed standard, with the reason for each choice."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import msgspec

from connlint.config.checking import keys_of, unwrapped
from connlint.config.standard import Standard

Certainty = Literal["certain", "likely"]


class Choice(msgspec.Struct, frozen=True):
    """One value of the assumed standard, or one that was weighed and left out.

    ``key`` is the setting (``sessions.providers``, ``connection.engine-arguments.pool_pre_ping``),
    ``value`` an item of it, or all of it when it is no list. ``certain``: the code shows it;
    ``likely``: it is the best reading of what the code shows.
    """

    key: str
    value: str | bool | int | float
    reason: str
    certainty: Certainty = "certain"


class Detection(msgspec.Struct, frozen=True):
    """An assumed standard. ``choices`` explain every value in it, in the order of the settings;
    ``left_out`` explains what could have been in it and is not."""

    standard: Standard
    choices: tuple[Choice, ...] = ()
    left_out: tuple[Choice, ...] = ()
    summary: str = ""
    """The assumed standard in one line, for people."""

    def reasons(self, key: str) -> tuple[Choice, ...]:
        """The choices that were made for a setting."""
        return tuple(choice for choice in self.choices if choice.key == key)


def is_list(key: str) -> bool:
    """Whether a setting holds items, so that each choice of it is one of them."""
    hint: Any = Standard
    for part in key.split("."):
        if get_origin(hint) is dict:
            hint = unwrapped(get_args(hint)[1]).type
        else:
            hint = unwrapped(keys_of(hint)[part]).type
    return get_origin(hint) is tuple


def summary_of(choices: tuple[Choice, ...]) -> str:
    """The assumed standard in one line."""
    providers = _of(choices, "sessions.providers") + _of(choices, "sessions.task-providers")
    injected = _of(choices, "sessions.dependencies")
    owners = _of(choices, "sessions.owners")
    first = (providers or injected)[:1]
    if not owners:
        return "assumed: nothing, for no engine, session factory or connection was found"
    parts = []
    if first:
        more = len(providers) + len(injected) - 1
        others = f" and {more} more" if more else ""
        parts.append(f"sessions come from {first[0].value} ({first[0].reason}){others}")
    else:
        parts.append("no single way to a session")
    shown = ", ".join(str(owner.value) for owner in owners[:_SHOWN])
    hidden = len(owners) - _SHOWN
    parts.append(f"owners {shown}" + (f" and {hidden} more" if hidden > 0 else ""))
    if states := _of(choices, "states.transient"):
        parts.append(f"not worth a commit: {', '.join(str(state.value) for state in states)}")
    return f"assumed: {'; '.join(parts)}"


def _of(choices: tuple[Choice, ...], key: str) -> list[Choice]:
    return [choice for choice in choices if choice.key == key]


_SHOWN = 3
