"""Where the cache is, how a file gets there, and the results of whole runs in it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.facts.cache import hashed, hashed_problem, project_cache, write_cached
from connlint.facts.results import ResultCache


def _folder(root: Path) -> Path:
    folder = project_cache(root)
    assert folder
    return folder


def test_each_project_has_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))
    one, two = _folder(tmp_path / "one" / "app"), _folder(tmp_path / "two" / "app")
    assert one != two
    assert one.parent == two.parent == tmp_path / "cache"
    assert one.name.startswith("app-")
    assert _folder(tmp_path / "one" / "app") == one
    assert not one.parent.exists()


def test_a_link_to_a_project_is_the_project(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "link").symlink_to("project")
    assert _folder(tmp_path / "link") == _folder(tmp_path / "project")


def test_a_relative_cache_folder_is_taken_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNLINT_CACHE_DIR", "cache")
    monkeypatch.chdir(tmp_path)
    assert _folder(tmp_path).parent == tmp_path / "cache"


@pytest.mark.parametrize("platform", ["linux", "freebsd"])
@pytest.mark.parametrize(
    ("xdg", "expected"),
    [("", "home/.cache/connlint"), ("relative", "home/.cache/connlint"), ("{}/x", "x/connlint")],
)
def test_the_users_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, xdg: str, expected: str
) -> None:
    """On Linux connlint says itself what platformdirs says elsewhere."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delenv("CONNLINT_CACHE_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", xdg.format(tmp_path))
    assert _folder(tmp_path).parent == tmp_path / expected


def test_an_account_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home(_: type[Path]) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", classmethod(no_home))
    monkeypatch.delenv("CONNLINT_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert project_cache(Path()) is None


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    old, new = tmp_path / ".facts.bin.old", tmp_path / ".facts.bin.new"
    for path in (old, new):
        path.touch()
    os.utime(old, (time.time() - 7200,) * 2)
    assert write_cached(tmp_path / "facts.bin", b"x") is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [".facts.bin.new", "facts.bin"]


def test_hashes_tell_content_from_its_absence() -> None:
    assert hashed(b"gone") != hashed_problem("gone")
    assert hashed_problem("gone") != hashed_problem("closed")
    assert hashed_problem("caf\udce9")


def test_results_are_found_by_key(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "folder")
    assert cache.get(b"one") is None
    assert cache.put(b"one", b"result") is None
    assert cache.put(b"two", b"") is None
    again = ResultCache(tmp_path / "folder")
    assert (again.get(b"one"), again.get(b"two"), again.get(b"three")) == (b"result", b"", None)


def test_the_oldest_results_go_first(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path, keep=2)
    for number, key in enumerate((b"one", b"two", b"three")):
        cache.put(key, key)
        for path in tmp_path.iterdir():
            if cache.get(key) == key and path.stat().st_mtime > 1000:
                os.utime(path, (number, number))
    assert [cache.get(key) for key in (b"one", b"two", b"three")] == [None, b"two", b"three"]


def test_a_result_under_another_key_is_a_miss(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path)
    cache.put(b"one", b"result")
    (one,) = tmp_path.iterdir()
    cache.put(b"two", b"result")
    (two,) = set(tmp_path.iterdir()) - {one}
    two.write_bytes(one.read_bytes())
    assert cache.get(b"two") is None


@given(result=st.binary(max_size=40), data=st.data())
def test_no_damage_goes_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, result: bytes, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("results")
    cache = ResultCache(folder)
    cache.put(b"key", result)
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    position = data.draw(st.integers(0, len(whole) - 1))
    damaged = bytearray(whole)
    damaged[position] ^= data.draw(st.integers(1, 255))
    for content in (bytes(damaged), whole[:position], whole + b"x"):
        path.write_bytes(content)
        assert cache.get(b"key") is None
    path.write_bytes(whole)
    assert cache.get(b"key") == result


def test_results_that_can_not_be_kept_cost_a_note(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = ResultCache(tmp_path / "file")
    problem = cache.put(b"key", b"result")
    assert problem
    assert not problem.fatal
    assert cache.get(b"key") is None


def test_without_a_folder_no_result_is_kept() -> None:
    cache = ResultCache(None)
    assert cache.put(b"key", b"result") is None
    assert cache.get(b"key") is None
