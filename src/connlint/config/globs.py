"""A pattern and a text in, whether they match out: path globs, dotted-name globs, route patterns.

Everywhere ``*`` stays inside one segment and ``**`` stands for any number of segments, none
included. Paths are POSIX paths relative to the project root, and a path glob is anchored there:
``tasks.py`` is the file in the root, ``**/tasks.py`` is one at any depth. A path glob that ends in
a plain name stands for that file or for everything in that folder, as ``folder/`` does. A glob of
dotted names that ends in ``.*`` stands for everything below: ``src.db.session.*`` matches
``src.db.session.make`` and ``src.db.session.Pool.get``, and not ``src.db.session``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

_CLASS = re.compile(r"\[(!?)(\]?[^\]]*)\]")
_WILDCARD = re.compile(r"[*?\[]")
_DRIVE = re.compile(r"[A-Za-z]:")
_METHOD = re.compile(r"[A-Z]+ +(?=[/*])")
_PYTHON_SUFFIXES = (".py", ".pyi")

_Matcher = Callable[[str], object]


class Specificity(NamedTuple):
    """How exactly a path glob says what it means; the greater of two is the more specific."""

    is_file: bool
    named_segments: int
    fewer_double_stars: int
    fewer_wildcards: int
    literal_characters: int


def matches(pattern: str, path: str) -> bool:
    """Whether the path glob ``pattern`` matches the POSIX path ``path``.

    ``pattern`` has to be sound (:func:`path_glob_flaw`). ``folder/**`` matches ``folder`` too.
    """
    return _path_matcher(pattern)(path) is not None


def covers(pattern: str, folder: str) -> bool:
    """Whether ``pattern`` matches everything below ``folder``, so that it need not be entered."""
    parts = _path_parts(pattern)
    return _is_open(parts[-1]) and matches(pattern, folder)


@lru_cache(maxsize=1024)
def specificity(pattern: str) -> Specificity:
    """The rank of a path glob among others that match the same path.

    A file's own path comes first; then counts how many segments hold plain text, then how few
    wildcards there are, then how much text stands next to them.
    """
    parts = _path_parts(pattern)
    named = [part for part in parts if part.strip("*?")]
    partial = [part for part in named if _WILDCARD.search(part)]
    is_literal = not any(_WILDCARD.search(part) for part in parts)
    return Specificity(
        is_file=is_literal and parts[-1].endswith(_PYTHON_SUFFIXES),
        named_segments=len(named),
        fewer_double_stars=-parts.count("**"),
        fewer_wildcards=-sum(len(_WILDCARD.findall(part)) for part in parts if part != "**"),
        literal_characters=sum(len(_CLASS.sub("", part).strip("*?")) for part in partial),
    )


def matches_name(pattern: str, dotted: str) -> bool:
    """Whether ``pattern``, a dotted name with or without wildcards, stands for ``dotted``."""
    if "*" not in pattern:
        return pattern == dotted
    return _name_matcher(pattern)(dotted) is not None


def matches_route(pattern: str, route: str) -> bool:
    """Whether ``pattern`` stands for the full route path ``route``; a final slash does not count.

    Parameters are compared as they are written: ``/jobs/{job_id}`` or ``/jobs/*``.
    """
    return _route_matcher(pattern)(route.strip("/")) is not None


def path_glob_flaw(pattern: str) -> str:
    """What is wrong with a path glob, as the end of a sentence; empty when it is sound."""
    return _location_flaw(pattern) or _segments_flaw(pattern.split("/"))


def folder_flaw(path: str) -> str:
    """What is wrong with the path of a folder inside the project; empty when it is sound."""
    return _location_flaw(path) or ("has wildcards" if _WILDCARD.search(path) else "")


def route_flaw(pattern: str) -> str:
    """What is wrong with a route pattern; empty when it is sound."""
    if _METHOD.match(pattern):
        return "names a method"
    if not pattern.startswith(("/", "*")):
        return "does not start with /" if pattern else "is empty"
    return _stars_flaw(pattern.split("/"))


def without_method(route: str) -> str:
    """``/jobs`` for ``POST /jobs``."""
    return _METHOD.sub("", route, count=1)


def _location_flaw(path: str) -> str:
    if not path.strip():
        return "is empty"
    if "\\" in path:
        return "has a backslash; folders are divided by /"
    if path.startswith("/") or _DRIVE.match(path):
        return "is absolute"
    if ".." in path.split("/"):
        return "leaves the project with .."
    return ""


def _segments_flaw(parts: list[str]) -> str:
    for part in parts:
        if "[" in _CLASS.sub("", part):
            return "has a [ that is never closed"
        for _, body in _CLASS.findall(part):
            if not body:
                return "has an empty [ ]"
            if any(low > high for low, high in _ranges(body) if high):
                return f"has the empty range [{body}]"
    return _stars_flaw([_CLASS.sub("", part) for part in parts])


def _stars_flaw(parts: list[str]) -> str:
    if any("**" in part and part != "**" for part in parts):
        return "has ** next to other text; it has to be a whole segment"
    return ""


def _path_parts(pattern: str) -> list[str]:
    """The segments of a path glob, without ``.`` and with ``folder/`` read as ``folder/**``."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    if pattern.endswith("/") or not parts:
        parts.append("**")
    return _collapsed(parts)


def _collapsed(parts: list[str]) -> list[str]:
    """``parts`` with each run of ``**`` as one."""
    return [p for n, p in enumerate(parts) if p != "**" or n == 0 or parts[n - 1] != "**"]


def _is_open(last: str) -> bool:
    """Whether a glob with this last segment also stands for everything below what it names."""
    return last == "**" or not _WILDCARD.search(last)


@lru_cache(maxsize=1024)
def _path_matcher(pattern: str) -> _Matcher:
    parts = _path_parts(pattern)
    below = "(?:/.*)?" if _is_open(parts[-1]) else ""
    return _compiled(parts, "/", _segment, below)


@lru_cache(maxsize=1024)
def _route_matcher(pattern: str) -> _Matcher:
    parts = _collapsed(pattern.strip("/").split("/"))
    return _compiled(parts, "/", _starred, "(?:/.*)?" if parts[-1] == "**" else "")


@lru_cache(maxsize=1024)
def _name_matcher(pattern: str) -> _Matcher:
    parts = _collapsed(pattern.split("."))
    if parts[-1] not in ("*", "**"):
        return _compiled(parts, ".", _starred, "")
    return _compiled([*parts[:-1], "**"], ".", _starred, r"\..+")


def _compiled(
    parts: list[str], separator: str, translate: Callable[[str, str], str], below: str
) -> _Matcher:
    """A matcher for ``parts``; a final ``**`` is what ``below`` says."""
    if parts == ["**"]:
        return re.compile(".*", re.DOTALL).fullmatch
    if parts[-1] == "**":
        parts = parts[:-1]
    inside, between = f"[^{separator}]", re.escape(separator)

    def expression(part: str) -> str:
        return f"{inside}+" if part == "*" else translate(part, inside)

    leading = [
        f"(?:{inside}+{between})*" if part == "**" else expression(part) + between
        for part in parts[:-1]
    ]
    return re.compile("".join(leading) + expression(parts[-1]) + below, re.DOTALL).fullmatch


def _starred(part: str, inside: str) -> str:
    """The expression for text in which only ``*`` is special."""
    return f"{inside}*".join(re.escape(text) for text in part.split("*"))


def _segment(part: str, inside: str) -> str:
    """The expression for one segment of a path glob."""
    expression: list[str] = []
    at = 0
    for found in _CLASS.finditer(part):
        expression += [_plain(part[at : found.start()], inside), _character_class(*found.groups())]
        at = found.end()
    return "".join([*expression, _plain(part[at:], inside)])


def _plain(text: str, inside: str) -> str:
    return inside.join(_starred(piece, inside) for piece in text.split("?"))


def _character_class(negation: str, body: str) -> str:
    items = [
        f"{re.escape(low)}-{re.escape(high)}" if high else re.escape(low)
        for low, high in _ranges(body)
    ]
    return f"[^/{''.join(items)}]" if negation else f"[{''.join(items)}]"


def _ranges(body: str) -> list[tuple[str, str]]:
    """``a-cx`` as ``[("a", "c"), ("x", "")]``."""
    found = re.finditer(r"(.)-(.)|.", body, re.DOTALL)
    return [(item[1], item[2]) if item[1] else (item[0], "") for item in found]
