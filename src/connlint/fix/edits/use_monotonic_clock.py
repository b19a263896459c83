"""``use-monotonic-clock``: times that only measure durations are read from ``time.monotonic()``.

All readings that are ever compared with one another change together. The intent says ``own``: the
attributes and globals that no other file names.
"""

from __future__ import annotations

import libcst as cst

from connlint.fix.access import access
from connlint.fix.clock_values import ClockValues
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite

_TWINS = {"time.time": "monotonic", "time.time_ns": "monotonic_ns"}


def rewrite(place: Place) -> Rewrite:
    """The rewrite that reads the other clock at this place, and wherever it is compared with.

    Raises :class:`Refused` where one of the values is a time of day for anybody.
    """
    node = place.tree.node_at(place.finding.span, cst.Call, cst.Name)
    if not isinstance(node, cst.Call | cst.Name):
        raise Refused("the reading of the clock has changed")
    values = ClockValues(place, frozenset(place.data["own"].split()))
    if isinstance(node, cst.Call) and not values.is_reading(node):
        raise Refused("a date can't give way to a number")
    values.demand(node)
    result = Rewrite(unsafe=list(dict.fromkeys(values.doubts)))
    for reading in values.readings:
        _replace(reading, place, result)
    return result


def _replace(reading: cst.Call, place: Place, result: Rewrite) -> None:
    clock = place.imports.target_of(reading.func, place.names.scope(reading)) or ""
    found = access(reading, reading.func, "time", _TWINS[clock], place.imports)
    result.replace(reading.func, found.expression)
    if found.request and found.request not in result.imports:
        result.imports.append(found.request)
    if isinstance(reading.func, cst.Name):
        result.vanished.append(reading.func)
