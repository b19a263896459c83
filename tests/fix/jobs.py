"""A project of jobs around the code that is to be fixed, and its standard."""

from __future__ import annotations

STANDARD = """
[sessions]
providers = ["app.db.get_session"]
dependencies = ["app.db.get_db", "app.db.get_async_db"]

[roles]
service = ["app/services/**"]

[states]
fields = ["status"]
persist = ["QUEUED", "COMPLETE"]
transient = ["UPLOADING"]
persist-functions = ["app.store.Store.persist", "app.store.Store.persist_soon"]
"""
PROJECT = {
    "app/__init__.py": "",
    "app/db.py": """
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(bind=create_engine("sqlite://"))
AsyncLocal = async_sessionmaker(bind=create_async_engine("sqlite+aiosqlite://"))


@contextmanager
def get_session():
    with SessionLocal() as session:
        yield session
        session.commit()


def get_db():
    with SessionLocal() as session:
        yield session


async def get_async_db():
    async with AsyncLocal() as session:
        yield session
""",
    "app/models.py": """
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Job(Base):
    __tablename__ = "jobs"
    id = Column(Integer, primary_key=True)
    status = Column(String)
    note = Column(String)


class Entry(Base):
    __tablename__ = "entries"
    id = Column(Integer, primary_key=True)
    text = Column(String)
""",
    "app/store.py": """
class Store:
    def put(self, key, fields): ...
    def persist(self, key): ...
    async def persist_soon(self, key, status): ...


store = Store()


def new_id(): ...
""",
}
