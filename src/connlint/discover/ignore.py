"""``.gitignore`` files in, whether git would leave out a path out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from connlint.source import SourceError, read

_Search = Callable[[str], object]

# What pathspec's expressions look like. It names a group, which joined expressions can't repeat.
_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_ANY_DEPTH = "^(?:.+/)?"
_IT_OR_BELOW = "(?:(?:/)|$)"


class _Pattern(NamedTuple):
    """One line of an ignore file; ``by_name``: it looks at the last segment only."""

    ignores: bool
    by_name: bool
    expression: str


class IgnoreRules:
    """The patterns of one ignore file, applied to paths below the folder that it speaks for.

    Neighbouring patterns of one kind are joined into one expression, which is what makes matching
    a thousand paths against a hundred patterns cheap.
    """

    __slots__ = ("_base_length", "_groups", "file")

    def __init__(self, folder: str, file: str, lines: Iterable[str]) -> None:
        self.file = file
        self._base_length = len(folder) + 1
        self._groups: list[tuple[bool, _Search | None, _Search | None]] = []
        patterns = filter(None, map(_pattern, lines))
        for ignores, run in groupby(patterns, key=lambda each: each.ignores):
            neighbours = list(run)
            name = _joined(each.expression for each in neighbours if each.by_name)
            path = _joined(each.expression for each in neighbours if not each.by_name)
            self._groups.insert(0, (ignores, name, path))

    def verdict(self, path: str, name: str) -> bool | None:
        """Whether ``path`` is ignored, or ``None`` when no pattern matches it.

        ``path`` is absolute and POSIX, ``name`` its last segment; both end in a slash when they
        name a folder. The folders above it are taken to be not ignored.
        """
        below = path[self._base_length :]
        for ignores, in_name, in_path in self._groups:
            if (in_name and in_name(name)) or (in_path and in_path(below)):
                return ignores
        return None


Chain = tuple[IgnoreRules, ...]
"""The rules that hold in a folder, the innermost first."""


def ignored_by(chain: Chain, path: str, name: str) -> IgnoreRules | None:
    """The rules that make git ignore ``path`` (see :meth:`IgnoreRules.verdict`), if any do."""
    for rules in chain:
        verdict = rules.verdict(path, name)
        if verdict is not None:
            return rules if verdict else None
    return None


def rules_in(folder: str) -> IgnoreRules:
    """The rules of ``folder/.gitignore``; raises ``SourceError`` when that can't be read."""
    return _load(folder, f"{folder}/.gitignore")


def chain_above(folder: str, root: str) -> Chain:
    """The rules that hold in ``folder`` because of files above it.

    They come from the top of its git repository down, else from the project's ``root`` down.
    Where they would ignore ``folder`` itself or a folder around it, they don't hold: somebody
    asked for it. Files that can't be read add nothing. Both folders are absolute POSIX paths.
    """
    top = repository_of(folder)
    start = top or (root if f"{folder}/".startswith(f"{root}/") else folder)
    chain = _added((), top, _private_excludes(top)) if top else ()
    for each in _folders_to(folder, start):
        if each != start and ignored_by(chain, f"{each}/", f"{each.rpartition('/')[2]}/"):
            chain = ()
        if each != folder:
            chain = _added(chain, each, f"{each}/.gitignore")
    return chain


def _added(chain: Chain, folder: str, file: str) -> Chain:
    """``chain`` with the rules that ``file`` has for ``folder``, if they can be read."""
    try:
        return (_load(folder, file), *chain)
    except SourceError:
        return chain


def _load(folder: str, file: str) -> IgnoreRules:
    text = read(file).decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return IgnoreRules(folder, file, text.split("\n"))


def _pattern(line: str) -> _Pattern | None:
    """What ``line`` says; ``None`` for blanks, comments and patterns that git passes over."""
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    text = line.removesuffix("\r")
    text = text if text.endswith("\\ ") else text.rstrip()
    pattern = text.removesuffix("/")
    if pattern.endswith(" ") and not pattern.endswith("\\ "):
        pattern = f"{pattern[:-1]}\\ "  # before a slash, a blank counts
    try:
        expression, ignores = GitIgnoreSpecPattern.pattern_to_regex(pattern)
        re.compile(expression or "")
    except (ValueError, re.error):
        return None
    if expression is None or ignores is None or "//" in text:  # no path has two slashes
        return None
    by_name = "/" not in pattern.removeprefix("!").removeprefix("**/")
    is_for_folders = text.endswith("/")
    expression = _for_one_path(expression, by_name=by_name, is_for_folders=is_for_folders)
    return _Pattern(ignores, by_name, expression)


def _for_one_path(expression: str, *, by_name: bool, is_for_folders: bool) -> str:
    """pathspec's ``expression`` without what it says of paths below those that it is about.

    The walk comes from above and asks about each: what is in an ignored folder it never sees.
    """
    expression = _GROUP_NAME.sub("(?:", expression)
    expression = expression.replace("[^", "[^/")  # no class matches a slash
    if expression.endswith(_IT_OR_BELOW):
        expression = expression.removesuffix(_IT_OR_BELOW) + "/?$"
    elif expression.endswith("/"):
        expression += "."
    if by_name and expression.startswith(_ANY_DEPTH):
        expression = "^" + expression.removeprefix(_ANY_DEPTH)
    return f"(?=.*/$){expression}" if is_for_folders else expression


def _joined(expressions: Iterable[str]) -> _Search | None:
    text = "|".join(expressions)
    return re.compile(text).search if text else None


def repository_of(folder: str) -> str | None:
    """The nearest folder at or above ``folder`` that has a ``.git``."""
    while not os.path.lexists(f"{folder}/.git"):
        above = folder.rpartition("/")[0]
        if not above or above == folder:
            return None
        folder = above
    return folder


def _private_excludes(top: str) -> str:
    """``info/exclude`` of the repository at ``top``, which may be a worktree or a submodule."""
    git = Path(top, ".git")
    if pointer := _text_of(str(git)):
        git = Path(top, pointer.removeprefix("gitdir: "))
    if shared := _text_of(str(git / "commondir")):
        git = git / shared
    return str(git / "info" / "exclude")


def _text_of(file: str) -> str:
    """The text of a one-line file; empty when it is a folder or can't be read."""
    try:
        return read(file).decode("utf-8", "surrogateescape").rstrip("\r\n")
    except SourceError:
        return ""


def _folders_to(folder: str, top: str) -> Iterator[str]:
    """``top``, the folders below it on the way to ``folder``, and ``folder``."""
    parts = folder[len(top) :].split("/")
    for count in range(1, len(parts) + 1):
        yield top + "/".join(parts[:count])
