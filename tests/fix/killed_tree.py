"""Files that a run was killed over, what it has left of them, and what the next run says."""

from __future__ import annotations

import os
from pathlib import Path

from connlint.facts.cache import hashed
from connlint.fix.groups import Disk, groups_of
from connlint.fix.journal import Journal, Noted, journal_in, lock_in, write_journal
from connlint.fix.journalled import journalled
from connlint.fix.outcome import FileChange, FixOptions
from connlint.fix.recovery import recover

OLD, NEW = b"old\n", b"new\n"


class Tree:
    """Files that are to be changed from old to new, and the folder where that is noted."""

    def __init__(self, base: Path, *names: str) -> None:
        self.root, self.cache = base / "project", base / "cache"
        self.places = {name: self.root / name for name in names}
        for place in self.places.values():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(OLD)

    @property
    def changes(self) -> list[FileChange]:
        return [FileChange(name, place, OLD, NEW) for name, place in self.places.items()]

    @property
    def state(self) -> str:
        """What each file holds: ``o``\\ ld, ``n``\\ ew, ``?``."""
        contents = [place.read_bytes() for place in self.places.values()]
        return "".join({OLD: "o", NEW: "n"}.get(content, "?") for content in contents)

    def options(self, *, verified: bool = False) -> FixOptions:
        return FixOptions(self.root, self.cache, verify=(lambda: "") if verified else None)

    def die_with(self, *new: str, verified: bool = False, token: str = "0a1b") -> None:
        """Leave what a run leaves that is killed when it has written ``new``."""
        self.cache.mkdir(exist_ok=True)
        noted = tuple(
            Noted(os.fsencode(name), OLD, hashed(NEW), 1_000_000_007, 2_000_000_009)
            for name in self.places
        )
        journal = Journal(os.fsencode(self.root.resolve()), token, verified, noted)
        write_journal(journal_in(self.cache), journal)
        for name in new:
            self.places[name].write_bytes(NEW)

    def recover(self) -> str:
        """What the next run says."""
        problem = recover(self.root, self.cache)
        assert problem is None or (not problem.fatal and "\n" not in problem.message)
        return problem.message if problem else ""

    def left_behind(self) -> list[str]:
        """Whatever is there besides the files themselves and the lock."""
        everything = [*self.root.rglob("*"), *self.cache.rglob("*")]
        known = {*self.places.values(), lock_in(self.cache)}
        return [str(each) for each in everything if each.is_file() and each not in known]


def write_all(tree: Tree, options: FixOptions) -> None:
    """Write all changes, noted in the journal."""
    with journalled(tree.changes, options) as token:
        disk = Disk(tree.root, token)
        (group,) = groups_of(tree.changes, [frozenset(tree.places)])
        assert disk.write_group(group) == {}
