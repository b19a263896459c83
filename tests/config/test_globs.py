"""Globs of paths, names and routes: what they match, which is more specific, which are unsound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.config.globs import (
    covers,
    folder_flaw,
    matches,
    matches_name,
    matches_route,
    path_glob_flaw,
    route_flaw,
    specificity,
)

MATCHING_PATHS = [
    ("tasks.py", "tasks.py"),
    ("./tasks.py", "tasks.py"),
    ("src/*.py", "src/a.py"),
    ("src/*", "src/.hidden"),
    ("src/**", "src/a/b/c.py"),
    ("src/**", "src"),
    ("**/tests/**", "tests/a.py"),
    ("**/tests/**", "a/b/tests/c/d.py"),
    ("**/conftest.py", "conftest.py"),
    ("**/conftest.py", "a/b/conftest.py"),
    ("a/**/b.py", "a/b.py"),
    ("a/**/b.py", "a/x/y/b.py"),
    ("a/**/**/b.py", "a/x/y/b.py"),
    ("app/*_pre_start.py", "app/tests_pre_start.py"),
    ("a?.py", "ab.py"),
    ("[ab].py", "a.py"),
    ("[!ab].py", "c.py"),
    ("[a-c]x[0-9].py", "bx7.py"),
    ("[]].py", "].py"),
    ("[a-].py", "-.py"),
    ("[[].py", "[.py"),
    ("*[.]py", "a.py"),
    ("*?.py", "a.py"),
    ("**", "a/b"),
    ("src/db", "src/db/engine.py"),
    ("src/db/", "src/db/engine.py"),
    ("**/migrations", "app/migrations/versions/1.py"),
    ("a+b/(c).py", "a+b/(c).py"),
]
OTHER_PATHS = [
    ("tasks.py", "utils/tasks.py"),
    ("tasks.py", "tasksXpy"),
    ("src/*.py", "src/a/b.py"),
    ("src/*", "src/a/b.py"),
    ("src/**", "srcs/a.py"),
    ("src/**", "lib/src/a.py"),
    ("**/tests/**", "mytests/a.py"),
    ("a/**/b.py", "a/xb.py"),
    ("a?.py", "a.py"),
    ("a?b", "a/b"),
    ("[ab].py", "c.py"),
    ("[!ab].py", "a.py"),
    ("x[!a]y", "x/y"),
    ("src/DB", "src/db"),
    ("src/*/db", "src/a/b/db"),
]


@pytest.mark.parametrize(("pattern", "path"), MATCHING_PATHS)
def test_a_path_glob_matches(pattern: str, path: str) -> None:
    assert not path_glob_flaw(pattern)
    assert matches(pattern, path)


@pytest.mark.parametrize(("pattern", "path"), OTHER_PATHS)
def test_a_path_glob_does_not_match(pattern: str, path: str) -> None:
    assert not path_glob_flaw(pattern)
    assert not matches(pattern, path)


def _matches_by_definition(pattern: list[str], path: list[str]) -> bool:
    """What the documentation says, without a regular expression."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(
            _matches_by_definition(pattern[1:], path[skipped:]) for skipped in range(len(path) + 1)
        )
    if not path or not _segment_matches(pattern[0], path[0]):
        return False
    is_open = len(pattern) == 1 and not set("*?") & set(pattern[0])
    return is_open or _matches_by_definition(pattern[1:], path[1:])


def _segment_matches(pattern: str, segment: str) -> bool:
    if not pattern:
        return not segment
    if pattern[0] == "*":
        return any(_segment_matches(pattern[1:], segment[n:]) for n in range(len(segment) + 1))
    return (
        bool(segment)
        and pattern[0] in (segment[0], "?")
        and _segment_matches(pattern[1:], segment[1:])
    )


segments = st.text("ab.", min_size=1, max_size=3).filter(lambda text: text.strip("."))
glob_segments = st.text("ab.*?", min_size=1, max_size=4).filter(
    lambda text: text.strip(".") and "**" not in text
)


@given(
    st.lists(glob_segments | st.just("**"), min_size=1, max_size=5),
    st.lists(segments, min_size=1, max_size=5),
)
def test_path_globs_mean_what_is_documented(pattern: list[str], path: list[str]) -> None:
    expected = _matches_by_definition(pattern, path)
    assert matches("/".join(pattern), "/".join(path)) == expected


@given(
    st.lists(glob_segments | st.just("**"), min_size=1, max_size=4).map("/".join),
    st.lists(segments, min_size=1, max_size=3).map("/".join),
    segments,
)
def test_what_covers_a_folder_matches_everything_in_it(
    pattern: str, folder: str, name: str
) -> None:
    if covers(pattern, folder):
        assert matches(pattern, f"{folder}/{name}")
        assert covers(pattern, f"{folder}/{name}")


@pytest.mark.parametrize(
    ("pattern", "folder", "expected"),
    [
        ("fixtures/**", "fixtures", True),
        ("**/migrations/**", "app/migrations", True),
        ("**/migrations", "app/migrations/versions", True),
        ("src/*", "src", False),
        ("src/*", "src/a", False),
        ("src/*.py", "src/a.py", False),
    ],
)
def test_only_an_open_glob_covers_a_folder(pattern: str, folder: str, expected: bool) -> None:
    assert covers(pattern, folder) is expected


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("**", "src/**"),
        ("src/**", "src/services/**"),
        ("src/services/**", "src/services/*"),
        ("src/services/**", "src/services/*.py"),
        ("src/services/*.py", "src/services/task_*.py"),
        ("src/services/task_*.py", "src/services/a.py"),
        ("**/services/**", "tests/**"),
        ("**/services/**", "**/test_*.py"),
        ("src/*.py", "src/test_*.py"),
        ("src/a[bc]*.py", "src/abc*.py"),
        ("src/a/b/*.py", "src/x.py"),
    ],
)
def test_one_glob_is_more_specific(weaker: str, stronger: str) -> None:
    assert specificity(weaker) < specificity(stronger)


def test_some_globs_are_equally_specific() -> None:
    assert specificity("**/tests/**") == specificity("**/services/**")
    assert specificity("src/db/") == specificity("src/db/**")


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("app.db.make", "app.db.make", True),
        ("app.db.make", "app.db.make.inner", False),
        ("app.db.make", "app.db.maker", False),
        ("src.db.direct_session.*", "src.db.direct_session.anything", True),
        ("src.db.direct_session.*", "src.db.direct_session.Pool.get", True),
        ("src.db.direct_session.*", "src.db.direct_session", False),
        ("src.db.direct_session.*", "src.db.direct_sessions.x", False),
        ("src.db.**", "src.db.a.b", True),
        ("src.db.**", "src.db", False),
        ("app.*.get", "app.db.get", True),
        ("app.*.get", "app.db.a.get", False),
        ("app.**.get", "app.db.a.get", True),
        ("app.**.get", "app.get", True),
        ("**.SessionLocal", "SessionLocal", True),
        ("**.SessionLocal", "a.b.SessionLocal", True),
        ("app.get_*", "app.get_session", True),
        ("app.get_*", "app.get_session.inner", False),
        ("app.make.<locals>.*", "app.make.<locals>.on_progress", True),
        ("app.d.b", "appxdxb", False),
        ("app.d*b", "appxdxb", False),
    ],
)
def test_globs_of_names(pattern: str, name: str, expected: bool) -> None:
    assert matches_name(pattern, name) is expected


@pytest.mark.parametrize(
    ("pattern", "route", "expected"),
    [
        ("/jobs/{job_id}", "/jobs/{job_id}", True),
        ("/jobs/{job_id}", "/jobs/{id}", False),
        ("/jobs/*", "/jobs/{job_id}", True),
        ("/jobs/*", "/jobs", False),
        ("/jobs/*", "/jobs/{job_id}/chunk", False),
        ("/jobs/*/chunk", "/jobs/<int:id>/chunk", True),
        ("/jobs/**", "/jobs/{job_id}/chunk", True),
        ("/jobs/**", "/jobs", True),
        ("**/progress", "/api/v1/progress", True),
        ("/jobs/*.json", "/jobs/a.json", True),
        ("/jobs", "/jobs/", True),
        ("/jobs/", "/jobs", True),
        ("/", "/", True),
        ("/**", "/", True),
        ("/a?", "/ab", False),
    ],
)
def test_route_patterns(pattern: str, route: str, expected: bool) -> None:
    assert not route_flaw(pattern)
    assert matches_route(pattern, route) is expected


@pytest.mark.parametrize(
    ("pattern", "flaw"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("/src/**", "is absolute"),
        ("C:/src", "is absolute"),
        ("../src", "leaves the project with .."),
        ("a/../b", "leaves the project with .."),
        ("a\\b", "has a backslash; folders are divided by /"),
        ("a**/b", "has ** next to other text; it has to be a whole segment"),
        ("a/***", "has ** next to other text; it has to be a whole segment"),
        ("a/[b", "has a [ that is never closed"),
        ("a/[b/c]", "has a [ that is never closed"),
        ("a/[]", "has an empty [ ]"),
        ("a/[z-a]", "has the empty range [z-a]"),
    ],
)
def test_an_unsound_path_glob_is_refused(pattern: str, flaw: str) -> None:
    assert path_glob_flaw(pattern) == flaw


@given(st.text("ab/.*?[]!-^\\", max_size=8), st.text("ab/.", min_size=1, max_size=5))
def test_a_glob_without_flaw_always_compiles(pattern: str, path: str) -> None:
    if not path_glob_flaw(pattern):
        assert matches(pattern, path) in (True, False)
        assert specificity(pattern) == specificity(pattern)


def test_folders_and_routes_have_flaws_of_their_own() -> None:
    assert folder_flaw("src/*") == "has wildcards"
    assert folder_flaw(".") == ""
    assert route_flaw("POST /jobs") == "names a method"
    assert route_flaw("jobs") == "does not start with /"
    assert route_flaw("/a**") == "has ** next to other text; it has to be a whole segment"
    assert route_flaw("") == "is empty"
