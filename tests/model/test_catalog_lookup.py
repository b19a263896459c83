"""What the catalogue answers: spellings, inheritance, and targets below a base class."""

from __future__ import annotations

import pytest

from connlint.model.catalog.lookup import CATALOG, Catalog
from connlint.model.catalog.types import (
    Base,
    Context,
    Library,
    Method,
    ReceiveCall,
    Registrar,
    Type,
)

SESSION = "sqlalchemy.orm.Session"


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("sqlalchemy.orm.session.Session", SESSION),
        ("sqlalchemy.orm.session.Session.begin", f"{SESSION}.begin"),
        ("sqlalchemy.engine.url.URL.create", "sqlalchemy.engine.URL.create"),
        ("sqlmodel.create_engine", "sqlalchemy.create_engine"),
        ("fastapi.WebSocket.receive_text", "starlette.websockets.WebSocket.receive_text"),
        ("arq.cron.cron", "arq.cron"),
        (SESSION, SESSION),
        ("sqlalchemy.no_such_name", "sqlalchemy.no_such_name"),
        ("app.db.Session", "app.db.Session"),
        ("", ""),
    ],
)
def test_a_spelling_has_one_canonical_name(spelling: str, canonical: str) -> None:
    assert CATALOG.canonical(spelling) == canonical
    assert CATALOG.canonical(canonical) == canonical


@pytest.fixture
def family() -> Catalog:
    """``Child`` inherits from ``Parent``, ``Grandchild`` from both of them in turn."""
    parent = Type(
        "lib.Parent",
        "session",
        methods={"again": Method(returns="self"), "read": Method(("read",), "lib.Row")},
        attributes={"row": "lib.Row"},
        call=Method(("acquire",), "lib.Row"),
        contexts=(Context(on_exit=("close",)), Context(on_exit=("commit",), is_async=True)),
    )
    child = Type(
        "lib.Child",
        "session",
        bases=("lib.Parent",),
        methods={"read": Method(("write",))},
        contexts=(Context(on_exit=("commit",)),),
    )
    return Catalog(
        [
            Library(
                "lib",
                packages=("lib",),
                types=(
                    parent,
                    child,
                    Type("lib.Grandchild", bases=("lib.Child",)),
                    Type("lib.Row"),
                ),
                values={"lib.current": "lib.Grandchild"},
                registrars=(
                    Registrar("lib.Parent.on", "socket-event"),
                    Registrar("lib.Child.on", "signal"),
                    Registrar("lib.Parent", "startup", "lifespan"),
                    Registrar("lib.run", "task"),
                    Registrar("lib.run", "thread", "target"),
                ),
                bases=(
                    Base("lib.Parent", {"emit": "log-handler"}),
                    Base("lib.Child", {"on_*": "socket-event"}),
                ),
                receives=(
                    ReceiveCall("lib.Parent.poll", "message-consumer"),
                    ReceiveCall("lib.Parent", "message-consumer", iterates=True),
                ),
                slow=("lib.Parent.fetch", "lib.sleep"),
                spawns=("lib.Parent",),
                errors=("lib.Error",),
            )
        ]
    )


def test_methods_come_from_the_nearest_class(family: Catalog) -> None:
    assert family.method("lib.Parent", "read") == Method(("read",), "lib.Row")
    assert family.method("lib.Grandchild", "read") == Method(("write",))
    assert family.method("lib.Grandchild", "write") is None
    assert family.method("lib.Unknown", "read") is None


def test_self_is_the_type_of_the_receiver(family: Catalog) -> None:
    assert family.method("lib.Grandchild", "again") == Method(returns="lib.Grandchild")
    assert family.returns_self("lib.Grandchild", "again")
    assert not family.returns_self("lib.Parent", "read")
    assert not family.returns_self("lib.Parent", "no_such_method")


def test_attributes_calls_and_contexts_are_inherited(family: Catalog) -> None:
    assert family.attribute("lib.Grandchild", "row") == "lib.Row"
    assert family.attribute("lib.Grandchild", "column") == ""
    assert family.called("lib.Grandchild") == Method(("acquire",), "lib.Row")
    assert family.called("lib.Row") is None
    assert family.context("lib.Grandchild", False) == Context(on_exit=("commit",))
    assert family.context("lib.Grandchild", True) == Context(on_exit=("commit",), is_async=True)
    assert family.context("lib.Row", False) is None


def test_ancestry(family: Catalog) -> None:
    assert family.is_a("lib.Grandchild", "lib.Parent")
    assert not family.is_a("lib.Parent", "lib.Child")
    assert [each.name for each in family.line("lib.Grandchild")] == [
        "lib.Grandchild",
        "lib.Child",
        "lib.Parent",
    ]


def test_a_class_that_inherits_from_itself_ends() -> None:
    circular = Catalog(
        [Library("a", ("a",), types=(Type("a.A", bases=("a.B",)), Type("a.B", bases=("a.A",))))]
    )
    assert [each.name for each in circular.line("a.A")] == ["a.A", "a.B"]


@pytest.mark.parametrize(
    ("target", "entries"),
    [
        ("lib.Parent.on", ["socket-event"]),
        ("lib.Grandchild.on", ["signal"]),
        ("lib.current.on", ["signal"]),
        ("lib.Grandchild", ["startup"]),
        ("lib.run", ["task", "thread"]),
        ("lib.Parent.off", []),
        ("elsewhere.on", []),
    ],
)
def test_registrars_come_from_the_nearest_class(
    family: Catalog, target: str, entries: list[str]
) -> None:
    assert [each.entry for each in family.registrars_for(target)] == entries


def test_overridden_methods_are_gathered_from_all_bases(family: Catalog) -> None:
    assert [each.name for each in family.bases_for("lib.Grandchild")] == ["lib.Child", "lib.Parent"]
    assert family.bases_for("lib.Row") == ()
    assert family.bases_for("elsewhere.Base") == ()


def test_receiving_is_inherited(family: Catalog) -> None:
    polled = family.receive("lib.Grandchild.poll")
    looped = family.receive("lib.Grandchild")
    assert polled is not None and not polled.iterates
    assert looped is not None and looped.iterates
    assert family.receive("lib.Grandchild.push") is None


def test_sets_hold_a_target_under_each_class_below(family: Catalog) -> None:
    assert family.slow == {"lib.sleep"} | {
        f"lib.{name}.fetch" for name in ("Parent", "Child", "Grandchild")
    }
    assert family.spawns == {"lib.Parent", "lib.Child", "lib.Grandchild"}
    assert family.offloads == frozenset()
    assert family.errors == {"lib.Error"}


def test_a_method_of_a_class_or_module_object_is_a_function(family: Catalog) -> None:
    on_class = family.function("lib.Child.again")
    on_object = family.function("lib.current.read")
    assert on_class is not None and on_class.returns == "lib.Child"
    assert on_object is not None and on_object.effects == ("write",)
    assert family.function("lib.Child.no_such_method") is None
    assert family.function("lib.Child") is None


def test_every_library_file_is_found() -> None:
    names = {library.name for library in CATALOG.libraries}
    assert {"SQLAlchemy ORM", "sqlite3", "FastAPI", "Celery"} <= names
    assert len(names) == len(CATALOG.libraries)
