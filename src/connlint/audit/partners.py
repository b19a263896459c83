"""Two lists of things in, which of one are the same as which of the other out: by what they are and
where they belong, not by their line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

Old = TypeVar("Old")
New = TypeVar("New")
Key = Hashable | None
"""``None``: this key says nothing about the thing."""


class Partners(Generic[Old, New]):
    """Pairs, found by one key after the other; what is left of either side has no partner.

    Things of one key are paired in order, so of three that were two remain the first two.
    """

    def __init__(self, old: Sequence[Old], new: Sequence[New]) -> None:
        self.old = old
        self.new = new
        self.pairs: dict[int, int] = {}
        """The number of the old one by that of the new one."""
        self.left_old: list[int] = list(range(len(old)))
        self.left_new: list[int] = list(range(len(new)))

    def pair(self, of_old: Callable[[Old], Key], of_new: Callable[[New], Key]) -> None:
        """Pair what has the same key among all that have no partner yet."""
        waiting: dict[Key, list[int]] = {}
        for number in self.left_old:
            waiting.setdefault(of_old(self.old[number]), []).append(number)
        waiting.pop(None, None)
        for number in self.left_new:
            same = waiting.get(of_new(self.new[number]))
            if same:
                self.pairs[number] = same.pop(0)
        taken = set(self.pairs.values())
        self.left_old = [number for number in self.left_old if number not in taken]
        self.left_new = [number for number in self.left_new if number not in self.pairs]


def moved_files(old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Files that only have another name now: the new path by the old one.

    Given are pairs of a path and of something that it holds. A file that is gone has moved to the
    new file with which it shares most, half of what it held at least.
    """
    before, now = _by_path(old), _by_path(new)
    gone = {path: things for path, things in before.items() if path not in now}
    fresh = {path: things for path, things in now.items() if path not in before}
    shared = sorted(
        (-len(things & others), path, other)
        for path, things in gone.items()
        for other, others in fresh.items()
        if 2 * len(things & others) >= len(things)
    )
    found: dict[str, str] = {}
    for _, path, other in shared:
        if path not in found and other not in found.values():
            found[path] = other
    return found


def _by_path(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path, thing in pairs:
        found.setdefault(path, set()).add(thing)
    return found
