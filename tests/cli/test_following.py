"""Requests that follow one another while somebody works on the code: early answers, confirmed."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from cli.visited_routes import A_THIRD_ROUTE, FILES, VISITS
from connlint.cli.following import Follower
from connlint.incremental import Incremental
from connlint.pipeline import Analysis, Request, unwatched
from incremental.projects import analysis_of, places

PATIENCE_SECONDS = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def request_of(folder: Path) -> Request:
    return analysis_of(folder).request


def found(analysis: Analysis) -> list[str]:
    return places(analysis.verdict.findings)


def confirmed(follower: Follower) -> Analysis | None:
    """What the confirmation under way comes to."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while follower.is_confirming:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return follower.otherwise()


def test_after_a_whole_analysis_answers_are_incremental(folder: Path) -> None:
    follower = Follower()
    first = follower.analyse(request_of(folder), unwatched)
    assert not isinstance(first, Incremental)
    assert found(first) == []
    follower.confirm(first)
    (folder / "app" / "visits.py").write_text(VISITS.replace("note_visit", "note"))
    second = follower.analyse(request_of(folder), unwatched)
    assert isinstance(second, Incremental)
    assert found(second) == []
    follower.confirm(second)
    assert confirmed(follower) is None
    assert follower.otherwise() is None


def test_a_whole_analysis_corrects_what_is_only_seen_as_a_whole(folder: Path) -> None:
    follower = Follower()
    follower.confirm(_answered(follower, folder))
    (folder / "app" / "routes.py").write_text(A_THIRD_ROUTE)
    answer = _answered(follower, folder)
    assert found(answer) == []
    follower.confirm(answer)
    whole = confirmed(follower)
    assert whole is not None
    assert found(whole) == ["app/visits.py:7 DBC301"]
    assert follower.otherwise() is None
    (folder / "app" / "visits.py").write_text("\n" + VISITS)
    after = _answered(follower, folder)
    assert isinstance(after, Incremental)
    assert found(after) == ["app/visits.py:8 DBC301"]


def test_a_change_replaces_the_confirmation_under_way(folder: Path) -> None:
    follower = Follower()
    follower.confirm(_answered(follower, folder))
    (folder / "app" / "routes.py").write_text(A_THIRD_ROUTE)
    follower.confirm(_answered(follower, folder))
    (folder / "app" / "routes.py").write_text(FILES["app/routes.py"])
    answer = _answered(follower, folder)
    assert found(answer) == []
    follower.confirm(answer)
    assert confirmed(follower) is None


def test_a_remembered_answer_is_followed_by_a_look_at_the_code(folder: Path) -> None:
    request = msgspec.structs.replace(request_of(folder), use_cache=True)
    assert found(Analysis(request)) == []
    follower = Follower()
    answer = follower.analyse(request, unwatched)
    assert found(answer) == []
    assert not answer.is_modelled
    follower.confirm(answer)
    assert confirmed(follower) is None
    (folder / "app" / "visits.py").write_text("\n" + VISITS)
    assert isinstance(follower.analyse(request, unwatched), Incremental)


def test_what_the_confirmation_raises_is_raised(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Follower()
    follower.confirm(_answered(follower, folder))
    (folder / "app" / "routes.py").write_text(A_THIRD_ROUTE)
    answer = _answered(follower, folder)
    monkeypatch.setattr(Analysis, "model", _fails)
    follower.confirm(answer)
    with pytest.raises(OSError, match="gone"):
        confirmed(follower)


def test_what_cannot_be_read_for_a_moment_is_no_start(folder: Path) -> None:
    follower = Follower()
    follower.confirm(_answered(follower, folder))
    (folder / "app" / "routes.py").write_text("def broken(:\n")
    broken = follower.analyse(request_of(folder), unwatched)
    assert not isinstance(broken, Incremental)
    assert found(broken) == ["app/routes.py:1 DBC900"]
    follower.confirm(broken)
    (folder / "app" / "routes.py").write_text(FILES["app/routes.py"] + "\n")
    mended = follower.analyse(request_of(folder), unwatched)
    assert isinstance(mended, Incremental)
    assert found(mended) == []


def test_what_is_timed_is_whole(folder: Path) -> None:
    follower = Follower()
    follower.confirm(_answered(follower, folder))
    request = msgspec.structs.replace(request_of(folder), timed=True)
    assert not isinstance(follower.analyse(request, unwatched), Incremental)


def _answered(follower: Follower, folder: Path) -> Analysis:
    answer = follower.analyse(request_of(folder), unwatched)
    found(answer)
    return answer


def _fails(_: Analysis) -> None:
    raise OSError("gone")
