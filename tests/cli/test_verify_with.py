"""``connlint check --fix --verify-with CMD`` with real commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.applications import DATABASE, FIXED, STANDARD, USERS, write
from cli.running import SOURCE, Done, run_process

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a shell")

PYTHON = f'"{sys.executable}" -c'
NO_FIX_IN_GROUPS = (
    f"""{PYTHON} "import app.users; 'make' in open('app/groups.py').read() or 1/0" """
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the same fixable code in four files."""
    root = tmp_path / "project"
    sources = {"connlint.toml": STANDARD, "app/__init__.py": "", "app/database.py": DATABASE}
    sources |= {f"app/{name}.py": USERS for name in ("users", "groups", "teams", "roles")}
    write(root, sources)
    return root


def verify(project: Path, command: str, *more: str) -> Done:
    """Fix under a command."""
    options = ("--select", "DBC101,DBC102", "--fix", "--verify-with", command)
    return run_process("check", *options, *more, cwd=project)


def fixed_files(project: Path) -> set[str]:
    """The files that were fixed; each file is as it was or fixed, and nothing else is there."""
    texts = {place.stem: place.read_text() for place in (project / "app").glob("*.py")}
    del texts["__init__"], texts["database"]
    assert set(texts.values()) <= {USERS, FIXED}
    assert not list(project.rglob("*.tmp"))
    return {name for name, text in texts.items() if text == FIXED}


def test_fixes_stay_when_the_command_succeeds(project: Path) -> None:
    done = verify(project, f'{PYTHON} "import app.users, app.groups"')
    assert done.code == 0
    assert fixed_files(project) == {"users", "groups", "teams", "roles"}
    assert "succeeds with what was fixed (2 runs).\n" in done.err
    assert not list(project.rglob("__pycache__"))


def test_the_file_whose_fix_fails_is_put_back(project: Path) -> None:
    done = verify(project, NO_FIX_IN_GROUPS)
    assert done.code == 1
    assert fixed_files(project) == {"users", "teams", "roles"}
    assert "app/groups.py:5:10: DBC101" in done.out
    assert "not fixed app/groups.py:5:10: DBC101" in done.err
    assert "fails (exit code 1: ZeroDivisionError: division by zero))\n" in done.err
    assert "6 findings fixed in 3 files, 2 not fixed.\n" in done.err


def test_pytest_decides(project: Path) -> None:
    (project / "test_app.py").write_text(
        "import ast, pathlib\n\n"
        "def test_teams():\n"
        "    text = pathlib.Path('app/teams.py').read_text()\n"
        "    assert 'get_session' not in ast.dump(ast.parse(text))\n"
    )
    done = verify(project, f'"{sys.executable}" -m pytest -q -p no:cacheprovider test_app.py')
    assert fixed_files(project) == {"users", "groups", "roles"}
    assert "(exit code 1: 1 failed in " in done.err


def test_a_command_that_fails_before_is_one_line(project: Path) -> None:
    done = verify(project, f"{PYTHON} \"print('three'); print('errors'); exit(3)\"", "--quiet")
    assert (done.code, done.out, fixed_files(project)) == (2, "", set())
    assert done.err.count("\n") == 1
    assert done.err.startswith("error: nothing is fixed: before any fix, `")
    assert done.err.endswith("` fails (exit code 3: errors)\n")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("no-such-command --at-all", "was not found"),
        ("./app/users.py", "is not executable"),
        ("kill -KILL $$", "was ended by SIGKILL"),
        ("(kill -TERM $$); sleep 60; true", "was ended by SIGTERM"),
        ("exit 137", "was ended by SIGKILL"),
    ],
)
def test_a_command_that_can_not_judge_is_one_line(project: Path, command: str, reason: str) -> None:
    done = verify(project, command, "--quiet")
    assert (done.code, done.out, fixed_files(project)) == (2, "", set())
    assert done.err == f"error: `{command}` {reason}; nothing is changed\n"


def test_a_command_that_is_killed_later_has_everything_put_back(project: Path) -> None:
    command = "grep -q make_session app/roles.py || kill -KILL $$"
    done = verify(project, command, "--quiet")
    assert (done.code, fixed_files(project)) == (2, set())
    assert done.err == f"error: `{command}` was ended by SIGKILL; nothing is changed\n"


def test_a_command_that_crashes_by_itself_has_judged(project: Path) -> None:
    done = verify(project, "grep -q make_session app/roles.py || kill -SEGV $$")
    assert fixed_files(project) == {"users", "groups", "teams"}
    assert "fails (SIGSEGV))\n" in done.err


def test_nothing_is_run_when_there_is_nothing_to_fix(project: Path) -> None:
    assert verify(project, "touch ran").code == 0
    assert (project / "ran").exists()
    (project / "ran").unlink()
    assert verify(project, "touch ran").code == 0
    assert not (project / "ran").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--verify-with", "true"), "--verify-with goes with --fix"),
        (("--diff", "--verify-with", "true"), "--verify-with goes with --fix"),
        (("--fix", "--verify-with", " "), "--verify-with needs a command"),
    ],
)
def test_what_makes_no_sense_is_refused(
    project: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = run_process("check", *arguments, cwd=project)
    assert (done.code, done.err) == (2, f"error: {message}\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_puts_everything_back_and_ends_the_command(
    project: Path, number: signal.Signals
) -> None:
    # Succeeds before the fixes; with them it says who it is and waits.
    wait = "{ echo $$ > waiting; mv waiting pid; sleep 600; }"
    command = f"grep -q make_session app/users.py || {wait}"
    options = ("--select", "DBC101,DBC102", "--fix", "--verify-with", command)
    process = subprocess.Popen(
        [sys.executable, "-m", "connlint", "check", *options],
        cwd=project, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(SOURCE), "CONNLINT_CACHE_DIR": str(project.parent)},
    )  # fmt: skip
    try:
        while not (project / "pid").exists():
            assert process.poll() is None
            time.sleep(0.02)
        assert fixed_files(project) == {"users", "groups", "teams", "roles"}
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 128 + number
    assert b"Traceback" not in errors
    assert fixed_files(project) == set()
    with pytest.raises(ProcessLookupError):
        os.kill(int((project / "pid").read_text()), 0)


def test_a_run_that_is_killed_while_it_verifies_is_taken_back(project: Path) -> None:
    # Succeeds before the fixes; with them it kills connlint, whose shell it runs in.
    command = "grep -q make_session app/users.py || kill -KILL $PPID"
    done = verify(project, command)
    assert done.code == -signal.SIGKILL
    assert fixed_files(project) == {"users", "groups", "teams", "roles"}
    again = run_process("check", "--select", "DBC101,DBC102", cwd=project)
    assert again.err.startswith(
        "warning: a run was killed while it fixed files; "
        "taken back: app/groups.py, app/roles.py, app/teams.py, app/users.py\n"
    )
    assert (again.code, fixed_files(project)) == (1, set())
    assert "killed" not in run_process("check", "--quiet", cwd=project).err


def test_the_command_may_be_connlint_itself(project: Path) -> None:
    done = verify(project, f'"{sys.executable}" -m connlint check --select DBC101 --exit-zero')
    assert (done.code, fixed_files(project)) == (0, {"users", "groups", "teams", "roles"})
