"""Functions that call each other in, the chains of calls that lead to their commits out."""

from __future__ import annotations

from textwrap import dedent

from connlint.model.project import Project
from model.written import linked, operations

COMMIT = "sqlalchemy.orm.Session.commit"
HEAD = "from sqlalchemy.orm import Session\n"


def project_of(source: str, **more: str) -> Project:
    """A project of ``app.jobs`` and other modules of ``app``; ``Session`` is imported for you."""
    files = {f"app/{name}.py": text for name, text in more.items()}
    return linked({"app/jobs.py": HEAD + dedent(source), **files})


def chains(project: Project, symbol: str = "app.jobs.work") -> list[list[str]]:
    """The call chains to the commits of a function, each with the commit last."""
    return [
        [step.text for step in each.effect.chain] for each in operations(project, symbol, "commit")
    ]
