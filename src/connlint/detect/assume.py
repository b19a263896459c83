"""A program without a standard in, the standard that its code already follows out.

Works on names, definitions and the few functions that hand out sessions, before the program is
linked and run, so that a run without configuration costs hardly more than one with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from connlint.config.checking import check_settings
from connlint.config.standard import Standard
from connlint.detect.connection import Connections
from connlint.detect.detection import Choice, Detection, is_list, summary_of
from connlint.detect.groups import Things
from connlint.detect.parameters import Parameters
from connlint.detect.roles import RoleGlobs
from connlint.detect.search import Search
from connlint.detect.sessions import Sessions
from connlint.detect.standing import stand
from connlint.detect.states import States
from connlint.detect.transactions import Transactions
from connlint.detect.uses import Uses
from connlint.model.engine import Engine


def detect(engine: Engine) -> Detection:
    """The standard that the engine's program already follows, on top of the one it was given.

    The engine is of no use for anything else afterwards.
    """
    engine.enter_all()
    uses = Uses(engine.program)
    search = Search(engine, uses)
    things = Things(search)
    standing = stand(things)
    sessions = Sessions(things, standing)
    chosen = [
        *sessions.choices(),
        *Parameters(search).choices(),
        *Transactions(search).choices(),
        *States(search).choices(),
        *RoleGlobs(uses).choices(),
        *Connections(search, frozenset(standing.owners)).choices(),
    ]
    choices = tuple(dict.fromkeys(choice for choice in chosen if _is_sound(choice)))
    return Detection(
        standard_of(choices, engine.program.standard),
        choices,
        tuple(sessions.left_out()),
        summary_of(choices),
    )


def _is_sound(choice: Choice) -> bool:
    """Whether a configuration could say so: not everything in code has a name that it can."""
    return not check_settings(_table([choice]), ()).issues


def standard_of(choices: Iterable[Choice], base: Standard) -> Standard:
    """``base`` with the settings that were chosen in place of its own."""
    settings = check_settings(_table(choices), ()).settings
    chosen = msgspec.convert(settings, Standard)
    changes: dict[str, Any] = {}
    for field in msgspec.structs.fields(Standard):
        table = settings.get(field.encode_name)
        if table is None:
            continue
        mine, old = getattr(chosen, field.name), getattr(base, field.name)
        if isinstance(mine, msgspec.Struct):
            names = {f.encode_name: f.name for f in msgspec.structs.fields(type(mine))}
            set_here = {names[key]: getattr(mine, names[key]) for key in table}
            changes[field.name] = msgspec.structs.replace(old, **set_here)
        else:
            changes[field.name] = {**old, **mine}
    return msgspec.structs.replace(base, **changes)


def _table(choices: Iterable[Choice]) -> dict[str, Any]:
    """Choices as the table that a configuration file would hold."""
    table: dict[str, Any] = {}
    for choice in choices:
        *above, last = choice.key.split(".")
        inner = table
        for part in above:
            inner = inner.setdefault(part, {})
        if not is_list(choice.key):
            inner[last] = choice.value
        elif choice.value not in (items := inner.setdefault(last, [])):
            items.append(choice.value)
    return table
