"""Baseline entries and what was found in, the entries with the new names of what has moved out.

An entry follows what it is about when that has another name or another file now: its old place has
to be gone, so that a violation that was mended here and made again there is not taken for one that
has moved.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from connlint.triage.baseline_file import Entry
from connlint.triage.fingerprint import Identity

_DOTTED = re.compile(r"\w+(?:\.\w+)+")


class Places(Protocol):
    """What there is in the project now."""

    def defines(self, path: str, symbol: str) -> bool:
        """Whether the file has a function or class of that dotted path, or is that module."""
        ...

    def is_module(self, name: str) -> bool:
        """Whether a module or package goes by this dotted name."""
        ...


class Followed(NamedTuple):
    """The entries as they apply now, and those among them that moved: before and after."""

    entries: tuple[Entry, ...]
    moved: tuple[tuple[Entry, Entry], ...]


def follow(entries: Sequence[Entry], found: Mapping[Identity, int], places: Places) -> Followed:
    """``entries``, of which those that nothing matches follow what seems to be theirs.

    ``found`` says how often each identity was found. Nothing is followed that would take more
    than the entry allows.
    """
    known = {entry.identity for entry in entries}
    new = [identity for identity in found if identity not in known]
    missing = [entry for entry in entries if entry.identity not in found]
    if not new or not missing:
        return Followed(tuple(entries), ())
    files = _moved_files(missing, new, places)
    goals: dict[Identity, Identity] = {}
    for entry in missing:
        candidates = (each for each in new if found[each] <= entry.count)
        goal = _goal(entry.identity, candidates, files, places)
        if goal:
            goals[entry.identity] = goal
            new.remove(goal)
    followed = [
        msgspec.structs.replace(entry, identity=goals.get(entry.identity, entry.identity))
        for entry in entries
    ]
    pairs = zip(entries, followed, strict=True)
    moved = tuple((old, now) for old, now in pairs if old.identity != now.identity)
    return Followed(tuple(followed), moved)


def _goal(
    old: Identity, candidates: Iterable[Identity], files: Mapping[str, str], places: Places
) -> Identity | None:
    """What the entry ``old`` is about now, if that can be said."""
    code, path, symbol, matched = old
    alike = [c for c in candidates if c[0] == code and _is_same_match(matched, c[3], places)]
    for candidate in alike:
        if candidate[1:3] == (path, symbol):
            return candidate
    if places.defines(path, symbol):
        return None
    local = _local(path, symbol)
    for candidate in alike:
        if files.get(path) == candidate[1] and _local(*candidate[1:3]) == local:
            return candidate
    for candidate in alike:
        renamed = candidate[1] == path and bool(local)
        moved = bool(local) and _local(*candidate[1:3]) == local
        if renamed or moved:
            return candidate
    return None


def _moved_files(
    missing: Sequence[Entry], new: Sequence[Identity], places: Places
) -> dict[str, str]:
    """The files that are gone, and where each seems to be now: most of its entries match there."""
    totals = Counter(entry.identity[1] for entry in missing)
    votes: Counter[tuple[str, str]] = Counter()
    for entry in missing:
        code, path, symbol, matched = entry.identity
        if places.defines(path, ""):
            continue
        votes.update(
            {
                (path, other[1])
                for other in new
                if other[0] == code
                and _is_near(path, other[1])
                and _local(*other[1:3]) == _local(path, symbol)
                and _is_same_match(matched, other[3], places)
            }
        )
    files: dict[str, str] = {}
    for (path, other), number in votes.most_common():
        if 2 * number > totals[path]:
            files.setdefault(path, other)
    return files


def _is_near(path: str, other: str) -> bool:
    """Whether a file kept its name or its folder."""
    folder, _, name = path.rpartition("/")
    other_folder, _, other_name = other.rpartition("/")
    return folder == other_folder or name == other_name


def _local(path: str, symbol: str) -> str:
    """The part of ``symbol`` that is inside the module at ``path``; empty for the module."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    for start in range(len(parts)):
        module = ".".join(parts[start:])
        if f"{symbol}.".startswith(f"{module}."):
            return symbol[len(module) + 1 :]
    return symbol


def _is_same_match(old: str, new: str, places: Places) -> bool:
    """Whether two matches are the same but for the names of modules that were renamed."""
    if old == new:
        return True
    if _DOTTED.sub("", old) != _DOTTED.sub("", new):
        return False
    pairs = zip(_DOTTED.findall(old), _DOTTED.findall(new), strict=True)
    return all(_is_renamed(before, after, places) for before, after in pairs if before != after)


def _is_renamed(old: str, new: str, places: Places) -> bool:
    """Whether ``old`` is what ``new`` was called before its module got another name."""
    before, after = old.split("."), new.split(".")
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
    kept = len(old.split(".")) - len(before)
    return kept > 0 and not places.is_module(".".join(before)) and places.is_module(".".join(after))
