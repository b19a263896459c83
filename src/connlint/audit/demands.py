"""A setting of a connection and what the standard demands of it in, whether it is so out.

What may be is ``unknown``: a part that the code does not show, or alternatives that differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from connlint.model.connections.certificates import Verified
from connlint.model.connections.texts import Text, is_known, is_same_setting, shown

Answer = Literal["yes", "no", "unknown"]

_BLANK = re.compile(r"\[[^\]]*\]")


def same_everywhere(answers: Iterable[Answer]) -> Answer:
    """The answer that all alternatives share."""
    found = set(answers)
    return found.pop() if len(found) == 1 else "unknown"


def user_name(users: Sequence[Text], wanted: str) -> Answer:
    """Whether user names have the form that is wanted, in which ``[...]`` stands for anything."""
    start, *_, end = (*_BLANK.split(wanted, maxsplit=1), "")[:2]
    return same_everywhere(_one_user(user, wanted, start, end) for user in users)


def _one_user(user: Text, wanted: str, start: str, end: str) -> Answer:
    if start == wanted:
        return ("yes" if shown(user) == wanted else "no") if is_known(user) else "unknown"
    if is_known(user):
        whole = shown(user)
        fits = whole.startswith(start) and whole.endswith(end)
        return "yes" if fits and len(whole) > len(start) + len(end) else "no"
    first = user[0] if isinstance(user[0], str) else ""
    last = user[-1] if isinstance(user[-1], str) else ""
    if first.startswith(start) and last.endswith(end):
        return "yes"
    may_start = start.startswith(first)
    may_end = end.endswith(last) or last.endswith(end)
    return "unknown" if may_start and may_end else "no"


def host(hosts: Sequence[Text], poolers: Sequence[str]) -> Answer:
    """Whether hosts with their ports are among those wanted, which may be globs."""
    return same_everywhere(_one_host(shown(each), is_known(each), poolers) for each in hosts)


def _one_host(found: str, known: bool, poolers: Sequence[str]) -> Answer:
    name, _, port = found.rpartition(":") if ":" in found else (found, "", "")
    ports = {pooler.partition(":")[2] for pooler in poolers}
    if "{" not in port and port and not ports & {"", "*", port}:
        return "no"
    if not known:
        return "unknown"
    fits = any(
        fnmatchcase(name.lower(), wanted.lower()) and wanted_port in ("", "*", port)
        for wanted, _, wanted_port in (pooler.partition(":") for pooler in poolers)
    )
    return "yes" if fits else "no"


def certificate(verified: Verified | None, wanted: str) -> Answer:
    """Whether the server's certificate is verified as wanted; ``None``: no SSL is asked for."""
    if verified == "unknown":
        return "unknown"
    return "yes" if (verified == "yes") == (wanted == "required") else "no"


def value(
    values: Sequence[object] | None, wanted: object, *, is_given: bool, is_open: bool
) -> Answer:
    """Whether an argument has the value that is wanted; ``values``: ``None`` when not known."""
    if not is_given:
        return "unknown" if is_open else "no"
    if not values:
        return "unknown"
    return same_everywhere("yes" if is_same_setting(each, wanted) else "no" for each in values)
