"""What answers start from, which are to be confirmed, and what becomes of those given up."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from connlint.fix.outcome import Refused
from connlint.incremental import Incremental
from connlint.pipeline import Analysis, unwatched
from connlint.server.buffers import Buffer
from connlint.server.fixing import fix_safely
from connlint.server.outcome import Round
from connlint.server.projects import Projects
from connlint.server.schedule import Superseded
from server.editing import ALLOWED, FORBIDDEN, write_project
from server.shared_dependency import THREE_ROUTES, TWO_ROUTES, write_routes


class Desk:
    """Open files of one project, and what is said of them."""

    def __init__(self, *paths: Path) -> None:
        self.projects = Projects()
        self.texts = {path: path.read_text("utf-8") for path in paths}

    def answer(self, **texts: str) -> Analysis:
        """The analysis that answers, after files with these names hold these texts."""
        (analysis,) = {each.analysis for each in self.check(**texts).checked}
        return analysis

    def check(self, **texts: str) -> Round:
        """The answer itself."""
        edited = {path: texts[path.stem] for path in self.texts if path.stem in texts}
        self.texts.update(edited)
        buffers = [Buffer(path.as_uri(), path, 1, text) for path, text in self.texts.items()]
        touched = {path.as_uri() for path in edited} or {each.uri for each in buffers}
        outcome = self.projects.check(buffers, touched, (), unwatched)
        assert outcome.errors == []
        return outcome

    def confirm(self) -> Round:
        outcome = self.projects.confirm(unwatched)
        assert outcome is not None
        return outcome

    @property
    def is_confirmed(self) -> bool:
        return self.projects.confirm(_refuse) is None


def _refuse(stage: str, done: int, total: int) -> NoReturn:
    raise Superseded


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))


def is_whole(analysis: Analysis) -> bool:
    return analysis.is_modelled and not isinstance(analysis, Incremental)


def test_what_is_whole_needs_no_confirmation_and_is_started_from(tmp_path: Path) -> None:
    desk = Desk(*write_routes(tmp_path / "project"))
    assert is_whole(desk.answer())
    assert desk.is_confirmed
    assert isinstance(desk.answer(routes=THREE_ROUTES), Incremental)
    outcome = desk.confirm()
    assert {path: len(found) for _, path, _, _, found in outcome.checked} == {
        "app/routes.py": 0,
        "app/visits.py": 1,
    }
    assert all(is_whole(each.analysis) for each in outcome.checked)
    assert desk.is_confirmed


def test_a_confirmation_that_is_given_up_is_still_to_be_made(tmp_path: Path) -> None:
    desk = Desk(*write_routes(tmp_path / "project"))
    desk.answer()
    desk.answer(routes=THREE_ROUTES)
    with pytest.raises(Superseded):
        desk.projects.confirm(_refuse)
    assert isinstance(desk.answer(routes=f"# moved\n{THREE_ROUTES}"), Incremental)
    with pytest.raises(Superseded):
        desk.projects.confirm(_refuse)
    assert [len(each.findings) for each in desk.confirm().checked] == [0, 1]
    assert desk.is_confirmed


def test_what_is_recalled_is_made_whole_for_the_next_change(tmp_path: Path) -> None:
    paths = write_routes(tmp_path / "project")
    Desk(*paths).answer()
    desk = Desk(*paths)
    assert not desk.answer().is_modelled
    assert {is_whole(each.analysis) for each in desk.confirm().checked} == {True}
    assert isinstance(desk.answer(routes=THREE_ROUTES), Incremental)


def test_a_text_that_does_not_parse_for_a_while_is_not_started_from(tmp_path: Path) -> None:
    desk = Desk(*write_routes(tmp_path / "project"))
    desk.answer()
    assert not isinstance(desk.answer(routes="def broken(:\n"), Incremental)
    assert desk.is_confirmed
    assert isinstance(desk.answer(routes=TWO_ROUTES), Incremental)


def test_a_text_that_is_left_as_it_does_not_parse_is_started_from(tmp_path: Path) -> None:
    desk = Desk(*write_routes(tmp_path / "project"))
    desk.answer()
    desk.answer(routes="def broken(:\n")
    assert is_whole(desk.answer(visits="x = 1\n"))
    assert isinstance(desk.answer(visits="x = 2\n"), Incremental)


def test_nothing_is_fixed_before_it_is_confirmed(tmp_path: Path) -> None:
    desk = Desk(write_project(tmp_path / "project", ALLOWED))
    desk.answer()
    (users,) = desk.check(users=FORBIDDEN).checked
    with pytest.raises(Refused, match="the analysis is incomplete"):
        fix_safely(users)
    (users,) = desk.confirm().checked
    (change,) = fix_safely(users)
    assert change.after == ALLOWED.encode()


def test_projects_of_which_nothing_is_open_are_forgotten(tmp_path: Path) -> None:
    desk = Desk(*write_routes(tmp_path / "project"))
    desk.answer()
    desk.answer(routes=THREE_ROUTES)
    other = write_project(tmp_path / "other", ALLOWED)
    desk.texts = {other: ALLOWED}
    assert is_whole(desk.answer())
    assert desk.is_confirmed


def test_another_standard_needs_a_whole_analysis(tmp_path: Path) -> None:
    root = tmp_path / "project"
    desk = Desk(*write_routes(root))
    desk.answer()
    standard = root / "connlint.toml"
    standard.write_text(f'ignore = ["DBC301"]\n{standard.read_text("utf-8")}', "utf-8")
    assert is_whole(desk.answer(routes=THREE_ROUTES))
    assert desk.is_confirmed
