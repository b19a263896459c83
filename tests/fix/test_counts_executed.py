"""Whatever is selected, the database counts as many rows as were fetched, duplicates included."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from fix.counted_jobs import MODELS, in_memory
from fix.projects import fixed_project

orm = pytest.importorskip("sqlalchemy.orm")

HEAD = """
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models import Job, Part
"""
ASKED = ("Job", "Job.status", "Job, Part")
CHAINS = (
    "",
    '.filter(Job.status == "DONE")',
    '.filter_by(status="DONE").order_by(Job.id)',
    ".join(Part, Part.job_id == Job.id)",
    ".filter(Part.job_id == Job.id)",
    ".distinct()",
    ".group_by(Job.status)",
    ".filter(Job.id.in_(select(Part.job_id)))",
)
FORMS = (
    "session.query({asked}){chain}.all()",
    "session.scalars(select({asked}){chain}).all()",
    "session.execute(sa.select({asked}){chain}).scalars().all()",
    "session.execute(select({asked}){chain}).all()",
)


def _functions() -> dict[str, str]:
    """A function for each way to ask for rows, by name."""
    found = {}
    for number, (form, asked, chain) in enumerate(product(FORMS, ASKED, CHAINS)):
        rows = form.format(asked=asked, chain=chain)
        body = (
            f"    return len({rows})\n"
            if number % 2
            else f"    rows = {rows}\n    return len(rows)\n"
        )
        found[f"count_{number}"] = f"def count_{number}(session: Session):\n{body}"
    return found


def _run(source: str, models: dict[str, Any], session: Any) -> dict[str, object]:
    """What each function gives, the name of its error where it fails."""
    # The code is what is put together above, and what the fixes make of it.
    scope = dict(models)
    exec(source.replace("from app.models import Job, Part", ""), scope)
    results: dict[str, object] = {}
    for name in [each for each in scope if each.startswith("count_")]:
        try:
            results[name] = scope[name](session)
        except Exception as error:
            results[name] = type(error).__name__
    return results


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_numbers_are_the_same(tmp_path: Path) -> None:
    functions = _functions()
    before = HEAD + "".join(f"\n\n{text}" for text in functions.values())
    files = {"app/__init__.py": "", "app/models.py": MODELS, "app/counts.py": before}
    result = fixed_project(tmp_path, files, 'select = ["DBC306"]\n')
    after = result.files["app/counts.py"]
    fixed = {name for name, text in functions.items() if text not in after}
    assert len(fixed) > len(functions) * 2 // 3
    assert "count_0" in fixed
    models, engine = in_memory()
    with orm.Session(engine) as session:
        jobs = [models["Job"](status=each) for each in ("DONE", "DONE", "NEW", "NEW", "NEW")]
        session.add_all(jobs)
        session.flush()
        parts = [(0, "a"), (0, "b"), (1, "b"), (2, "c"), (2, "c"), (2, None)]
        session.add_all(models["Part"](job_id=jobs[at].id, name=name) for at, name in parts)
        session.flush()
        numbers = _run(before, models, session)
        assert _run(after, models, session) == numbers
        assert all(isinstance(numbers[name], int) for name in fixed)
    assert "len(session.scalars" not in after
