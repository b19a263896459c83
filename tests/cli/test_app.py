"""The error boundary: what goes wrong becomes a line and an exit code, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli.running import SOURCE, run, run_process
from connlint import __version__
from connlint.cli import app
from connlint.errors import ConfigError, UsageError

Capture = pytest.CaptureFixture[bytes]


def _command_raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    @click.command()
    def command() -> None:
        raise error

    monkeypatch.setattr(app._Commands, "get_command", lambda self, context, name: command)


def test_the_version(capfdbinary: Capture) -> None:
    assert run(capfdbinary, "--version") == (0, f"connlint {__version__}\n", "")


@pytest.mark.parametrize("spelling", ["-h", "--help"])
def test_help_lists_every_command(capfdbinary: Capture, spelling: str) -> None:
    done = run(capfdbinary, spelling)
    assert done.code == 0
    for name in app._COMMANDS:
        assert f"\n  {name} " in done.out


@pytest.mark.parametrize("name", app._COMMANDS)
def test_every_command_explains_itself(capfdbinary: Capture, name: str) -> None:
    done = run(capfdbinary, name, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: connlint {name} ")


@pytest.mark.parametrize("arguments", [["nonsense"], ["rule", "--nonsense"], []])
def test_wrong_use_is_code_two(capfdbinary: Capture, arguments: list[str]) -> None:
    done = run(capfdbinary, *arguments)
    assert done.code == (2 if arguments else done.code)
    assert done.code in (0, 2)


def test_an_unknown_command_gets_the_nearest(capfdbinary: Capture) -> None:
    message = "error: no command is called 'chekc'; did you mean \"check\"?\n"
    assert run(capfdbinary, "chekc") == (2, "", message)
    assert run(capfdbinary, "qqq") == (2, "", "error: no command is called 'qqq'\n")


def test_each_error_of_the_user_is_a_line(
    capfdbinary: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _command_raising(monkeypatch, ConfigError(["a.toml:1: bad", "a.toml:2: worse"]))
    done = run(capfdbinary, "check")
    assert done == (2, "", "error: a.toml:1: bad\nerror: a.toml:2: worse\n")
    _command_raising(monkeypatch, UsageError("no such thing"))
    assert run(capfdbinary, "check") == (2, "", "error: no such thing\n")


def test_an_internal_error_is_one_line_and_says_how_to_see_more(
    capfdbinary: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _command_raising(monkeypatch, KeyError("lost\nkey"))
    monkeypatch.delenv(app.TRACEBACK_VARIABLE, raising=False)
    done = run(capfdbinary, "check")
    assert done.code == 2
    assert done.err.startswith("internal error: KeyError: 'lost\\nkey'")
    assert app.TRACEBACK_VARIABLE in done.err
    assert done.err.count("\n") == 1
    monkeypatch.setenv(app.TRACEBACK_VARIABLE, "1")
    with pytest.raises(KeyError):
        app.main(["check"])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption_is_quiet(
    capfdbinary: Capture, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    _command_raising(monkeypatch, error)
    done = run(capfdbinary, "check")
    assert done.code == 130
    assert done.err.strip() == ""


@pytest.mark.skipif(os.name == "nt", reason="pipes break differently there")
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "connlint", "rule"],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 130


def test_python_m_connlint_is_the_same_command_line(tmp_path: Path) -> None:
    done = run_process("rule", "DBC9999", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: no rule is called 'DBC9999'")
