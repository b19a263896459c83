"""Names of files under import roots, and files behind names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.discover.layout import Conflict, Layout, is_package, lay_out

DEFAULT = (".", "src")

CANONICAL = {
    "module at the root": ("app.py", DEFAULT, "app"),
    "package": ("app/__init__.py", DEFAULT, "app"),
    "module in a package": ("app/db/session.py", DEFAULT, "app.db.session"),
    "the innermost root wins": ("src/app/db.py", DEFAULT, "app.db"),
    "whatever the order": ("src/app/db.py", ("src", "."), "app.db"),
    "however deep": ("a/b/c/d.py", (".", "a/b", "a"), "c.d"),
    "roots may be written otherwise": ("src/app.py", ("./src/",), "app"),
    "below no root": ("scripts/load.py", ("src",), "scripts.load"),
    "a root is no prefix of a name": ("srcs/app.py", ("src",), "srcs.app"),
    "outside the project": ("../shared/db.py", DEFAULT, "shared.db"),
    "a script without suffix": ("bin/load", DEFAULT, "bin.load"),
    "no identifier": ("my-scripts/run-me.py", DEFAULT, "my-scripts.run-me"),
    "a package's entry": ("app/__main__.py", DEFAULT, "app.__main__"),
    "the project is a package": ("__init__.py", DEFAULT, "__init__"),
    "the only root is a package": ("src/__init__.py", ("src",), "src"),
}


@pytest.mark.parametrize(("path", "src", "name"), CANONICAL.values(), ids=CANONICAL)
def test_canonical_names(path: str, src: tuple[str, ...], name: str) -> None:
    layout = lay_out([path], src)
    assert layout.names == {path: name}
    assert layout.paths[name] == path
    assert layout.conflicts == ()


def test_a_file_goes_by_its_name_under_every_root() -> None:
    layout = lay_out(["src/app/db.py"], DEFAULT)
    assert layout.names["src/app/db.py"] == "app.db"
    assert layout.paths == {"app.db": "src/app/db.py", "src.app.db": "src/app/db.py"}


def test_a_root_that_is_a_package_gives_no_canonical_names() -> None:
    layout = lay_out(["src/__init__.py", "src/app/db.py"], DEFAULT)
    assert layout.names == {"src/__init__.py": "src", "src/app/db.py": "src.app.db"}
    assert layout.paths["app.db"] == "src/app/db.py"


def test_folders_without_init_are_packages_too() -> None:
    layout = lay_out(["a/__init__.py", "a/b/c/d.py", "e/f.py", "g.py"], ["."])
    assert layout.folders == {"a.b", "a.b.c", "e"}


RELATIVE = {"a/__init__.py": "a", "a/b.py": "a", "c.py": "", "d/e.py": "d", "__init__.py": ""}


@pytest.mark.parametrize(("path", "package"), RELATIVE.items())
def test_where_relative_imports_start(path: str, package: str) -> None:
    assert lay_out(RELATIVE, ["."]).package_of(path) == package


CONFLICTS = {
    "the innermost root wins": (
        ["app/db.py", "src/app/db.py"],
        DEFAULT,
        Conflict("app.db", chosen="src/app/db.py", hidden="app/db.py"),
    ),
    "among roots of one depth the first": (
        ["one/db.py", "two/db.py"],
        ("two", "one"),
        Conflict("db", chosen="two/db.py", hidden="one/db.py"),
    ),
    "a package hides a module": (
        ["app.py", "app/__init__.py"],
        DEFAULT,
        Conflict("app", chosen="app/__init__.py", hidden="app.py"),
    ),
    "a root before no root": (
        ["src/app.py", "app.py"],
        ("src",),
        Conflict("app", chosen="src/app.py", hidden="app.py"),
    ),
}


@pytest.mark.parametrize(("paths", "src", "conflict"), CONFLICTS.values(), ids=CONFLICTS)
def test_conflicts_keep_both(paths: list[str], src: tuple[str, ...], conflict: Conflict) -> None:
    for order in (paths, paths[::-1]):
        layout = lay_out(order, src)
        assert layout.conflicts == (conflict,)
        assert layout.paths[conflict.name] == conflict.chosen
        assert {layout.names[path] for path in paths} == {conflict.name}


def test_a_canonical_name_is_worth_more_than_another() -> None:
    layout = lay_out(["src/app.py", "src/src/app.py"], (".", "src"))
    assert layout.names == {"src/app.py": "app", "src/src/app.py": "src.app"}
    assert layout.paths["src.app"] == "src/src/app.py"
    assert layout.conflicts == ()


def test_an_implied_root_names_files() -> None:
    layout = lay_out(["backend/app/db.py", "run.py"], DEFAULT, ["backend"])
    assert layout.names == {"backend/app/db.py": "app.db", "run.py": "run"}
    assert layout.paths["backend.app.db"] == "backend/app/db.py"
    assert layout.inner == ()


def test_files_of_one_name_below_implied_roots_are_named_by_their_paths() -> None:
    paths = ["one/db.py", "one/jobs.py", "two/db.py"]
    layout = lay_out(paths, DEFAULT, ["one", "two"])
    assert layout.names == {"one/db.py": "one.db", "one/jobs.py": "jobs", "two/db.py": "two.db"}
    assert "db" not in layout.paths
    assert layout.inner == ("one/", "two/")
    assert layout.conflicts == ()


def test_a_declared_roots_names_come_before_an_implied_ones() -> None:
    layout = lay_out(["db.py", "backend/db.py"], DEFAULT, ["backend"])
    assert layout.names == {"db.py": "db", "backend/db.py": "backend.db"}
    assert layout.paths["db"] == "db.py"
    assert layout.inner == ("backend/",)


SEGMENTS = st.sampled_from(["a", "b", "src", "lib"])
FOLDERS = st.lists(SEGMENTS, max_size=3).map("/".join)
FILES = st.builds(
    lambda folder, name: f"{folder}/{name}" if folder else name,
    FOLDERS,
    st.sampled_from(["a.py", "b.py", "__init__.py"]),
)


@given(paths=st.sets(FILES), src=st.lists(FOLDERS.map(lambda folder: folder or "."), max_size=3))
def test_any_layout_holds_together(paths: set[str], src: list[str]) -> None:
    layout = lay_out(paths, src)
    assert set(layout.names) == paths
    for path, name in layout.names.items():
        chosen = layout.paths[name]
        assert layout.names[chosen] == name
        assert (chosen == path) != any(
            each.name == name and each.hidden == path for each in layout.conflicts
        )
    assert set(layout.paths.values()) <= paths
    assert not layout.folders & layout.paths.keys()
    _packages_surround(layout)
    assert lay_out(sorted(paths, reverse=True), src) == layout


def _packages_surround(layout: Layout) -> None:
    """What a dotted name stands in is a package or a folder, unless a module is in the way."""
    for name in layout.paths:
        above = name.rpartition(".")[0]
        if above:
            assert above in layout.folders or above in layout.paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a/__init__.py", True), ("__init__.py", True), ("a/x__init__.py", False), ("a.py", False)],
)
def test_packages_are_told_from_modules(path: str, expected: bool) -> None:
    assert is_package(path) is expected
