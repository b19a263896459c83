"""Project folders to audit: one whose names and strings attack the report, and a large one."""

from __future__ import annotations

from pathlib import Path

from audit.auditing import STANDARD, write

HIT = "window.hits = (window.hits || 0) + 1"
HOSTILE_TITLE = f"Audit</title></style><script>{HIT}</script>"
HOSTILE_STANDARD = (
    STANDARD
    + f"""
    [audit]
    title = '{HOSTILE_TITLE}'
"""
)
_ATTACKS = f"""
    from fastapi import FastAPI
    from sqlalchemy import text

    from db import SessionLocal, get_session
    from models import Job

    app = FastAPI()

    @app.get('/x"><script>{HIT}</script>')
    def shown():
        with SessionLocal() as session:
            return session.execute(text("</script><script>{HIT}</script><!--")).all()

    @app.post("/y' onmouseover='{HIT}' x='")
    def stored(name):
        with SessionLocal() as session:
            for each in name:
                # <svg/onload={HIT}>
                session.add(Job(id=each, status="<img src=x onerror='{HIT}'>"))
                session.commit()

    def ticked(session_name="`</code><iframe srcdoc='<script>parent.{HIT}</script>'>`"):
        with get_session() as session:
            session.add(Job(id="\u202e]]>&lt;b&gt;\u2066", status="UPLOADING"))
            session.get(Job, "{{{{ 7 * 7 }}}} {{% raw %}} </textarea></title></style>{HIT}")
            session.commit()
"""


def write_hostile(root: Path) -> None:
    """Markup wherever the report could show it: in names, paths, strings, comments, settings."""
    write(
        root,
        {
            "attacks.py": _ATTACKS,
            f"<img src=x onerror={HIT.replace('/', '')}>.py": _ATTACKS,
            "a\"b'c&d`e.py": _ATTACKS,
            "<script>.py": "def broken(:\n",
        },
        HOSTILE_STANDARD,
    )


def write_large(root: Path, points: int) -> None:
    """A project with about so many connection points, spread over files of thirty functions."""
    each, per_file = 4, 30
    for number in range(-(-points // (each * per_file))):
        functions = "".join(_function(number, index) for index in range(per_file))
        head = "from db import SessionLocal, get_session\nfrom models import Job\n"
        write(root, {f"part_{number // 10}/service_{number}.py": head + functions})


def _function(number: int, index: int) -> str:
    opened = "SessionLocal" if index % 5 == 0 else "get_session"
    return (
        f"\n\ndef work_{number}_{index}(key):\n"
        f"    with {opened}() as session:\n"
        f"        job = session.get(Job, key)\n"
        f"        job.note = 'step {index} of {number}'\n"
        f"        session.add(Job(id=key, status='QUEUED'))\n"
        f"        session.commit()\n"
    )
