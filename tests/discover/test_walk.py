"""Which files are found, once each and in one order, and what is said about those left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connlint.discover.walk import Found, Skipped, find_files
from connlint.errors import UsageError
from discover.trees import found, grow

UNUSUAL = {
    ".venv/a.py": "folder of tools or dependencies",
    "in/node_modules/a.py": "folder of tools or dependencies",
    "x.egg-info/a.py": "folder of tools or dependencies",
    "my-env/pyvenv.cfg": "virtual environment",
    "build/lib/a.py": "build output",
}


def test_files_are_sorted_by_relative_path(tmp_path: Path) -> None:
    grow(tmp_path, dict.fromkeys(("b.py", "a/z.py", "a.py", "a/b/c.py", "a-b.py"), ""))
    result = find_files(tmp_path, [tmp_path])
    relative = [file.relative for file in result.files]
    assert relative == ["a-b.py", "a.py", "a/b/c.py", "a/z.py", "b.py"]
    assert [file.path for file in result.files] == [f"{tmp_path}/{each}" for each in relative]
    assert result.skipped == ()
    assert result.problems == ()


def test_only_python_files_are_found(tmp_path: Path) -> None:
    grow(
        tmp_path, dict.fromkeys(("a.py", "a.pyi", "a.pyc", "a.txt", "py", "a.PY", "b.py/c.py"), "")
    )
    assert found(tmp_path) == ["a.py", "b.py/c.py"]


def test_files_of_sql_are_found_besides(tmp_path: Path) -> None:
    names = ("a.py", "db/b.sql", "a.sql", ".gitignore", "venv/c.sql", "secret.sql", "x.SQL")
    grow(tmp_path, dict.fromkeys(names, "secret.sql\n"))
    (tmp_path / "dump.sql").write_bytes(b" " * 5_000_001)
    result = find_files(tmp_path, [tmp_path])
    assert [file.relative for file in result.files] == ["a.py"]
    assert [file.relative for file in result.sql] == ["a.sql", "db/b.sql"]
    assert [skipped for skipped in result.skipped if skipped.path.endswith(".sql")] == [
        ("dump.sql", "SQL of more than 5 MB"),
        ("secret.sql", "ignored by .gitignore"),
    ]


def test_a_folder_without_python_is_empty(tmp_path: Path) -> None:
    assert find_files(tmp_path, [tmp_path]) == Found((), (), ())


@pytest.mark.parametrize(("file", "reason"), UNUSUAL.items(), ids=UNUSUAL)
def test_usual_folders_are_left_out_and_told(tmp_path: Path, file: str, reason: str) -> None:
    grow(tmp_path, {file: "", "my-env/a.py": "", "my-env/pyvenv.cfg": "", "a.py": ""})
    result = find_files(tmp_path, [tmp_path])
    assert [each.relative for each in result.files] == ["a.py"]
    folder = next(each for each in result.skipped if each.reason == reason)
    assert file.startswith(folder.path)


def test_version_control_and_bytecode_are_left_out_without_a_word(tmp_path: Path) -> None:
    grow(tmp_path, dict.fromkeys((".git/a.py", ".hg/a.py", "a/__pycache__/a.py"), ""))
    assert find_files(tmp_path, [tmp_path]) == Found((), (), ())


def test_a_package_called_build_is_source(tmp_path: Path) -> None:
    grow(tmp_path, dict.fromkeys(("app/build/__init__.py", "app/build/a.py", "dist/a.py"), ""))
    assert found(tmp_path) == ["app/build/__init__.py", "app/build/a.py"]


def test_excludes_are_globs_from_the_project_root(tmp_path: Path) -> None:
    tree = ("a.py", "in/a.py", "in/migrations/a.py", "gen/a.py", "in/gen/a.py", "b_gen.py")
    grow(tmp_path, dict.fromkeys(tree, ""))
    result = find_files(tmp_path, [tmp_path], ("**/migrations/**", "gen", "**/*_gen.py", "in/a.py"))
    assert [each.relative for each in result.files] == ["a.py", "in/gen/a.py"]
    assert result.skipped == (
        ("b_gen.py", "excluded by **/*_gen.py"),
        ("gen/", "excluded by gen"),
        ("in/a.py", "excluded by in/a.py"),
        ("in/migrations/", "excluded by **/migrations/**"),
    )


def test_what_is_named_is_looked_at_whatever_the_excludes_say(tmp_path: Path) -> None:
    grow(tmp_path, dict.fromkeys(("gen/a.py", "gen/in/a.py", "gen/in/b.py", "c.py"), ""))
    exclude = ("gen/**", "**/b.py", "c.py")
    assert found(tmp_path, exclude=exclude) == []
    assert found(tmp_path, tmp_path / "c.py", exclude=exclude) == ["c.py"]
    assert found(tmp_path, tmp_path / "gen", exclude=exclude) == ["gen/a.py", "gen/in/a.py"]
    assert found(tmp_path, tmp_path / "gen/in", exclude=exclude) == ["gen/in/a.py"]
    both = (tmp_path, tmp_path / "gen/in/b.py")
    assert found(tmp_path, *both, exclude=exclude) == ["gen/in/b.py"]


def test_a_usual_folder_can_be_named(tmp_path: Path) -> None:
    grow(tmp_path, dict.fromkeys((".venv/pyvenv.cfg", ".venv/a.py", ".venv/venv/b.py"), ""))
    assert found(tmp_path, tmp_path / ".venv") == [".venv/a.py"]


def test_no_file_is_found_twice(tmp_path: Path) -> None:
    grow(tmp_path, dict.fromkeys(("src/a.py", "src/in/b.py"), ""))
    paths = [tmp_path / part for part in ("src", "", "src/in", "src/a.py", "src/../src/a.py")]
    for order in (paths, paths[::-1]):
        assert found(tmp_path, *order) == ["src/a.py", "src/in/b.py"]


def test_paths_are_taken_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(tmp_path, dict.fromkeys(("project/in/a.py", "project/b.py", "beside/c.py"), ""))
    monkeypatch.chdir(tmp_path / "project" / "in")
    root = tmp_path / "project"
    assert found(root, Path()) == ["in/a.py"]
    assert found(root, Path("..")) == ["b.py", "in/a.py"]
    assert found(root, Path("../../beside")) == ["../beside/c.py"]


def test_paths_that_do_not_exist_are_wrong_use(tmp_path: Path) -> None:
    grow(tmp_path, {"a.py": ""})
    with pytest.raises(UsageError, match=r"^no such file or folder: .*/x, .*/y\.py$"):
        find_files(tmp_path, [tmp_path / "x", tmp_path / "a.py", tmp_path / "y.py"])


NAMED = {
    "no suffix, python": ("#!/usr/bin/env python3\n", True),
    "no suffix, python with an option": ("#!/usr/bin/python -u\n", True),
    "no suffix, shell": ("#!/bin/sh\n# python\n", False),
    "no suffix, text": ("python", False),
    "stub.pyi": ("", False),
    "window.pyw": ("", True),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_named_file_is_python_by_suffix_or_first_line(tmp_path: Path, name: str) -> None:
    text, is_python = NAMED[name]
    grow(tmp_path, {name: text})
    result = find_files(tmp_path, [tmp_path / name])
    assert [each.relative for each in result.files] == [name] * is_python
    assert result.skipped == ((name, "not Python"),) * (not is_python)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert find_files(tmp_path, [tmp_path]).files == ()
    assert find_files(tmp_path, [tmp_path / "a.py"]).skipped == (("a.py", "not a regular file"),)


class TestLinks:
    """Links are followed, and lead to each real file once, under its own name if it has one."""

    def test_loops_end(self, tmp_path: Path) -> None:
        grow(tmp_path, {"in/a.py": ""})
        (tmp_path / "in" / "up").symlink_to(tmp_path)
        (tmp_path / "in" / "here").symlink_to(".")
        (tmp_path / "self.py").symlink_to("self.py")
        (tmp_path / "one").symlink_to("two")
        (tmp_path / "two").symlink_to("one")
        result = find_files(tmp_path, [tmp_path])
        assert [each.relative for each in result.files] == ["in/a.py"]
        assert result.skipped == (
            ("in/here/", "link to a folder that is read under its own name"),
            ("in/up/", "link to a folder that is read under its own name"),
            ("self.py", "link that leads nowhere"),
        )

    def test_the_own_name_wins_however_late_it_comes(self, tmp_path: Path) -> None:
        grow(tmp_path, {"z/a.py": "", "z/b.py": ""})
        (tmp_path / "a").symlink_to("z")
        (tmp_path / "b.py").symlink_to("z/b.py")
        assert found(tmp_path) == ["z/a.py", "z/b.py"]

    def test_out_of_the_project_they_are_followed_once(self, tmp_path: Path) -> None:
        grow(tmp_path, dict.fromkeys(("out/a.py", "out/in/b.py", "out/in/.git/x.py"), ""))
        project = tmp_path / "project"
        grow(project, {"a.py": ""})
        (project / "first").symlink_to(tmp_path / "out")
        (project / "second").symlink_to(tmp_path / "out")
        (project / "third").symlink_to(tmp_path / "out" / "in")
        (project / "c.py").symlink_to(tmp_path / "out" / "a.py")
        result = find_files(project, [project])
        assert [each.relative for each in result.files] == ["a.py", "first/a.py", "first/in/b.py"]
        assert [each.path for each in result.skipped] == ["c.py", "second/", "third/"]

    def test_links_found_through_links_are_followed(self, tmp_path: Path) -> None:
        grow(tmp_path, {"one/a.py": "", "two/b.py": ""})
        (tmp_path / "one" / "on").symlink_to(tmp_path / "two")
        project = tmp_path / "project"
        project.mkdir()
        (project / "to").symlink_to(tmp_path / "one")
        assert found(project) == ["to/a.py", "to/on/b.py"]

    def test_the_world_around_the_project_is_not_read(self, tmp_path: Path) -> None:
        grow(tmp_path, {"outside.py": "", "project/a.py": ""})
        project = tmp_path / "project"
        (project / "up").symlink_to(tmp_path)
        (project / "all").symlink_to("/")
        result = find_files(project, [project])
        assert [each.relative for each in result.files] == ["a.py"]
        reason = "link to a folder around the project"
        assert result.skipped == (("all/", reason), ("up/", reason))

    def test_excludes_hold_for_links(self, tmp_path: Path) -> None:
        grow(tmp_path, {"out/a.py": "", "project/.gitignore": "/ignored\n"})
        project = tmp_path / "project"
        for name in ("ignored", "excluded", "node_modules"):
            (project / name).symlink_to(tmp_path / "out")
        result = find_files(project, [project], ("excluded",))
        assert result.files == ()
        assert {each.path for each in result.skipped} == {"ignored/", "excluded/", "node_modules/"}

    def test_a_named_link_goes_by_its_own_name(self, tmp_path: Path) -> None:
        grow(tmp_path, {"out/a.py": "", "project/b.py": ""})
        project = tmp_path / "project"
        (project / "link").symlink_to(tmp_path / "out")
        (project / "c.py").symlink_to(tmp_path / "out" / "a.py")
        assert found(project, project / "link") == ["link/a.py"]
        assert found(project, project / "c.py") == ["c.py"]

    def test_a_project_reached_through_a_link_has_the_same_names(self, tmp_path: Path) -> None:
        grow(tmp_path, {"project/in/a.py": ""})
        (tmp_path / "link").symlink_to("project")
        assert found(tmp_path / "link", tmp_path / "link" / "in") == ["in/a.py"]
        assert found(tmp_path / "link", tmp_path / "project" / "in") == ["in/a.py"]
        assert found(tmp_path / "project", tmp_path / "link") == ["in/a.py"]

    def test_a_named_link_that_leads_nowhere_is_a_problem(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").symlink_to("nowhere")
        result = find_files(tmp_path, [tmp_path / "a.py"])
        assert [(each.path, each.fatal) for each in result.problems] == [("a.py", False)]


class TestFailures:
    """What can't be read is told, and costs nothing but itself."""

    def failing(self, monkeypatch: pytest.MonkeyPatch, folder: str, error: OSError) -> None:
        """Let the folder called ``folder`` fail to be read; permissions do not stop root."""
        real = os.scandir

        def scandir(path: str) -> Iterator[os.DirEntry[str]]:
            if path.rstrip("/").endswith(f"/{folder}"):
                raise error
            return real(path)

        monkeypatch.setattr(os, "scandir", scandir)

    def test_an_unreadable_folder_is_a_problem(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        grow(tmp_path, {"a.py": "", "closed/b.py": ""})
        self.failing(monkeypatch, "closed", PermissionError(13, "Permission denied"))
        result = find_files(tmp_path, [tmp_path])
        assert [each.relative for each in result.files] == ["a.py"]
        (problem,) = result.problems
        assert problem.path == "closed/"
        assert problem.message == "folder can't be read: Permission denied"
        assert not problem.fatal

    def test_a_folder_that_vanishes_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        grow(tmp_path, {"a.py": "", "gone/b.py": ""})
        self.failing(monkeypatch, "gone", FileNotFoundError(2, "No such file"))
        result = find_files(tmp_path, [tmp_path])
        assert [each.relative for each in result.files] == ["a.py"]
        assert result.skipped == (Skipped("gone/", "gone before it could be read"),)

    def test_a_name_that_is_no_text_is_a_problem(self, tmp_path: Path) -> None:
        try:
            Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py")).touch()
        except OSError:
            pytest.skip("this file system takes only UTF-8")
        grow(tmp_path, {"caf\N{LATIN SMALL LETTER E WITH ACUTE}.py": ""})
        result = find_files(tmp_path, [tmp_path])
        assert [each.relative for each in result.files] == ["caf\xe9.py"]
        assert [each.path for each in result.problems] == ["caf\ufffd.py"]


NAMES = st.sampled_from(["a", "b", "c.py", "d.py", "venv", "e.txt"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@settings(max_examples=60, deadline=None)
@given(
    files=st.sets(PATHS, max_size=10),
    links=st.dictionaries(PATHS, st.tuples(st.booleans(), PATHS), max_size=5),
)
def test_every_real_file_once_in_any_tree(
    tmp_path_factory: pytest.TempPathFactory,
    files: set[str],
    links: dict[str, tuple[bool, str]],
) -> None:
    """The same files inside the project and beside it, with links from the one to both."""
    top = tmp_path_factory.mktemp("tree").resolve()
    inside, beside = top / "inside", top / "beside"
    for root in (inside, beside):
        root.mkdir()
        _plant(root, files)
    for link, (is_inside, target) in links.items():
        path = inside / link
        if path.parent.is_dir() and not os.path.lexists(path):
            path.symlink_to((inside if is_inside else beside) / target)
    result = find_files(inside, [inside])
    real = [Path(each.path).resolve() for each in result.files]
    assert len(real) == len(set(real))
    assert all(path.is_file() for path in real)
    own = {path for path in inside.rglob("*.py") if path.is_file() and path == path.resolve()}
    assert {path for path in own if "venv" not in path.parts} <= set(real)
    assert list(result.files) == sorted(result.files, key=lambda each: each.relative)


def _plant(root: Path, files: set[str]) -> None:
    for relative in sorted(files):
        path = root / relative
        if not any(each.is_file() for each in path.parents) and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
