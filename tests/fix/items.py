"""A package of items that ends its transactions in every wrong way, and its standard."""

from __future__ import annotations

STANDARD = """
[sessions]
providers = ["{name}.db.get_session"]
dependencies = ["{name}.db.get_db"]

[roles]
service = ["{name}/services.py"]

[states]
fields = ["status"]
persist = ["QUEUED"]
transient = ["UPLOADING"]
persist-functions = ["{name}.db.Store.persist"]
"""
DATABASE = """
from contextlib import {a}contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
{imports}

commits = []
statements = []


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(default="QUEUED")


place = Path(__file__).with_suffix(".sqlite")
engine = {engine}
SessionLocal = {factory}(engine, expire_on_commit=False)
Base.metadata.create_all(sa.create_engine(f"sqlite:///{{place}}"))
event.listen(Session, "after_commit", commits.append)
event.listen(
    {sync_engine}, "before_cursor_execute", lambda c, cursor, text, *_: statements.append(text)
)


@{a}contextmanager
{a_def}def get_session():
    {a_with} SessionLocal() as session:
        yield session
        {await_}session.commit()


{a_def}def get_db():
    {a_with} SessionLocal() as session:
        yield session


class Store:
    def __init__(self):
        self.kept = {{}}
        self.persisted = []

    def put(self, key, fields):
        self.kept[key] = fields

    def persist(self, key):
        self.persisted.append(key)


store = Store()
"""
SERVICES = """
from sqlalchemy.exc import IntegrityError
from sqlalchemy.{session_module} import {Session}

from .db import Item


{DEF} add(session: {Session}, name):
    item = Item(name=name)
    try:
        session.add(item)
        {AWAIT}session.commit()
    except IntegrityError as error:
        {AWAIT}session.rollback()
        raise ValueError(name) from error
    return item


{DEF} add_all(session: {Session}, names):
    {WITH} session.begin():
        for name in names:
            session.add(Item(name=name))
"""
USES = """
import sqlalchemy as sa
from fastapi import APIRouter, Depends
from sqlalchemy.exc import IntegrityError
from sqlalchemy.{session_module} import {Session}

from .db import Item, SessionLocal, get_db, get_session, store
from .services import add, add_all

router = APIRouter()


{DEF} repeated_commit(name):
    {WITH} get_session() as session:
        session.add(Item(name=name))
        {AWAIT}session.commit()


{DEF} early_commit(name):
    {WITH} SessionLocal() as session:
        item = Item(name=name, status="UPLOADING")
        session.add(item)
        {AWAIT}session.commit()
        item.status = "QUEUED"
        {AWAIT}session.commit()
    return item.name


{DEF} early_persist(name):
    store.put(name, {{"status": "UPLOADING"}})
    store.persist(name)
    return len(store.persisted)


{DEF} through_a_service(name):
    {WITH} get_session() as session:
        item = {AWAIT}add(session, name)
        return item.id > 0


{DEF} through_a_service_and_on(name, wrong):
    {WITH} get_session() as session:
        {AWAIT}add(session, name)
        if wrong:
            raise RuntimeError(name)
        session.add(Item(name=f"{{name}}, too"))


{DEF} known_already(name):
    {WITH} get_session() as session:
        {AWAIT}add(session, name)
    {WITH} get_session() as session:
        {AWAIT}add(session, name)


{DEF} in_a_block(name):
    {WITH} SessionLocal() as session:
        {AWAIT}add_all(session, [name, f"{{name}}, too"])
        {AWAIT}session.commit()


@router.post("/items")
{DEF} lost(name: str, session: {Session} = Depends(get_db)):
    session.add(Item(name=name))
    {AWAIT}session.flush()
    return {{"added": name}}


{DEF} skipping(session: {Session}, names):
    skipped = 0
    for name in names:
        try:
            session.add(Item(name=name))
            {AWAIT}session.flush()
        except IntegrityError:
            skipped += 1
    {AWAIT}session.commit()
    return skipped


{DEF} one_by_one(names):
    {WITH} SessionLocal() as session:
        for name in names:
            if not name:
                continue
            session.add(Item(name=name))
            {AWAIT}session.commit()
    return len(names)


{DEF} how_many(session: {Session}, start):
    rows = ({AWAIT}session.scalars(sa.select(Item).where(Item.name.startswith(start)))).all()
    return len(rows)


{DEF} how_many_names(session: {Session}, start):
    statement = sa.select(Item.name).where(Item.name.startswith(start)).distinct()
    return len(({AWAIT}session.execute(statement)).all())
"""
SYNC = {
    "a": "",
    "a_def": "",
    "a_with": "with",
    "await_": "",
    "imports": "from sqlalchemy.orm import sessionmaker",
    "engine": 'sa.create_engine(f"sqlite:///{place}")',
    "sync_engine": "engine",
    "factory": "sessionmaker",
    "session_module": "orm",
    "Session": "Session",
    "DEF": "def",
    "WITH": "with",
    "AWAIT": "",
}
ASYNC = {
    "a": "async",
    "a_def": "async ",
    "a_with": "async with",
    "await_": "await ",
    "imports": "from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine",
    "engine": 'create_async_engine(f"sqlite+aiosqlite:///{place}")',
    "sync_engine": "engine.sync_engine",
    "factory": "async_sessionmaker",
    "session_module": "ext.asyncio",
    "Session": "AsyncSession",
    "DEF": "async def",
    "WITH": "async with",
    "AWAIT": "await ",
}


def files_of(name: str, *, is_async: bool) -> dict[str, str]:
    """The package ``name`` by path, for synchronous or asynchronous sessions."""
    parts = ASYNC if is_async else SYNC
    texts = {"db": DATABASE, "services": SERVICES, "uses": USES}
    files = {f"{name}/{stem}.py": text.format(**parts) for stem, text in texts.items()}
    return {f"{name}/__init__.py": "", **files}
