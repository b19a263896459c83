"""A project's folders in, the distributions that it declares to depend on out: from
pyproject.toml, requirements, setup.cfg, setup.py, Pipfile and environment.yml."""

from __future__ import annotations

import ast
import configparser
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_NAME = re.compile(r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[(?P<extras>[^\]]*)\])?")
_EGG = re.compile(r"#egg=(?P<name>[\w.-]+)")
_CONDA = re.compile(r"\s*-\s*['\"]?(?P<name>[A-Za-z0-9][\w.-]*)")
_SEPARATORS = re.compile(r"[-_.]+")
_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile")
_PATTERNS = ("requirements*.txt", "requirements*.in", "requirements/*.txt", "requirements/*.in",
             "environment*.yml", "environment*.yaml")  # fmt: skip
_MAX_BYTES = 1_000_000


class Declared(NamedTuple):
    """What the files of one folder declare, by normalised name; an extra as ``name[extra]``.

    ``is_whole`` says whether that is all: not where a file computes its list.
    """

    names: frozenset[str]
    files: tuple[str, ...]
    is_whole: bool


class Dependencies:
    """What is declared, folder by folder. Nothing is read before it is asked for."""

    def __init__(
        self,
        root: Path,
        paths: Iterable[str] = (),
        instead: Mapping[str, bytes | None] | None = None,
    ) -> None:
        """``paths`` are the project's files, relative to ``root``, in POSIX form.

        ``instead`` holds, by such a path, what a file is taken to hold whatever is on disk;
        ``None`` for one that is taken not to be there.
        """
        folders = {PurePosixPath(".")}
        for path in paths:
            folders.update(PurePosixPath(path).parents)
        self._root = root
        self._folders = sorted(folders)
        self._instead = {p: data for p, data in (instead or {}).items() if declares(p)}

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        """The files that declare something, by path relative to the root."""
        found = {}
        for folder in self._folders:
            place = self._root / folder
            paths = [place / name for name in _FILES]
            paths += [path for pattern in _PATTERNS for path in sorted(place.glob(pattern))]
            for path in paths:
                try:
                    with path.open("rb") as file:
                        found[path.relative_to(self._root).as_posix()] = file.read(_MAX_BYTES)
                except OSError:
                    continue
        for name, data in self._instead.items():
            found.pop(name, None)
            if data is not None:
                found[name] = data
        return found

    @property
    def digest(self) -> bytes:
        """What stands for the content of the files: findings depend on it besides the code."""
        total = hashlib.blake2b(digest_size=16)
        for path, data in self._contents.items():
            total.update(f"{path}\0{len(data)}\0".encode())
            total.update(data)
        return total.digest()

    @cached_property
    def _declared(self) -> dict[str, Declared]:
        by_folder: dict[str, list[tuple[str, Declared]]] = {}
        for path, data in self._contents.items():
            declared = _read(path, data)
            if declared is not None:
                folder = PurePosixPath(path).parent
                if folder.name == "requirements":
                    folder = folder.parent
                by_folder.setdefault(folder.as_posix(), []).append((path, declared))
        return {folder: _merged(files) for folder, files in by_folder.items()}

    def of(self, path: str) -> Declared | None:
        """What is declared for a file: by its folder and those above; ``None`` when nothing is."""
        found = [
            (folder.as_posix(), self._declared[folder.as_posix()])
            for folder in PurePosixPath(path).parents
            if folder.as_posix() in self._declared
        ]
        return _merged(found) if found else None


def declares(path: str) -> bool:
    """Whether a file of this path is one that dependencies are declared in."""
    file = PurePosixPath(path)
    return file.name in _FILES or any(file.match(pattern) for pattern in _PATTERNS)


def _merged(declared: list[tuple[str, Declared]]) -> Declared:
    names = frozenset(name for _, each in declared for name in each.names)
    files = tuple(file for _, each in declared for file in each.files)
    return Declared(names, files, all(each.is_whole for _, each in declared))


def normalised(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return _SEPARATORS.sub("-", name).lower()


def _names(requirement: str) -> Iterator[str]:
    """The distribution that a requirement names, and its extras."""
    if egg := _EGG.search(requirement):
        yield normalised(egg["name"])
        return
    found = _NAME.match(requirement)
    if found is not None:
        name = normalised(found["name"])
        yield name
        for extra in (found["extras"] or "").split(","):
            if extra.strip():
                yield f"{name}[{normalised(extra.strip())}]"


def _read(path: str, data: bytes) -> Declared | None:
    """What a file declares; ``None`` for one that declares nothing of this kind."""
    text = data.decode("utf-8", "replace")
    file = PurePosixPath(path)
    try:
        if file.name == "pyproject.toml":
            found = _pyproject(tomllib.loads(text))
        elif file.name == "Pipfile":
            found = _pipfile(tomllib.loads(text))
        elif file.name == "setup.cfg":
            found = _setup_cfg(text)
        elif file.name == "setup.py":
            found = _setup_py(text)
        elif file.suffix in (".yml", ".yaml"):
            lines = (_CONDA.match(line) for line in text.splitlines())
            found = [line["name"] for line in lines if line], True
        else:
            found = list(_requirements(text)), True
    except (tomllib.TOMLDecodeError, configparser.Error, SyntaxError, ValueError, RecursionError):
        return Declared(frozenset(), (path,), False)
    if found is None:
        return None
    requirements, is_whole = found
    names = frozenset(name for each in requirements for name in _names(each))
    return Declared(names, (path,), is_whole)


_Found = tuple[list[str], bool] | None


def _requirements(text: str) -> Iterator[str]:
    """The requirements of a requirements file; files that it includes are read on their own."""
    for line in text.splitlines():
        requirement = re.sub(r"(^|\s)#(?!egg=).*", "", line).strip()
        if requirement.startswith(("-e ", "--editable")):
            yield requirement.partition("#egg=")[2] or ""
        elif requirement and not requirement.startswith("-"):
            yield requirement


def _table(value: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        value = value.get(key, {}) if isinstance(value, dict) else {}
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _pyproject(document: dict[str, Any]) -> _Found:
    project, tool = _table(document, "project"), _table(document, "tool")
    poetry = _table(tool, "poetry")
    groups = _table(document, "dependency-groups")
    if not (project or poetry or groups):
        return None
    found = _texts(project.get("dependencies"))
    for extra in _table(project, "optional-dependencies").values():
        found += _texts(extra)
    for group in groups.values():
        found += _texts(group)
    for group in _table(tool, "pdm", "dev-dependencies").values():
        found += _texts(group)
    found += _texts(_table(tool, "uv").get("dev-dependencies"))
    for environment in _table(tool, "hatch", "envs").values():
        found += _texts(_table(environment).get("dependencies"))
    tables = [poetry, *map(_table, _table(poetry, "group").values())]
    for table in tables:
        found += _of_table(_table(table, "dependencies"))
    found += _of_table(_table(poetry, "dev-dependencies"))
    is_computed = "dependencies" in _texts(project.get("dynamic"))
    return found, not is_computed


def _of_table(table: dict[str, Any]) -> list[str]:
    """The requirements of a table of names, as Poetry and Pipenv write them."""
    return [
        f"{name}[{','.join(_texts(_table(value).get('extras')))}]" for name, value in table.items()
    ]


def _pipfile(document: dict[str, Any]) -> _Found:
    return [
        requirement
        for key in ("packages", "dev-packages")
        for requirement in _of_table(_table(document, key))
    ], True


def _setup_cfg(text: str) -> _Found:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    values = []
    if parser.has_option("options", "install_requires"):
        values.append(parser.get("options", "install_requires"))
    if parser.has_section("options.extras_require"):
        values += [value for _, value in parser.items("options.extras_require")]
    if not values:
        return None
    is_whole = not any(value.strip().startswith("file:") for value in values)
    return [line for value in values for line in _requirements(value)], is_whole


def _setup_py(text: str) -> _Found:
    """The texts of ``install_requires`` and ``extras_require``, where they are spelled out."""
    tree = ast.parse(text)
    variables = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: list[str] = []
    is_declared, is_whole = False, True
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("install_requires", "extras_require"):
            is_declared = True
            value = node.value
            if isinstance(value, ast.Name):
                value = variables.get(value.id, value)
            constants = [each.value for each in ast.walk(value) if isinstance(each, ast.Constant)]
            found += [each for each in constants if isinstance(each, str)]
            is_whole = is_whole and isinstance(value, (ast.List, ast.Tuple, ast.Dict))
    return (found, is_whole) if is_declared else None
