"""The paths to look at in, every Python and SQL file below them out, and what was left out and why.

Files named on the command line, and folders named there, are looked at whatever the excludes say;
below a named folder the rules hold again.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from connlint.config.globs import covers, matches
from connlint.discover.ignore import Chain, chain_above, ignored_by, rules_in
from connlint.errors import UsageError
from connlint.findings import Problem
from connlint.source import SourceError

_UNINTERESTING = frozenset({"__pycache__", ".git", ".hg", ".svn", ".bzr", ".jj"})
"""Hold no source, and are left out without a word."""

_USUAL = frozenset(
    {
        ".cache", ".direnv", ".eggs", ".git-rewrite", ".hypothesis", ".idea", ".ipynb_checkpoints",
        ".mypy_cache", ".nox", ".pants.d", ".pixi", ".pyenv", ".pytest_cache", ".pytype",
        ".ruff_cache", ".tox", ".venv", ".vscode", "__pypackages__", "_build", "buck-out",
        "node_modules", "site-packages", "venv",
    }
)  # fmt: skip
_USUAL_UNLESS_PACKAGE = frozenset({"build", "dist"})
_SOURCE_SUFFIXES = (".py", ".pyw")
_READ = (".py", ".sql")
_LARGEST_SQL = 5_000_000
"""A dump above this size is data rather than a schema."""
_LONGEST_SHEBANG = 256
_SHEBANG = re.compile(rb"#![^\r\n]*\b(?:python|pypy)")


class FoundFile(NamedTuple):
    """A file to look at: where to open it, and its POSIX path relative to the project root."""

    path: str
    relative: str


class Skipped(NamedTuple):
    """A folder or file that was left out, and why; ``path`` is relative to the project root."""

    path: str
    reason: str


class Found(NamedTuple):
    """The files in the order of their relative paths, each real file once, and what is missing.

    ``sql`` are files of SQL, which say what tables there are; nothing is ever reported in them.
    """

    files: tuple[FoundFile, ...]
    skipped: tuple[Skipped, ...]
    problems: tuple[Problem, ...]
    sql: tuple[FoundFile, ...] = ()


def find_files(root: Path, paths: Sequence[Path], exclude: Sequence[str] = ()) -> Found:
    """The Python files at and below ``paths``.

    ``root`` is the project's folder, to which the globs in ``exclude`` refer; relative ``paths``
    are taken from the working directory. A named file is Python by its suffix or its ``#!`` line.
    Raises :class:`UsageError` when one of the ``paths`` does not exist.
    """
    missing = [str(path) for path in paths if not os.path.lexists(path)]
    if missing:
        raise UsageError(f"no such file or folder: {', '.join(missing)}")
    walk = _Walk(_absolute(root), tuple(exclude))
    for path in paths:
        walk.start(_absolute(path))
    return walk.finish()


def rules_of(root: Path, exclude: Sequence[str] = ()) -> Callable[[str], bool]:
    """Whether :func:`find_files` in ``root`` would take a file that need not be there.

    The file is given by its path relative to ``root``; what lies outside of it is not taken.
    """
    walk = _Walk(_absolute(root), tuple(exclude))

    @cache
    def folder_at(relative: str) -> _Folder | None:
        if not relative:
            return walk.top()
        above, _, name = relative.rpartition("/")
        folder = folder_at(above)
        return folder and walk.imagined(folder, name)

    def takes(relative: str) -> bool:
        above, _, name = relative.rpartition("/")
        folder = folder_at(above)
        return folder is not None and name.endswith(_READ) and walk.wants_file(folder, name)

    return takes


class _Folder(NamedTuple):
    """A folder to look into. ``path`` and ``real``, which has no links in it, are absolute.

    ``prefix`` leads there from the project root. It is empty or ends in a slash, the other two
    never do; all are POSIX.
    """

    path: str
    real: str
    prefix: str
    chain: Chain
    exclude: tuple[str, ...]
    is_named: bool = False


class _Walk:
    """Collects files. Links wait until all folders are read: the true path of a file wins."""

    def __init__(self, root: str, exclude: tuple[str, ...]) -> None:
        self._root = root
        self._exclude = exclude
        self._trees = [_real(root)]
        self._files: list[FoundFile] = []
        self._sql: list[FoundFile] = []
        self._skipped: list[Skipped] = []
        self._problems: list[Problem] = []
        self._real_folders: set[str] = set()
        self._real_files: set[str] = set()
        self._links: list[tuple[str, _Folder, str]] = []
        self._linked_files: list[tuple[str, str, str]] = []
        self._named_files: list[str] = []

    def start(self, path: str) -> None:
        """Look at ``path``, which was named."""
        if not Path(f"{path}/").is_dir():
            self._named_files.append(path)
            return
        real, relative = _real(path), self._relative(path)
        self._trees.append(real)
        exclude = self._exclude
        if relative:
            exclude = tuple(pattern for pattern in exclude if not covers(pattern, relative))
        prefix = f"{relative}/" if relative else ""
        chain = chain_above(path, self._root)
        self._look_into(_Folder(path, real, prefix, chain, exclude, is_named=True))

    def finish(self) -> Found:
        """Everything found, once the links are followed."""
        while self._links:
            links, self._links = sorted(self._links), []
            for _, folder, name in links:
                self._follow(folder, name)
        self._take_linked()
        for path in self._named_files:
            self._take_named(path)
        return Found(
            tuple(sorted(self._speakable(), key=lambda file: file.relative)),
            tuple(sorted(self._skipped)),
            tuple(sorted(self._problems, key=lambda problem: (problem.path, problem.message))),
            tuple(sorted(self._sql, key=lambda file: file.relative)),
        )

    def top(self) -> _Folder:
        """The project's folder, with the rules that hold in it."""
        chain = chain_above(self._root, self._root)
        folder = _Folder(self._root, _real(self._root), "", chain, self._exclude, is_named=True)
        return self._with_rules_if_any(folder)

    def imagined(self, folder: _Folder, name: str) -> _Folder | None:
        """The folder ``name`` in ``folder``, there or not; ``None`` when it is not looked into."""
        if name in (*_UNINTERESTING, "..") or not self._wants_folder(folder, name):
            return None
        return self._with_rules_if_any(_inside(folder, name, f"{folder.real}/{name}"))

    def _with_rules_if_any(self, folder: _Folder) -> _Folder:
        has_rules = os.path.lexists(f"{folder.path}/.gitignore")
        return self._with_rules(folder) if has_rules else folder

    def _look_into(self, start: _Folder) -> None:
        pending = [start]
        while pending:
            folder = pending.pop()
            if folder.real in self._real_folders:
                continue
            self._real_folders.add(folder.real)
            try:
                with os.scandir(f"{folder.path}/") as entries:
                    pending += self._scan(folder, list(entries))
            except FileNotFoundError:
                self._skip(folder.prefix, "gone before it could be read")
            except OSError as error:
                self._report(f"folder can't be read: {error.strerror}", folder.prefix or ".")

    def _scan(self, folder: _Folder, entries: list[os.DirEntry[str]]) -> list[_Folder]:
        """Take the files of a folder; returns the folders in it that are to be looked into."""
        names = [entry.name for entry in entries]
        if "pyvenv.cfg" in names and not folder.is_named:
            self._skip(folder.prefix, "virtual environment")
            return []
        if ".gitignore" in names:
            folder = self._with_rules(folder)
        inner = []
        for entry in entries:
            name = entry.name
            if entry.is_symlink():
                self._links.append((folder.prefix + name, folder, name))
            elif entry.is_dir(follow_symlinks=False):
                if name not in _UNINTERESTING and self._wants_folder(folder, name):
                    inner.append(_inside(folder, name, f"{folder.real}/{name}"))
            elif (
                name.endswith(".py")
                and entry.is_file(follow_symlinks=False)
                and self.wants_file(folder, name)
            ):
                path, real = f"{folder.path}/{name}", f"{folder.real}/{name}"
                self._take(path, folder.prefix + name, real)
            elif name.endswith(".sql") and entry.is_file(follow_symlinks=False):
                self._take_sql(folder, entry)
        return inner

    def _take_sql(self, folder: _Folder, entry: os.DirEntry[str]) -> None:
        relative = folder.prefix + entry.name
        try:
            is_large = entry.stat(follow_symlinks=False).st_size > _LARGEST_SQL
        except OSError:
            self._skip(relative, "gone before it could be read")
            return
        if is_large:
            self._skip(relative, "SQL of more than 5 MB")
        elif self.wants_file(folder, entry.name) and _speakable(relative) == relative:
            self._sql.append(FoundFile(f"{folder.path}/{entry.name}", relative))

    def _with_rules(self, folder: _Folder) -> _Folder:
        try:
            return folder._replace(chain=(rules_in(folder.path), *folder.chain))
        except SourceError as error:
            self._report(error.message, f"{folder.prefix}.gitignore")
            return folder

    def _wants_folder(self, folder: _Folder, name: str) -> bool:
        """Whether the folder ``name`` in ``folder`` is to be looked into; notes why not."""
        relative = folder.prefix + name
        if name in _USUAL or name.endswith(".egg-info"):
            reason = "folder of tools or dependencies"
        elif name in _USUAL_UNLESS_PACKAGE and not _is_package(f"{folder.path}/{name}"):
            reason = "build output"
        elif pattern := next((each for each in folder.exclude if covers(each, relative)), None):
            reason = f"excluded by {pattern}"
        elif rules := ignored_by(folder.chain, f"{folder.path}/{name}/", f"{name}/"):
            reason = f"ignored by {self._relative(rules.file)}"
        else:
            return True
        self._skip(f"{relative}/", reason)
        return False

    def wants_file(self, folder: _Folder, name: str) -> bool:
        """Whether the file ``name`` in ``folder`` is to be looked at; notes why not."""
        relative = folder.prefix + name
        if pattern := next((each for each in folder.exclude if matches(each, relative)), None):
            reason = f"excluded by {pattern}"
        elif rules := ignored_by(folder.chain, f"{folder.path}/{name}", name):
            reason = f"ignored by {self._relative(rules.file)}"
        else:
            return True
        self._skip(relative, reason)
        return False

    def _follow(self, folder: _Folder, name: str) -> None:
        """Look into the folder that the link ``name`` leads to, unless that is read anyway.

        Files wait until no folder is left that might hold them under a name of their own.
        """
        path, relative = f"{folder.path}/{name}", folder.prefix + name
        is_source = name.endswith(".py")
        try:
            real = _posix(os.path.realpath(path, strict=True))
            mode = Path(real).stat().st_mode
        except OSError:
            if is_source:
                self._skip(relative, "link that leads nowhere")
            return
        if stat.S_ISREG(mode) and is_source and self.wants_file(folder, name):
            self._linked_files.append((relative, path, real))
        if not stat.S_ISDIR(mode) or name in _UNINTERESTING:
            return
        if not self._wants_folder(folder, name):
            return
        if real in self._real_folders:
            self._skip(f"{relative}/", "link to a folder that is read under its own name")
        elif any(f"{tree}/".startswith(f"{real.rstrip('/')}/") for tree in self._trees):
            self._skip(f"{relative}/", "link to a folder around the project")
        else:
            self._look_into(_inside(folder, name, real))

    def _take_linked(self) -> None:
        for relative, path, real in sorted(self._linked_files):
            if real in self._real_files:
                self._skip(relative, "link to a file that is read under its own name")
            else:
                self._take(path, relative, real)

    def _take_named(self, path: str) -> None:
        real, relative = _real(path), self._relative(path)
        if real in self._real_files:
            return
        try:
            if not stat.S_ISREG(Path(path).stat().st_mode):
                self._skip(relative, "not a regular file")
            elif not path.endswith(_SOURCE_SUFFIXES) and not _has_shebang(path):
                self._skip(relative, "not Python")
            else:
                self._take(path, relative, real)
        except OSError as error:
            self._report(f"can't be read: {error.strerror}", relative)

    def _take(self, path: str, relative: str, real: str) -> None:
        self._files.append(FoundFile(path, relative))
        self._real_files.add(real)

    def _skip(self, relative: str, reason: str) -> None:
        self._skipped.append(Skipped(_speakable(relative), reason))

    def _report(self, message: str, relative: str) -> None:
        self._problems.append(Problem(message, _speakable(relative)))

    def _speakable(self) -> Iterator[FoundFile]:
        """The files without those whose names no report could hold, which become problems."""
        for file in self._files:
            if file.relative.isascii() or _speakable(file.relative) == file.relative:
                yield file
            else:
                self._report("the file's name is not valid UTF-8, not read", file.relative)

    def _relative(self, path: str) -> str:
        """``path`` from the project root; with leading ``..`` when it is outside."""
        for start, inside in ((self._root, path), (self._trees[0], _real(path))):
            if f"{inside}/".startswith(f"{start}/"):
                return inside[len(start) + 1 :]
        try:
            return _posix(os.path.relpath(path, f"{self._root}/"))
        except ValueError:  # another drive
            return path


def _inside(folder: _Folder, name: str, real: str) -> _Folder:
    prefix = f"{folder.prefix}{name}/"
    return _Folder(f"{folder.path}/{name}", real, prefix, folder.chain, folder.exclude)


def _posix(path: str) -> str:
    return path if os.sep == "/" else path.replace(os.sep, "/")


def _absolute(path: Path) -> str:
    """``path`` as an absolute POSIX path without a final slash, ``""`` for the root folder."""
    # Only the file system knows what ``link/..`` is.
    absolute = os.path.realpath(path) if ".." in path.parts else path.absolute()
    return _posix(str(absolute)).rstrip("/")


def _real(path: str) -> str:
    return _posix(os.path.realpath(f"{path}/" if path else "/")).rstrip("/")


def _is_package(folder: str) -> bool:
    return os.path.lexists(f"{folder}/__init__.py")


def _has_shebang(path: str) -> bool:
    with Path(path).open("rb") as file:
        return _SHEBANG.match(file.readline(_LONGEST_SHEBANG)) is not None


def _speakable(name: str) -> str:
    """``name`` with the bytes that are no text replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
