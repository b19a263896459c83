"""Colour, width and motion follow the terminal and the variables that people set."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping

import pytest

from connlint.cli import progress
from connlint.cli.surroundings import look_around


class _Stream(io.StringIO):
    def __init__(self, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


@pytest.mark.parametrize(
    ("variables", "tty", "is_terminal", "colour"),
    [
        ({}, True, True, True),
        ({}, False, False, False),
        ({"NO_COLOR": "1"}, True, True, False),
        ({"NO_COLOR": ""}, True, True, True),
        ({"FORCE_COLOR": "1"}, False, True, True),
        ({"FORCE_COLOR": "0"}, False, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, True, False),
        ({"TERM": "dumb"}, True, False, False),
    ],
)
def test_colour_follows_terminal_and_variables(
    variables: Mapping[str, str], tty: bool, is_terminal: bool, colour: bool
) -> None:
    found = look_around(variables, _Stream(tty), _Stream(tty))
    assert (found.is_terminal, found.colour) == (is_terminal, colour)


@pytest.mark.parametrize(
    ("variables", "tty", "animates"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"CI": "true"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_nothing_moves_where_nobody_watches(
    variables: Mapping[str, str], tty: bool, animates: bool
) -> None:
    assert look_around(variables, _Stream(False), _Stream(tty)).animates is animates


def test_a_closed_stream_is_no_terminal() -> None:
    closed = _Stream(True)
    closed.isatty = lambda: io.StringIO.isatty(closed)  # type: ignore[method-assign]
    closed.close()
    assert look_around({}, closed, closed).is_terminal is False


def _shown_by(watch: object) -> str:
    """The module of what shows the progress; empty while nothing does."""
    return type(vars(watch)["_progress"]).__module__


def test_the_bar_appears_only_when_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with progress.watching(True) as watch:
        watch("reading", 1, 10)
        assert "rich" not in _shown_by(watch)
        now[0] += 60
        watch("reading", 5, 10)
        assert "rich" in _shown_by(watch)
    with progress.watching(False) as silent:
        now[0] += 60
        silent("reading", 1, 10)
    assert capfd.readouterr().out == ""
