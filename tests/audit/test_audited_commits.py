"""What becomes of each commit and why: its state, what it saves and the work around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.auditing import audited, point_at

STATE = """
    from db import get_session
    from models import Job

    def save(id, ready, state):
        with get_session() as session:
            job = session.get(Job, id)
            {assign}
            session.commit()
"""


@pytest.mark.parametrize(
    ("assign", "verdict", "words"),
    [
        ('job.status = "QUEUED"', "keep", "the state is QUEUED, which the standard persists"),
        ('job.status = "UPLOADING"', "remove", "while the state is still UPLOADING"),
        (
            'job.status = "QUEUED" if ready else "UPLOADING"',
            "review",
            "the state is UPLOADING on one path and QUEUED on another one",
        ),
        ('job.status = "SHRUNK"', "keep", "SHRUNK, which the standard does not call transient"),
        ("job.status = state", "review", "the state is one that the analysis does not know"),
    ],
)
def test_states_decide_about_a_commit(
    tmp_path: Path, assign: str, verdict: str, words: str
) -> None:
    view = audited(tmp_path, {"app.py": STATE.format(assign=assign)})
    point = point_at(view, "app.py", "session.commit")
    assert point.verdict == verdict
    assert words.lower() in point.reason.lower()


def test_a_commit_without_a_write_is_for_a_person_to_look_at(tmp_path: Path) -> None:
    code = """
        from db import get_session

        def look():
            with get_session() as session:
                session.execute("select 1")
                session.commit()
    """
    point = point_at(audited(tmp_path, {"app.py": code}), "app.py", "session.commit")
    assert point.verdict == "review"
    assert "no write is seen" in point.reason.lower()


def test_slow_work_in_the_loop_leaves_a_commit_undecided(tmp_path: Path) -> None:
    code = """
        import httpx

        from db import get_session
        from models import Job

        def send(jobs):
            with get_session() as session:
                for job in jobs:
                    {slow}
                    session.add(Job(id=job))
                    session.commit()
    """
    slow = audited(tmp_path, {"app.py": code.format(slow='httpx.post("http://x", data=job)')})
    assert point_at(slow, "app.py", "session.commit").verdict == "review"
    quick = audited(tmp_path, {"app.py": code.format(slow="print(job)")})
    assert point_at(quick, "app.py", "session.commit").verdict == "batch"


def test_the_call_of_a_persist_function_is_a_commit(tmp_path: Path) -> None:
    files = {
        "store.py": """
            from db import get_session
            from models import Job

            def persist(id, status):
                with get_session() as session:
                    session.add(Job(id=id, status=status))
                    session.commit()
        """,
        "app.py": """
            from store import persist

            def finish(id):
                persist(id, status="DONE")
        """,
    }
    view = audited(tmp_path, files)
    call = point_at(view, "app.py", "persist(")
    assert (call.kind, call.known_states, call.verdict) == ("commit", ("DONE",), "keep")
    inside = point_at(view, "store.py", "session.commit")
    assert (inside.verdict, "judged one by one" in inside.reason) == ("keep", True)


def test_what_stands_in_no_known_function_says_so(tmp_path: Path) -> None:
    code = """
        from db import get_session
        from models import Job

        def save():
            with get_session() as session:
                session.add(Job(id="1"))
                session.commit()
    """
    point = point_at(audited(tmp_path, {"app.py": code}), "app.py", "session.commit")
    assert point.reason == "A function that no known entry point reaches: adds `Job`."
    assert point.entry_points == ()


def test_a_decorator_commits_what_the_wrapped_function_wrote(tmp_path: Path) -> None:
    code = """
        from functools import wraps

        from db import get_session

        def transactional(work):
            @wraps(work)
            def wrapped(*args):
                with get_session() as session:
                    result = work(*args)
                    session.commit()
                return result
            return wrapped
    """
    view = audited(tmp_path, {"app.py": code})
    point = point_at(view, "app.py", "session.commit")
    assert (point.verdict, point.reason) == (
        "keep",
        "Saves what the function has written that is wrapped here.",
    )
