"""Modules with a factory and a provider of each shape, and the standard that names them."""

from __future__ import annotations

STANDARD = """\
[sessions]
providers = ["app.db.get_session", "app.asyncdb.get_session"]
dependencies = ["app.db.get_db", "app.asyncdb.get_db"]
owners = ["app/db.py", "app/asyncdb.py"]
"""
DATABASE = """\
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(bind=create_engine("sqlite://"))


@contextmanager
def get_session():
    with SessionLocal() as session:
        yield session


@contextmanager
def committing():
    with SessionLocal() as session:
        yield session
        session.commit()


def get_db():
    with SessionLocal() as session:
        yield session
"""
ASYNC_DATABASE = (
    DATABASE.replace("contextmanager", "asynccontextmanager")
    .replace("def ", "async def ")
    .replace("    with", "    async with")
    .replace("session.commit", "await session.commit")
    .replace("sqlalchemy import create_engine", "sqlalchemy.ext.asyncio import create_async_engine")
    .replace(
        "sqlalchemy.orm import sessionmaker", "sqlalchemy.ext.asyncio import async_sessionmaker"
    )
    .replace("sessionmaker(bind=create_engine", "async_sessionmaker(bind=create_async_engine")
)
