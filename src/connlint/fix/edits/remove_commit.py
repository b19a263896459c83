"""``remove-commit``: a commit, or the call of a persist function, is taken out.

``word`` is the name of what is called, ``caution`` what a person has to look at. With ``here`` at
``no`` the commit is reached from the place of the finding, and stands at another part of the fix.
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
    caution = list(filter(None, [place.data.get("caution")]))
    if place.data.get("here") == "no":
        return Rewrite(unsafe=caution)
    call = place.tree.node_at(place.span, cst.Call)
    if call is None:
        raise Refused("the code at this place has changed")
    statement = statement_of_call(call, place)
    parts = [each.value for each in call.args]
    if isinstance(call.func, cst.Attribute):
        parts.append(call.func.value)
    if not all(only_looks(each, place.tree) for each in parts):
        raise Refused("the call makes other calls for its arguments")
    result = remove(statement, place, place.data.get("word", "commit"))
    result.unsafe += caution
    return result
