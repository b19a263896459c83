"""``.gitignore`` as git reads it: cases with their reasons, and random ones against git itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connlint.discover.walk import find_files
from discover.trees import found, grow

GIT = shutil.which("git")


TREE = dict.fromkeys(("a.py", "gen/a.py", "gen/deep/b.py", "src/gen/a.py", "src/c.py"), "")

CASES = {
    "a name, anywhere": ("gen", ["a.py", "src/c.py"]),
    "a folder, anywhere": ("gen/", ["a.py", "src/c.py"]),
    "a folder pattern is not for files": ("a.py/", sorted(TREE)),
    "anchored by a slash in front": (
        "/gen",
        ["a.py", "src/c.py", "src/gen/a.py"],
    ),
    "anchored by a slash inside": (
        "gen/deep",
        ["a.py", "gen/a.py", "src/c.py", "src/gen/a.py"],
    ),
    "two stars": ("**/gen/*.py", ["a.py", "gen/deep/b.py", "src/c.py"]),
    "everything below": ("gen/**", ["a.py", "src/c.py", "src/gen/a.py"]),
    "taken back": ("a.py\n!src/gen/a.py", ["gen/deep/b.py", "src/c.py", "src/gen/a.py"]),
    "not taken back below an ignored folder": ("gen/\n!gen/a.py", ["a.py", "src/c.py"]),
    "the last pattern wins": ("!a.py\na.py", ["gen/deep/b.py", "src/c.py"]),
    "all but one": ("*\n!*/\n!c.py", ["src/c.py"]),
    "comments, blanks, carriage returns": ("# a.py\n\n  \na.py\r\n", ["gen/deep/b.py", "src/c.py"]),
    "a pattern that makes no sense": ("[z-a]\n!\n/\na.py", ["gen/deep/b.py", "src/c.py"]),
    "a byte order mark": ("\ufeffgen", ["a.py", "src/c.py"]),
    "a class": ("[ab].py", ["src/c.py"]),
    "a question mark": ("?.py", []),
}


@pytest.mark.parametrize(("patterns", "left"), CASES.values(), ids=CASES)
def test_patterns(tmp_path: Path, patterns: str, left: list[str]) -> None:
    grow(tmp_path, TREE | {".gitignore": patterns})
    assert found(tmp_path) == left


def test_the_inner_file_wins(tmp_path: Path) -> None:
    grow(tmp_path, TREE | {".gitignore": "*.py", "src/.gitignore": "!c.py"})
    assert found(tmp_path) == ["src/c.py"]


def test_what_git_ignores_is_reported_with_the_file_that_says_so(tmp_path: Path) -> None:
    grow(tmp_path, TREE | {"src/.gitignore": "c.py\ngen/\n"})
    assert find_files(tmp_path, [tmp_path]).skipped == (
        ("src/c.py", "ignored by src/.gitignore"),
        ("src/gen/", "ignored by src/.gitignore"),
    )


def test_files_above_the_project_hold_up_to_the_repository(tmp_path: Path) -> None:
    grow(tmp_path, {".gitignore": "*.py"})
    repository = tmp_path / "repository"
    project = repository / "project"
    grow(repository, {".git/info/exclude": "b.py", ".gitignore": "/project/a.py"})
    grow(project, {"a.py": "", "b.py": "", "c.py": ""})
    assert found(project) == ["c.py"]


def test_without_a_repository_nothing_above_the_project_counts(tmp_path: Path) -> None:
    grow(tmp_path, {".gitignore": "*.py", "project/a.py": "", "project/.gitignore": "b.py"})
    grow(tmp_path, {"project/in/a.py": "", "project/in/b.py": ""})
    project = tmp_path / "project"
    assert found(project) == ["a.py", "in/a.py"]
    assert found(project, project / "in") == ["in/a.py"]


def test_a_worktree_shares_the_private_excludes(tmp_path: Path) -> None:
    grow(tmp_path, {"main/.git/info/exclude": "b.py"})
    grow(tmp_path, {"main/.git/worktrees/w/commondir": "../..\n"})
    grow(tmp_path, {"w/.git": f"gitdir: {tmp_path}/main/.git/worktrees/w\n"})
    grow(tmp_path, {"w/a.py": "", "w/b.py": ""})
    assert found(tmp_path / "w") == ["a.py"]


def test_a_named_folder_is_looked_into_although_ignored(tmp_path: Path) -> None:
    grow(tmp_path, {".gitignore": "gen/\nb.py", "gen/.gitignore": "c.py"})
    grow(tmp_path, {"gen/deep/a.py": "", "gen/deep/b.py": "", "gen/deep/c.py": ""})
    assert found(tmp_path) == []
    assert found(tmp_path, tmp_path / "gen") == ["gen/deep/a.py", "gen/deep/b.py"]
    assert found(tmp_path, tmp_path / "gen" / "deep") == ["gen/deep/a.py", "gen/deep/b.py"]


def test_an_ignore_file_that_can_not_be_read_is_a_problem(tmp_path: Path) -> None:
    grow(tmp_path, {"a.py": "", ".gitignore/x": ""})
    result = find_files(tmp_path, [tmp_path])
    assert [file.relative for file in result.files] == ["a.py"]
    assert [(problem.path, problem.fatal) for problem in result.problems] == [(".gitignore", False)]


NAMES = st.sampled_from(["a.py", "b.py", "ab.py", "a", "b", "gen", "a b.py", "#x.py", "!x.py"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
PIECES = st.sampled_from(
    ["a", "b", ".py", "*", "**", "?", "/", "gen", "[ab]", "[!a]", "\\!x", "\\#x", " ", "a b", "x"]
)
PATTERNS = st.builds(
    lambda negation, pieces, slash: negation + "".join(pieces) + slash,
    st.sampled_from(["", "", "!"]),
    st.lists(PIECES, min_size=1, max_size=4),
    st.sampled_from(["", "", "/"]),
)


def _tree(paths: list[str]) -> dict[str, str]:
    """Those of ``paths`` that can be files at once, with a Python suffix."""
    tree: dict[str, str] = {}
    folders: set[str] = set()
    for path in paths:
        file = path if path.endswith(".py") else f"{path}.py"
        above = ["/".join(file.split("/")[:count]) for count in range(1, file.count("/") + 1)]
        if file not in folders and not tree.keys() & set(above):
            tree[file] = ""
            folders.update(above)
    return tree


@pytest.mark.skipif(not GIT, reason="git is not installed")
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    paths=st.lists(PATHS, min_size=1, max_size=8),
    outer=st.lists(PATTERNS, max_size=4),
    inner=st.lists(PATTERNS, max_size=3),
)
def test_random_patterns_as_git_reads_them(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str], outer: list[str], inner: list[str]
) -> None:
    root = tmp_path_factory.mktemp("tree")
    tree = _tree(paths)
    grow(root, tree | {".gitignore": "\n".join(outer)})
    if any(path.startswith("gen/") for path in tree):
        grow(root, {"gen/.gitignore": "\n".join(inner)})
    assert found(root) == _seen_by_git(root)


def _seen_by_git(root: Path) -> list[str]:
    assert GIT
    environment = {"GIT_CONFIG_GLOBAL": "/no/such", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/no/such"}
    for command in (["init", "-q", "."], ["ls-files", "-zo", "--exclude-standard", "--", "*.py"]):
        done = subprocess.run(
            [GIT, *command], cwd=root, env=environment, capture_output=True, text=True, check=True
        )
    return sorted(filter(None, done.stdout.split("\0")))
