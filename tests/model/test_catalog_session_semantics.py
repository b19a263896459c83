"""What the catalogue says of SQLAlchemy methods, against the SQL they send and what they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from connlint.model.catalog.lookup import CATALOG

sqlalchemy = pytest.importorskip("sqlalchemy")
orm = pytest.importorskip("sqlalchemy.orm")

Base = orm.declarative_base()
SELECT = sqlalchemy.text("SELECT 1")


class Item(Base):  # type: ignore[misc, valid-type]
    """A mapped class with one row, ``key`` 1."""

    __tablename__ = "item"

    key = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
    name = sqlalchemy.Column(sqlalchemy.String)


@dataclass
class Bench:
    """A database in memory, and the verbs of the statements that were sent to it."""

    engine: Any
    sent: list[str] = field(default_factory=list)
    held: Any = None

    def session(self) -> Any:
        """A session with the one row loaded, nothing of it recorded."""
        opened = orm.Session(self.engine)
        self.held = opened.get(Item, 1)  # a session forgets what nobody else holds
        self.sent.clear()
        return opened


@pytest.fixture
def bench() -> Iterator[Bench]:
    engine = sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.pool.StaticPool)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session, session.begin():
        session.add(Item(key=1))
    made = Bench(engine)

    def record(*given: Any) -> None:
        made.sent.append(given[2].split()[0])

    sqlalchemy.event.listen(engine, "before_cursor_execute", record)
    yield made
    engine.dispose()


Act = Callable[[Any], object]

READING: dict[str, Act] = {
    "Session.get": lambda session: session.get(Item, 2),
    "Session.refresh": lambda session: session.refresh(session.get(Item, 1)),
    "Query.all": lambda session: session.query(Item).all(),
    "Query.first": lambda session: session.query(Item).first(),
    "Query.one": lambda session: session.query(Item).one(),
    "Query.one_or_none": lambda session: session.query(Item).one_or_none(),
    "Query.scalar": lambda session: session.query(Item.key).scalar(),
    "Query.count": lambda session: session.query(Item).count(),
}
WRITING: dict[str, Act] = {
    "Query.update": lambda session: session.query(Item).update({"name": "x"}),
    "Query.delete": lambda session: session.query(Item).delete(),
    "Session.bulk_save_objects": lambda session: session.bulk_save_objects([Item()]),
    "Session.bulk_insert_mappings": lambda session: session.bulk_insert_mappings(Item, [{}]),
}
PENDING: dict[str, Act] = {
    "Session.add": lambda session: session.add(Item()),
    "Session.add_all": lambda session: session.add_all([Item()]),
    "Session.delete": lambda session: session.delete(session.get(Item, 1)),
}
SILENT: dict[str, Act] = {
    "Session.query": lambda session: session.query(Item),
    "Session.expire": lambda session: session.expire(session.get(Item, 1)),
    "Session.expunge": lambda session: session.expunge(session.get(Item, 1)),
    "Session.get_bind": lambda session: session.get_bind(),
    "Query.filter": lambda session: session.query(Item).filter(Item.key == 1),
    "Query.with_for_update": lambda session: session.query(Item).with_for_update(),
    "Query.exists": lambda session: session.query(Item).exists(),
    "Query.subquery": lambda session: session.query(Item).subquery(),
}


def effects(short_name: str) -> tuple[str, ...]:
    owner, _, name = short_name.partition(".")
    method = CATALOG.method(f"sqlalchemy.orm.{owner}", name)
    assert method is not None
    return method.effects


@pytest.mark.parametrize("name", READING)
def test_reading_selects_at_once(name: str, bench: Bench) -> None:
    READING[name](bench.session())
    assert set(bench.sent) == {"SELECT"}
    assert effects(name) == ("read",)


@pytest.mark.parametrize("name", WRITING)
def test_writing_is_sent_at_once(name: str, bench: Bench) -> None:
    WRITING[name](bench.session())
    assert set(bench.sent) & {"INSERT", "UPDATE", "DELETE"}
    assert effects(name) == ("write",)


@pytest.mark.parametrize("name", PENDING)
def test_a_marked_change_waits_for_the_flush(name: str, bench: Bench) -> None:
    session = bench.session()
    PENDING[name](session)
    assert not set(bench.sent) & {"INSERT", "UPDATE", "DELETE"}
    session.flush()
    assert set(bench.sent) & {"INSERT", "UPDATE", "DELETE"}
    assert effects(name) == ("write",)
    assert effects("Session.flush") == ("flush",)


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_sent(name: str, bench: Bench) -> None:
    SILENT[name](bench.session())
    assert bench.sent == []
    assert effects(name) == ()


def test_merging_selects_and_marks(bench: Bench) -> None:
    session = orm.Session(bench.engine)
    session.merge(Item(key=1, name="other"))
    assert bench.sent == ["SELECT"]
    session.flush()
    assert bench.sent == ["SELECT", "UPDATE"]
    assert effects("Session.merge") == ("read", "write")


def test_a_savepoint_flushes_first(bench: Bench) -> None:
    session = bench.session()
    session.add(Item())
    session.begin_nested()
    assert "INSERT" in bench.sent
    assert effects("Session.begin_nested") == ("flush",)


RETURNS: dict[str, Callable[[Any], Any]] = {
    "sqlalchemy.engine.Engine.connect": lambda engine: engine.connect(),
    "sqlalchemy.engine.Engine.raw_connection": lambda engine: engine.raw_connection(),
    "sqlalchemy.engine.Connection.begin": lambda engine: engine.connect().begin(),
    "sqlalchemy.engine.Connection.begin_nested": lambda engine: engine.connect().begin_nested(),
    "sqlalchemy.engine.Connection.execute": lambda engine: engine.connect().execute(SELECT),
    "sqlalchemy.engine.Connection.scalars": lambda engine: engine.connect().scalars(SELECT),
    "sqlalchemy.engine.Result.scalars": lambda engine: engine.connect().execute(SELECT).scalars(),
    "sqlalchemy.engine.Result.mappings": lambda engine: engine.connect().execute(SELECT).mappings(),
    "sqlalchemy.orm.Session.execute": lambda engine: orm.Session(engine).execute(SELECT),
    "sqlalchemy.orm.Session.scalars": lambda engine: orm.Session(engine).scalars(SELECT),
    "sqlalchemy.orm.Session.begin": lambda engine: orm.Session(engine).begin(),
    "sqlalchemy.orm.Session.connection": lambda engine: orm.Session(engine).connection(),
    "sqlalchemy.orm.Session.get_bind": lambda engine: orm.Session(engine).get_bind(),
    "sqlalchemy.orm.Session.query": lambda engine: orm.Session(engine).query(Item),
    "sqlalchemy.orm.scoped_session.connection": lambda engine: orm.scoped_session(
        orm.sessionmaker(engine)
    ).connection(),
}


@pytest.mark.parametrize("method", RETURNS)
def test_a_method_returns_what_is_said(method: str, bench: Bench) -> None:
    owner, _, name = method.rpartition(".")
    known = CATALOG.method(owner, name)
    assert known is not None
    module, _, class_name = known.returns.rpartition(".")
    real = getattr(pytest.importorskip(module), class_name)
    assert isinstance(RETURNS[method](bench.engine), real)
