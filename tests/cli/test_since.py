"""``connlint check --since``: what a change touches or newly reaches, in real git repositories."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from cli.applications import DATABASE, write
from cli.repositories import commit, git
from cli.running import Done, run

Capture = pytest.CaptureFixture[bytes]
STANDARD = """
src = ["."]
select = ["DBC101", "DBC301", "DBC409", "DBC502", "DBC9"]
[sessions]
providers = ["app.database.get_session"]
owners = ["app/database.py"]
"""
EVENTS = """
from flask_socketio import SocketIO
from app.database import get_session
from app.store import save

socketio = SocketIO()


@socketio.on("progress")
def on_progress(job):
    with get_session() as session:
        save(job, session)
"""
STORE = """
def save(job, session):
    session.add(job)
"""
COMMITTING_STORE = STORE + "    session.commit()\n"
OLD = """
from app.database import make_session


def old(job):
    with make_session() as session:
        session.add(job)
"""
NEW = """

def new(job):
    with make_session() as session:
        session.add(job)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one committed finding; the working folder is the root of the project."""
    root = tmp_path / "project"
    root.mkdir()
    sources = {"database": DATABASE, "events": EVENTS, "store": STORE, "old": OLD}
    commit(
        root,
        {
            "connlint.toml": STANDARD,
            "app/__init__.py": "",
            **{f"app/{name}.py": text for name, text in sources.items()},
        },
    )
    monkeypatch.chdir(root)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))
    return root


def check(capfdbinary: Capture, *arguments: str) -> Done:
    return run(capfdbinary, "check", *arguments)


def shown(capfdbinary: Capture, *arguments: str) -> list[str]:
    """``path:line CODE`` of each finding since the last commit."""
    done = check(capfdbinary, "--since", "HEAD", *arguments)
    assert done.code in (0, 1), done.err
    places = [line.split(": ") for line in done.out.splitlines()]
    return [f"{place.rpartition(':')[0]} {rest[0].split()[0]}" for place, *rest in places]


def test_what_was_there_is_not_shown(capfdbinary: Capture, project: Path) -> None:
    assert check(capfdbinary).code == 1
    done = check(capfdbinary, "--since", "HEAD")
    assert (done.code, done.out) == (0, "")
    assert "1 finding not of the change since HEAD (" in done.err


def test_a_helper_that_starts_to_commit_shows_at_the_event_handler(
    capfdbinary: Capture, project: Path
) -> None:
    write(project, {"app/store.py": COMMITTING_STORE})
    assert shown(capfdbinary) == ["app/events.py:12 DBC301"]


def test_a_chain_that_newly_passes_through_the_change_is_shown(
    capfdbinary: Capture, project: Path
) -> None:
    commit(project, {"app/store.py": COMMITTING_STORE})
    assert shown(capfdbinary) == []
    longer = COMMITTING_STORE.replace("session.commit()", "finish(session)")
    write(project, {"app/store.py": longer + "\n\ndef finish(session):\n    session.commit()\n"})
    assert shown(capfdbinary) == ["app/events.py:12 DBC301"]


def test_moved_lines_are_no_change(capfdbinary: Capture, project: Path) -> None:
    write(project, {"app/old.py": "\nLIMIT = 10\n" + OLD})
    assert shown(capfdbinary) == []


def test_a_second_violation_beside_a_known_one_is_the_change_s(
    capfdbinary: Capture, project: Path
) -> None:
    write(project, {"app/old.py": OLD.replace("\n\ndef old", NEW + "\n\ndef old")})
    assert shown(capfdbinary) == ["app/old.py:6 DBC101"]


def test_a_touched_line_is_shown(capfdbinary: Capture, project: Path) -> None:
    write(project, {"app/old.py": OLD.replace("as session", "as  session")})
    assert shown(capfdbinary) == ["app/old.py:6 DBC101"]
    write(project, {"app/old.py": OLD.replace("add(job)", "add( job)")})
    assert shown(capfdbinary) == []


@pytest.mark.parametrize("is_staged", [True, False], ids=["staged", "not staged"])
def test_a_renamed_file_is_followed(capfdbinary: Capture, project: Path, is_staged: bool) -> None:
    (project / "app" / "old.py").rename(project / "app" / "renamed.py")
    if is_staged:
        git(project, "add", "--all")
    assert shown(capfdbinary) == []
    write(project, {"app/renamed.py": OLD + NEW})
    assert shown(capfdbinary) == ["app/renamed.py:11 DBC101"]


def test_a_renamed_module_is_followed_in_what_its_users_do(
    capfdbinary: Capture, project: Path
) -> None:
    (project / "app" / "database.py").rename(project / "app" / "db.py")
    for name in ("connlint.toml", "app/events.py", "app/old.py"):
        text = (project / name).read_text()
        named = text.replace("app.database", "app.db").replace("app/database", "app/db")
        write(project, {name: named})
    assert shown(capfdbinary) == []


def test_a_renamed_function_is_no_new_finding(capfdbinary: Capture, project: Path) -> None:
    write(project, {"app/old.py": OLD.replace("def old", "def older")})
    assert shown(capfdbinary) == []


def test_a_new_file_is_part_of_the_change_tracked_or_not(
    capfdbinary: Capture, project: Path
) -> None:
    write(project, {"app/new.py": OLD})
    assert shown(capfdbinary) == ["app/new.py:6 DBC101"]
    git(project, "add", "--all")
    assert shown(capfdbinary) == ["app/new.py:6 DBC101"]


def test_a_deleted_file_is_not_missed(capfdbinary: Capture, project: Path) -> None:
    (project / "app" / "old.py").unlink()
    assert shown(capfdbinary) == []


def test_the_change_starts_where_the_branch_left(capfdbinary: Capture, project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "topic")
    commit(project, {"app/new.py": OLD})
    git(project, "checkout", "--quiet", "main")
    commit(project, {"app/old.py": ""})
    git(project, "checkout", "--quiet", "topic")
    done = check(capfdbinary, "--since", "main")
    assert [line.split(":")[0] for line in done.out.splitlines()] == ["app/new.py"]


def test_dependencies_are_those_of_then(capfdbinary: Capture, project: Path) -> None:
    files = {"requirements.txt": "flask\nasyncpg\n", "app/fast.py": "import asyncpg\n"}
    commit(project, files)
    write(project, {"requirements.txt": "flask\n"})
    assert shown(capfdbinary) == ["app/fast.py:1 DBC409"]


def test_schemas_are_those_of_then(capfdbinary: Capture, project: Path) -> None:
    query = "SELECT owner FROM jobs"
    files = {
        "schema.sql": "CREATE TABLE jobs (id INTEGER, owner TEXT);\n",
        "more.sql": "CREATE TABLE clips (id INTEGER);\n",
        "app/owners.py": f'def owners(conn):\n    return conn.execute("{query}")\n',
        "app/clips.py": 'def clips(conn):\n    return conn.execute("SELECT name FROM clips")\n',
    }
    commit(project, files)
    assert shown(capfdbinary) == []
    write(project, {"schema.sql": "CREATE TABLE jobs (id INTEGER);\n"})
    assert shown(capfdbinary) == ["app/owners.py:2 DBC502"]
    (project / "more.sql").unlink()
    write(project, {"new.sql": "CREATE TABLE clips (id INTEGER);\n"})
    assert shown(capfdbinary) == ["app/owners.py:2 DBC502"]


def test_a_suppression_that_is_gone_shows_its_finding(capfdbinary: Capture, project: Path) -> None:
    commit(project, {"app/old.py": "# connlint: ignore-file[DBC101] old\n" + OLD})
    write(project, {"app/old.py": OLD})
    assert shown(capfdbinary) == ["app/old.py:6 DBC101"]


def test_without_configuration_both_states_are_held_against_what_is_assumed(
    capfdbinary: Capture, project: Path
) -> None:
    (project / "connlint.toml").unlink()
    commit(project, {f"app/user{number}.py": EVENTS for number in range(5)})
    assert check(capfdbinary, "--select", "DBC101").code == 1
    assert shown(capfdbinary, "--select", "DBC101") == []
    write(project, {"app/old.py": OLD + NEW})
    for _ in range(2):
        assert shown(capfdbinary, "--select", "DBC101") == ["app/old.py:11 DBC101"]


def test_the_project_may_be_a_folder_of_the_repository(
    capfdbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "repository" / "services" / "api"
    commit_files = {"connlint.toml": STANDARD, "app/database.py": DATABASE, "app/old.py": OLD}
    inner.mkdir(parents=True)
    write(inner, commit_files)
    commit(tmp_path / "repository", {"other/notes.py": "x = 1\n"})
    monkeypatch.chdir(inner)
    assert shown(capfdbinary, "--select", "DBC101") == []
    git(inner, "mv", "app/old.py", "app/moved.py")
    write(inner, {"app/moved.py": OLD + NEW})
    assert shown(capfdbinary, "--select", "DBC101") == ["app/moved.py:11 DBC101"]


def test_what_is_not_saved_yet_is_compared(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Typed:
        buffer = io.BytesIO((OLD + NEW).encode())

    monkeypatch.setattr(sys, "stdin", Typed())
    assert shown(capfdbinary, "--stdin-filename", "app/old.py") == ["app/old.py:11 DBC101"]


def test_the_baseline_still_accepts_and_its_old_stale_entries_are_old(
    capfdbinary: Capture, project: Path
) -> None:
    baseline = ["--baseline", "baseline.txt"]
    commit(project, {"app/older.py": OLD})
    check(capfdbinary, *baseline, "--write-baseline")
    commit(project)
    assert shown(capfdbinary, *baseline) == []
    (project / "app" / "older.py").unlink()
    assert shown(capfdbinary, *baseline) == ["baseline.txt:4 DBC904"]
    commit(project)
    assert shown(capfdbinary, *baseline) == []


def test_neither_work_tree_nor_index_is_touched(capfdbinary: Capture, project: Path) -> None:
    (project / "app" / "old.py").rename(project / "app" / "renamed.py")
    before = (git(project, "status", "--porcelain"), (project / ".git" / "index").read_bytes())
    shown(capfdbinary)
    after = (git(project, "status", "--porcelain"), (project / ".git" / "index").read_bytes())
    assert before == after


def test_a_worktree_is_a_repository_too(
    capfdbinary: Capture, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(project, "worktree", "add", "--quiet", "-b", "topic", tmp_path / "topic")
    monkeypatch.chdir(tmp_path / "topic")
    write(tmp_path / "topic", {"app/new.py": OLD})
    assert shown(capfdbinary) == ["app/new.py:6 DBC101"]


def test_what_a_submodule_holds_is_not_the_change_s(
    capfdbinary: Capture, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "inner").mkdir()
    commit(tmp_path / "inner", {"jobs.py": OLD})
    add = ("submodule", "--quiet", "add", str(tmp_path / "inner"), "app/inner")
    git(project, "-c", "protocol.file.allow=always", *add)
    commit(project)
    write(project, {"app/inner/more.py": OLD})
    assert shown(capfdbinary) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_odd_names_are_followed(capfdbinary: Capture, project: Path) -> None:
    odd = 'app/o "d\td\u00e4.py'
    commit(project, {odd: OLD})
    assert shown(capfdbinary) == []
    write(project, {odd: OLD + NEW})
    assert [place.rpartition(":")[2] for place in shown(capfdbinary)] == ["11 DBC101"]


def test_a_hook_s_variables_do_not_lead_elsewhere(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    write(project, {"app/new.py": OLD})
    monkeypatch.chdir(project / "app")
    assert shown(capfdbinary) == ["app/new.py:6 DBC101"]


# what git can't tell


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("mian", "--since: there is no revision 'mian'; did you mean \"main\"?"),
        ("--output=x", "--since: there is no revision '--output=x'"),
        ("nonsense", "--since: there is no revision 'nonsense'"),
    ],
)
def test_an_unknown_revision_is_wrong_use(
    capfdbinary: Capture, project: Path, revision: str, message: str
) -> None:
    done = check(capfdbinary, f"--since={revision}")
    assert done == (2, "", f"error: {message}\n")


def test_no_repository_is_wrong_use(
    capfdbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    done = check(capfdbinary, "--since", "HEAD")
    assert done == (
        2,
        "",
        f"error: --since needs a git repository, and {tmp_path} is in none\n",
    )


def test_no_git_is_wrong_use(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    done = check(capfdbinary, "--since", "HEAD")
    assert done == (2, "", "error: --since needs git, which is not installed\n")


def test_a_shallow_clone_is_told_what_it_lacks(
    capfdbinary: Capture, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(project, "branch", "stable")
    commit(project, {"app/new.py": OLD})
    source = project.as_uri()
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", source, "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    apart = check(capfdbinary, "--since", "origin/stable")
    missing = check(capfdbinary, "--since", "HEAD~1")
    assert (apart.code, missing.code) == (2, 2)
    assert "have no commit in common; the clone is shallow: fetch the history" in apart.err
    assert "there is no revision 'HEAD~1'; the clone is shallow: fetch the history" in missing.err


@pytest.mark.parametrize("option", ["--fix", "--diff", "--add-noqa"])
def test_nothing_is_changed_with_it(capfdbinary: Capture, project: Path, option: str) -> None:
    done = check(capfdbinary, "--since", "HEAD", option)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: --since only reports")


def test_servers_get_the_paths_of_the_repository(
    capfdbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "repository" / "services" / "api"
    inner.mkdir(parents=True)
    write(inner, {"connlint.toml": STANDARD, "app/database.py": DATABASE, "app/old.py": OLD})
    commit(tmp_path / "repository")
    monkeypatch.chdir(inner)
    for form, expected in (
        ("github", "file=services/api/app/old.py,"),
        ("gitlab", '"path": "services/api/app/old.py"'),
        ("sarif", '"uri": "services/api/app/old.py"'),
        ("concise", "app/old.py:6:10: DBC101"),
    ):
        assert expected in check(capfdbinary, "--format", form).out
