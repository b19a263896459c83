"""An application whose routes depend on something that writes."""

DATABASE = """\
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("sqlite://"))


@contextmanager
def get_session():
    with SessionLocal() as session:
        yield session
"""
VISITS = """\
from app.db import get_session


def note_visit():
    with get_session() as session:
        session.add(object())
        session.commit()
"""
ROUTES = """\
from fastapi import APIRouter, Depends

from app.visits import note_visit

router = APIRouter()
"""
ROUTE = """\


@router.get("/{number}")
def route{number}(visit=Depends(note_visit)):
    return visit
"""
FILES = {
    "connlint.toml": """\
src = ["."]
select = ["DBC301"]

[sessions]
providers = ["app.db.get_session"]
owners = ["app/db.py"]
""",
    "app/__init__.py": "",
    "app/db.py": DATABASE,
    "app/visits.py": VISITS,
    "app/routes.py": ROUTES + ROUTE.format(number=1) + ROUTE.format(number=2),
}
A_THIRD_ROUTE = FILES["app/routes.py"] + ROUTE.format(number=3)
"""What three routes depend on runs for every request: only a look at all routes shows that."""
