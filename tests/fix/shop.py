"""A small shop whose code opens sessions in every wrong way, and the programs that try it out."""

from __future__ import annotations

DATABASE = """\
from contextlib import asynccontextmanager, contextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

PLACE = "shop.sqlite"


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    name: Mapped[str] = mapped_column(primary_key=True)


engine = sa.create_engine(f"sqlite:///{PLACE}")
async_engine = create_async_engine(f"sqlite+aiosqlite:///{PLACE}")
SessionLocal = sessionmaker(engine)
AsyncSessionLocal = async_sessionmaker(async_engine)


@contextmanager
def get_session():
    with SessionLocal() as session:
        yield session


@asynccontextmanager
async def get_async_session():
    async with AsyncSessionLocal() as session:
        yield session


def get_db():
    with SessionLocal() as session:
        yield session


async def get_async_db():
    async with AsyncSessionLocal() as session:
        yield session
"""
CHECK = """

class Failure(Exception):
    pass


def _check(name):
    if name.startswith("bad"):
        raise Failure(name)
    return name
"""
LEFT_OPEN = f"""\
import sqlite3

import aiosqlite
import sqlalchemy as sa

from shop.db import PLACE, AsyncSessionLocal, Item, SessionLocal, async_engine, engine
{CHECK}

def sqlite3_never_closed(name):
    connection = sqlite3.connect(PLACE)
    cursor = connection.cursor()
    cursor.execute("SELECT ?", (name,))
    rows = cursor.fetchall()
    _check(name)
    return rows


def sqlite3_with_alone(name):
    connection = sqlite3.connect(PLACE)
    with connection:
        connection.execute("INSERT INTO item VALUES (?)", (name,))
        _check(name)
    return name


def sqlite3_closed_at_the_end(name):
    try:
        connection = sqlite3.connect(PLACE)
        connection.execute("INSERT INTO item VALUES (?)", (name,))
        _check(name)
        connection.commit()
        connection.close()
        return True
    except Failure:
        return False


def sqlite3_without_a_name(name):
    rows = []
    for row in sqlite3.connect(PLACE).execute("SELECT ?", (name,)):
        rows.append(_check(row[0]))
    return rows


async def async_sqlite3_closed_at_the_end(name):
    db = await aiosqlite.connect(PLACE)
    async with db.execute("SELECT ?", (name,)) as cursor:
        row = await cursor.fetchone()
    if row is None:
        await db.close()
        return None
    _check(name)
    await db.close()
    return row


def connection_closed_on_each_way(name):
    connection = engine.connect()
    if connection.scalar(sa.text("SELECT count(*) FROM item")) > 1_000:
        connection.close()
        return None
    connection.execute(sa.insert(Item).values(name=name))
    _check(name)
    connection.commit()
    connection.close()
    return name


def session_never_closed(name):
    session = SessionLocal()
    item = Item(name=name)
    session.add(item)
    session.flush()
    _check(name)
    session.commit()
    return item.name


def session_used_before_its_try(name):
    session = SessionLocal()
    session.add(Item(name=name))
    _check(name)
    try:
        session.commit()
    finally:
        session.close()


async def async_connection(name):
    connection = await async_engine.connect()
    found = await connection.scalar(sa.select(sa.literal(name)))
    _check(name)
    await connection.close()
    return found


async def async_session(name):
    session = AsyncSessionLocal()
    found = await session.scalar(sa.select(sa.literal(name)))
    _check(name)
    await session.close()
    return found
"""
MISUSED = f"""\
import sqlalchemy as sa

from shop.db import Item, get_async_session, get_db, get_session
{CHECK}

async def async_awaited(name):
    session = await get_async_session()
    found = await session.scalar(sa.select(sa.literal(name)))
    return _check(found)


async def async_entered(name):
    with get_async_session() as session:
        return _check(await session.scalar(sa.select(sa.literal(name))))


def generator_entered(name):
    with get_db() as session:
        return _check(session.scalar(sa.select(sa.literal(name))))


def taken_for_the_session(name):
    session = get_session()
    found = session.scalar(sa.select(sa.literal(name)))
    return _check(found)


def works_drained(name):
    session = next(get_db())
    try:
        session.add(Item(name=name))
        _check(name)
        session.commit()
    finally:
        session.close()


def works_drained_and_left_open(name):
    session = next(get_db())
    item = Item(name=name)
    session.add(item)
    _check(name)
    session.commit()
    return item.name


def works_drained_without_a_name(name):
    return _check(next(get_db()).scalar(sa.select(sa.literal(name))))


def works_looped_over(name):
    for session in get_db():
        session.add(Item(name=name))
        _check(name)
        session.commit()
        break
    return name
"""
GIVEN = f"""\
import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.db import Item, SessionLocal, get_session
{CHECK}

def _count(session: Session, name):
    with get_session() as own:
        return own.scalar(sa.select(sa.func.count()).select_from(Item))


def _names(session: Session, name):
    own = SessionLocal()
    try:
        return own.scalars(sa.select(Item.name).order_by(Item.name)).all()
    finally:
        own.close()


def both(name):
    with SessionLocal() as session:
        names, count = _names(session, name), _count(session, name)
        session.add(Item(name=name))
        _check(name)
        session.commit()
    return names, count
"""
ROUTES = """\
import sqlalchemy as sa
from fastapi import FastAPI, HTTPException

from shop.db import Item, SessionLocal, get_async_session, get_session

app = FastAPI()


@app.get("/count")
def count(limit: int = 10):
    db = SessionLocal()
    try:
        return min(db.scalar(sa.select(sa.func.count()).select_from(Item)), limit)
    finally:
        db.close()


@app.post("/items/{name}")
def add(name: str):
    with get_session() as session:
        if session.get(Item, name):
            raise HTTPException(409)
        session.add(Item(name=name))
        session.commit()
    return {"added": name}


@app.post("/begun/{name}")
def begun(name: str):
    with SessionLocal.begin() as session:
        session.add(Item(name=name))
        session.flush()
        if name.startswith("bad"):
            raise HTTPException(400)
    return {"added": name}


@app.get("/names")
def names():
    session = SessionLocal()
    return session.scalars(sa.select(Item.name).order_by(Item.name)).all()


@app.get("/later/{name}")
async def later(name: str):
    async with get_async_session() as session:
        return await session.scalar(sa.select(sa.literal(name)))
"""
CLIENT = """
import gc, os
from fastapi.testclient import TestClient
from sqlalchemy import event
from shop import db
from shop.service import app

out = [0]
for engine in (db.engine, db.async_engine.sync_engine):
    event.listen(engine.pool, "checkout", lambda *_: out.append(out.pop() + 1))
    event.listen(engine.pool, "checkin", lambda *_: out.append(out.pop() - 1))
db.Base.metadata.create_all(db.engine)
with TestClient(app) as client:
    for method, path in [
        ("GET", "/count"), ("POST", "/items/a"), ("POST", "/items/a"), ("POST", "/begun/b"),
        ("POST", "/begun/bad"), ("GET", "/names"), ("GET", "/count?limit=1"), ("GET", "/later/x"),
    ]:
        answer = client.request(method, path)
        print(method, path, answer.status_code, answer.text)
    told = client.get("/openapi.json").json()["paths"]
    for path, methods in told.items():
        print(path, [each.get("parameters") for each in methods.values()])
gc.collect()
print("open", out[0])
"""
