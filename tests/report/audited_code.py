"""Code for an audit to have something to say of: a factory, a commit in a loop."""

from __future__ import annotations

LOADING = """
    from db import SessionLocal, get_session
    from models import Job

    def load_all(ids):
        with SessionLocal() as session:
            for id in ids:
                session.add(Job(id=id))
                session.commit()
"""
