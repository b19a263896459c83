"""Written code in, its audit out, and how tests ask for single connection points."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from connlint.audit.points import Point
from connlint.cli.audit import AuditOptions, audit_view
from connlint.config.loading import load_standard, with_command_line
from connlint.config.selection import Selection
from connlint.pipeline import Analysis, Request
from connlint.report.audit_view import AuditView
from connlint.rules.registry import load_rules

STANDARD = """
    src = ["."]
    [sessions]
    providers = ["db.get_session"]
    forbidden = ["db.SessionLocal"]
    owners = ["db.py"]
    [states]
    persist = ["QUEUED", "DONE"]
    transient = ["UPLOADING"]
    persist-functions = ["store.persist"]
"""
DB = """
    from contextlib import contextmanager

    from sqlalchemy import create_engine
    from sqlalchemy.orm import sessionmaker

    engine = create_engine("sqlite://")
    SessionLocal = sessionmaker(bind=engine)


    @contextmanager
    def get_session():
        session = SessionLocal()
        try:
            yield session
        except Exception:
            session.rollback()
            raise
        finally:
            session.close()
"""
MODELS = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


    class Base(DeclarativeBase):
        pass


    class Job(Base):
        __tablename__ = "jobs"
        id: Mapped[str] = mapped_column(primary_key=True)
        status: Mapped[str] = mapped_column()
        note: Mapped[str] = mapped_column()
        tries: Mapped[int] = mapped_column()
"""


def options(**changes: object) -> AuditOptions:
    """The options of the command, as without any but for ``changes``."""
    given: dict[str, object] = {
        "paths": (),
        "form": "text",
        "output": None,
        "table": None,
        "config": None,
        "isolated": False,
        "previous": None,
        "coverage": None,
        "jobs": 1,
        "no_cache": True,
        "quiet": True,
    }
    return AuditOptions(**(given | changes))  # type: ignore[arg-type]


def write(root: Path, files: Mapping[str, str], standard: str = STANDARD) -> None:
    """Lay out files, with ``db.py`` and ``models.py`` and the standard, below ``root``."""
    texts = {"connlint.toml": standard, "db.py": DB, "models.py": MODELS, **files}
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")


def audit(root: Path, rules: tuple[str, ...] | None = None, **changes: object) -> AuditView:
    """The audit of what is below ``root``, held against all rules or only these."""
    registry = load_rules(use_cache=False)
    loaded = load_standard([root], registry.infos)
    loaded = with_command_line(loaded, Selection(select=rules), registry.infos)
    request = Request(loaded=loaded, registry=registry, paths=(root,), jobs=1, use_cache=False)
    return audit_view(Analysis(request), options(**changes))


def audited(root: Path, files: Mapping[str, str], standard: str = STANDARD) -> AuditView:
    """Write and audit."""
    write(root, files, standard)
    return audit(root)


def points_in(view: AuditView, path: str) -> list[Point]:
    """The connection points of one file."""
    return [point for point in view.tables.points if point.path == path]


def point_at(view: AuditView, path: str, call: str) -> Point:
    """The one connection point of a file whose text starts with ``call``."""
    found = [point for point in points_in(view, path) if point.place.call.startswith(call)]
    assert len(found) == 1, [point.place.call for point in points_in(view, path)]
    return found[0]
