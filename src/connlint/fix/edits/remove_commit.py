"""``remove-commit``: a commit, or the call of a persist function, is taken out.

``word`` is the name of what is called, ``caution`` what a person has to look at.
"""

from __future__ import annotations

import libcst as cst

from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.quiet import only_looks
from connlint.fix.removal import remove, statement_of_call
from connlint.fix.rewrite import Rewrite


def rewrite(place: Place) -> Rewrite:
    """The rewrite that takes out the call at this place; raises :class:`Refused`."""
    call = place.tree.node_at(place.finding.span, cst.Call)
    if call is None:
        raise Refused("the code at this place has changed")
    statement = statement_of_call(call, place)
    parts = [each.value for each in call.args]
    if isinstance(call.func, cst.Attribute):
        parts.append(call.func.value)
    if not all(only_looks(each, place.tree) for each in parts):
        raise Refused("the call makes other calls for its arguments")
    result = remove(statement, place, place.data.get("word", "commit"))
    result.unsafe += filter(None, [place.data.get("caution")])
    return result
