"""A git revision in; which files of the project have changed since, and what they held, out.

Contents come from git's objects: neither the work tree nor the index is touched. The change since a
revision begins where the present branch left it, as in a pull request.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from connlint.config.spelling import did_you_mean
from connlint.errors import UsageError

_OPTION = "--since"
_FILE_MODES = frozenset({"100644", "100755"})
_SUBMODULE = "160000"
_UNSHALLOW = "the clone is shallow: fetch the history that is missing (git fetch --unshallow)"
_DIFF = (
    "diff", "--raw", "-z", "--no-abbrev", "--find-renames", "--no-ext-diff", "--no-relative",
    "--ignore-submodules=all",
)  # fmt: skip


class Earlier(NamedTuple):
    """The files that differ between a commit and now; all paths are relative to the project root.

    ``contents`` is what they held then, by the path of then; ``added`` are paths of now that were
    not there. ``renames`` leads from the path of now to that of then; such a file is in both.
    """

    commit: str
    contents: Mapping[str, bytes]
    added: frozenset[str]
    renames: Mapping[str, str]


class _Change(NamedTuple):
    """One entry of a diff: git's status letter, the old file, and the paths of then and now."""

    status: str
    mode: str
    blob: str
    before: str
    after: str


def changes_since(
    root: Path, revision: str, present: Iterable[str], is_wanted: Callable[[str], bool]
) -> Earlier:
    """How the project at ``root`` differs from what it was before the change since ``revision``.

    ``present`` are the files of now that count; ``is_wanted`` says whether a path that is not among
    them would count if it were there. Raises :class:`UsageError` in one line where there is no git,
    no repository, no such revision, or a clone that lacks what is needed.
    """
    repository = _Repository.around(root)
    base = repository.base(revision)
    files = frozenset(present)
    changes = repository.changes(base)
    untracked = repository.untracked(files) - {change.after for change in changes}
    if untracked and any(change.status == "D" for change in changes):
        changes = repository.changes(base, also=sorted(untracked))
    counting = [
        change
        for change in changes
        if change.before in files or change.after in files or is_wanted(change.before)
    ]
    before = [change for change in counting if change.mode in _FILE_MODES]
    new = {c.after for c in counting if c.status == "R" or c.mode not in _FILE_MODES}
    return Earlier(
        commit=base,
        contents=repository.contents(before),
        added=untracked | new,
        renames={change.after: change.before for change in before if change.status == "R"},
    )


class _Repository:
    """A git repository as seen from a folder in it."""

    def __init__(self, top: Path, prefix: str) -> None:
        self._top = top
        self._prefix = prefix

    @classmethod
    def around(cls, root: Path) -> _Repository:
        """The repository that holds ``root``."""
        if shutil.which("git") is None:
            raise UsageError(f"{_OPTION} needs git, which is not installed")
        done = _git(root, "rev-parse", "--show-toplevel")
        if done.returncode:
            if b"not a git repository" in done.stderr:
                raise UsageError(f"{_OPTION} needs a git repository, and {root} is in none")
            raise _refused(done)
        top = Path(os.fsdecode(done.stdout.removesuffix(b"\n")))
        prefix = Path(os.path.relpath(os.path.realpath(root), os.path.realpath(top))).as_posix()
        return cls(top, prefix)

    def base(self, revision: str) -> str:
        """The commit from which the change since ``revision`` starts."""
        wanted = f"{revision}^{{commit}}"
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        if found.returncode:
            raise UsageError(f"{_OPTION}: there is no revision {revision!r}{self._hint(revision)}")
        common = self._run("merge-base", _line(found), "HEAD")
        if common.returncode:
            why = f"; {_UNSHALLOW}" if self._is_shallow() else ""
            raise UsageError(f"{_OPTION}: {revision!r} and HEAD have no commit in common{why}")
        return _line(common)

    def changes(self, base: str, also: Sequence[str] = ()) -> list[_Change]:
        """How the work tree differs from ``base``; ``also`` are files that git does not track."""
        if not also:
            return list(self._changes(_checked(self._run(*_DIFF, base, "--")).stdout))
        with tempfile.TemporaryDirectory(prefix="connlint-") as folder:
            variables = {"GIT_INDEX_FILE": str(self._copy_of_index(Path(folder)))}
            names = b"\0".join(os.fsencode(self._from_top(path)) for path in also)
            self._run(
                "add", "--intent-to-add", "--force", "--pathspec-from-file=-",
                "--pathspec-file-nul", stdin=names, variables=variables,
            )  # fmt: skip
            done = _checked(self._run(*_DIFF, base, "--", variables=variables))
        return list(self._changes(done.stdout))

    def untracked(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of ``paths`` that could be in this repository and are not.

        What is in a submodule or outside of the repository could not.
        """
        tracked = {path for _, path in self._listed}
        submodules = [path for mode, path in self._listed if mode == _SUBMODULE]
        outside = ("../", *(f"{self._from_top(path)}/" for path in submodules))
        return frozenset(
            path
            for path in paths
            if path not in tracked and not self._from_top(path).startswith(outside)
        )

    def contents(self, changes: Sequence[_Change]) -> dict[str, bytes]:
        """What the files held then, by the path of then."""
        wanted = "".join(f"{change.blob}\n" for change in changes).encode()
        output = _checked(self._run("cat-file", "--batch", stdin=wanted)).stdout
        found: dict[str, bytes] = {}
        at = 0
        for change in changes:
            end = output.index(b"\n", at)
            name, kind, *size = output[at:end].split()
            if kind != b"blob":
                raise UsageError(f"{_OPTION}: the clone lacks {change.before} ({name.decode()})")
            start = end + 1
            at = start + int(size[0])
            found[change.before] = output[start:at]
            at += 1
        return found

    @cached_property
    def _listed(self) -> list[tuple[str, str]]:
        """Mode and path of all that is in the index."""
        output = _checked(self._run("ls-files", "--stage", "-z")).stdout
        entries = (entry.partition(b"\t") for entry in output.split(b"\0") if entry)
        return [(head[:6].decode(), self._from_root(name)) for head, _, name in entries]

    def _changes(self, output: bytes) -> Iterator[_Change]:
        fields = iter(output.split(b"\0"))
        for head in fields:
            if not head:
                continue
            mode, _, blob, _, status = head.removeprefix(b":").decode().split()
            before = after = self._from_root(next(fields))
            if status[0] == "R":
                after = self._from_root(next(fields))
            yield _Change(status[0], mode, blob, before, after)

    def _copy_of_index(self, folder: Path) -> Path:
        name = _line(_checked(self._run("rev-parse", "--git-path", "index")))
        return Path(shutil.copy(self._top / name, folder / "index"))

    def _hint(self, revision: str) -> str:
        if self._is_shallow():
            return f"; {_UNSHALLOW}"
        known = self._run("for-each-ref", "--format=%(refname:short)")
        return did_you_mean(revision, ["HEAD", *known.stdout.decode("utf-8", "replace").split()])

    def _is_shallow(self) -> bool:
        return _line(self._run("rev-parse", "--is-shallow-repository")) == "true"

    def _from_root(self, name: bytes) -> str:
        """A path from the top of the repository, as git names it, from the project root."""
        path = os.fsdecode(name)
        if self._prefix == ".":
            return path
        if path.startswith(f"{self._prefix}/"):
            return path[len(self._prefix) + 1 :]
        return posixpath.relpath(path, self._prefix)

    def _from_top(self, path: str) -> str:
        return posixpath.normpath(f"{self._prefix}/{path}")

    def _run(
        self, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        return _git(self._top, *arguments, stdin=stdin, variables=variables)


def _git(
    folder: Path, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in ``folder``; the folder decides on the repository, whatever a hook has set."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("GIT_DIR", "GIT_WORK_TREE")}
    fixed = {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**inherited, **fixed, **(variables or {})},
        input=stdin,
        capture_output=True,
        check=False,
    )


def _checked(done: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[bytes]:
    if done.returncode:
        raise _refused(done)
    return done


def _refused(done: subprocess.CompletedProcess[bytes]) -> UsageError:
    lines = done.stderr.decode("utf-8", "replace").splitlines() or ["it failed without a word"]
    return UsageError(f"{_OPTION}: git says: {lines[0]}")


def _line(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stdout.decode("utf-8", "replace").strip()
