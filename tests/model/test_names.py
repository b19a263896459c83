"""Names lead to the factory whatever they are called on the way, and only where they do."""

from __future__ import annotations

import pytest

from connlint.config.standard import Standard
from model.written import DB, linked, marked, opened_through

FACTORY = "app.db.SessionLocal"

IMPORTED = {
    "plainly": """
        from app.db import SessionLocal

        def work():
            return SessionLocal()  # opens
    """,
    "under an alias": """
        from app.db import SessionLocal as make

        def work():
            return make()  # opens
    """,
    "as a module": """
        import app.db

        def work():
            return app.db.SessionLocal()  # opens
    """,
    "as a module under an alias": """
        import app.db as database

        def work():
            return database.SessionLocal()  # opens
    """,
    "as a module of its package": """
        from app import db

        def work():
            return db.SessionLocal()  # opens
    """,
    "relatively": """
        from .db import SessionLocal

        def work():
            return SessionLocal()  # opens
    """,
    "as a relative module": """
        from . import db as database

        def work():
            return database.SessionLocal()  # opens
    """,
    "inside the function": """
        def work():
            from app.db import SessionLocal

            return SessionLocal()  # opens
    """,
    "inside the function around": """
        def outer():
            from app.db import SessionLocal

            def work():
                return SessionLocal()  # opens

            return work
    """,
    "as a module inside the function": """
        def work():
            import app.db as database

            with database.SessionLocal() as session:  # opens
                return session
    """,
    "under a condition": """
        import os

        if os.environ.get("TESTING"):
            from app.fakes import SessionLocal
        else:
            from app.db import SessionLocal

        def work():
            return SessionLocal()  # opens
    """,
    "with a fallback for the missing module": """
        try:
            from app.db import SessionLocal
        except ImportError:
            SessionLocal = None

        def work():
            return SessionLocal()  # opens
    """,
    "as the fallback": """
        try:
            from app.faster import SessionLocal
        except ModuleNotFoundError:
            from app.db import SessionLocal

        def work():
            return SessionLocal()  # opens
    """,
    "for type checking and at run time": """
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from app.fakes import SessionLocal

        from app.db import SessionLocal

        def work():
            return SessionLocal()  # opens
    """,
    "by a star": """
        from app.db import *

        def work():
            return SessionLocal()  # opens
    """,
    "by a relative star": """
        from .db import *

        def work():
            return SessionLocal()  # opens
    """,
}


@pytest.mark.parametrize("source", IMPORTED.values(), ids=IMPORTED)
def test_a_factory_is_known_however_it_is_imported(source: str) -> None:
    files = {"app/__init__.py": "", "app/db.py": DB, "app/jobs.py": source}
    assert marked(files, "opens")
    assert opened_through(linked(files), FACTORY) == marked(files, "opens")


HELD = {
    "a local alias": """
        from app.db import SessionLocal

        def work():
            make = SessionLocal
            return make()  # opens
    """,
    "an alias of the module": """
        from app import db

        def work():
            database = db
            return database.SessionLocal()  # opens
    """,
    "an alias at module level": """
        from app.db import SessionLocal

        make = SessionLocal

        def work():
            return make()  # opens
    """,
    "an annotated alias": """
        from typing import Callable

        from app.db import SessionLocal

        make: Callable = SessionLocal

        def work():
            return make()  # opens
    """,
    "an alias of an alias": """
        from app.db import SessionLocal

        first = second = SessionLocal

        def work():
            third = second
            return third()  # opens
    """,
    "a tuple assignment": """
        from app.db import SessionLocal

        size, make = 3, SessionLocal

        def work():
            return make()  # opens
    """,
    "a walrus": """
        from app.db import SessionLocal

        def work():
            if make := SessionLocal:
                return make()  # opens
    """,
    "a conditional expression": """
        from app.db import SessionLocal

        def work(fake):
            return (SessionLocal if not fake else fake)()  # opens
    """,
    "an alternative by or": """
        from app.db import SessionLocal

        def work(make=None):
            make = make or SessionLocal
            return make()  # opens
    """,
    "a partial": """
        from functools import partial

        from app.db import SessionLocal

        make = partial(SessionLocal, expire_on_commit=False)

        def work():
            return make()  # opens
    """,
    "a partial of a partial": """
        import functools

        from app.db import SessionLocal

        def work():
            make = functools.partial(SessionLocal, info={})
            again = functools.partial(make, expire_on_commit=False)
            return again()  # opens
    """,
    "a global that a function sets": """
        from app import db

        make = None

        def configure():
            global make
            make = db.SessionLocal

        def work():
            return make()  # opens
    """,
    "a closure": """
        from app.db import SessionLocal

        def outer():
            make = SessionLocal

            def work():
                return make()  # opens

            return work
    """,
    "a lambda": """
        from app.db import SessionLocal

        make = lambda: SessionLocal()  # opens
    """,
    "a function that returns it": """
        from app.db import SessionLocal

        def factory():
            return SessionLocal

        def work():
            return factory()()  # opens
    """,
}


@pytest.mark.parametrize("source", HELD.values(), ids=HELD)
def test_a_factory_is_known_in_whatever_it_is_held(source: str) -> None:
    files = {"app/__init__.py": "", "app/db.py": DB, "app/jobs.py": source}
    assert marked(files, "opens")
    assert opened_through(linked(files), FACTORY) == marked(files, "opens")


IN_OBJECTS = {
    "a class attribute": """
        from app.db import SessionLocal

        class Store:
            factory = SessionLocal

            def work(self):
                return self.factory()  # opens

        def outside():
            return Store.factory()  # opens
    """,
    "an instance attribute": """
        from app.db import SessionLocal

        class Store:
            def __init__(self):
                self.session_factory = SessionLocal

            def work(self):
                with self.session_factory() as session:  # opens
                    return session
    """,
    "an attribute of a base class": """
        from app.db import SessionLocal

        class Base:
            def __init__(self):
                self.make = SessionLocal

        class Store(Base):
            def work(self):
                return self.make()  # opens
    """,
    "an attribute of another object": """
        from app.db import SessionLocal

        class Settings:
            def __init__(self):
                self.make = SessionLocal

        settings = Settings()

        def work():
            return settings.make()  # opens
    """,
    "an attribute of an attribute": """
        from app.db import SessionLocal

        class Settings:
            make = SessionLocal

        class App:
            def __init__(self):
                self.settings = Settings()

            def work(self):
                return self.settings.make()  # opens
    """,
    "a property": """
        from app.db import SessionLocal

        class Store:
            @property
            def factory(self):
                return SessionLocal

            def work(self):
                return self.factory()  # opens
    """,
    "a cached property": """
        from functools import cached_property

        from app.db import SessionLocal

        class Store:
            @cached_property
            def factory(self):
                return SessionLocal

            def work(self):
                return self.factory()  # opens
    """,
    "a method that returns it": """
        from app.db import SessionLocal

        class Store:
            def factory(self):
                return SessionLocal

            def work(self):
                return self.factory()()  # opens
    """,
    "a static method": """
        from app.db import SessionLocal

        class Store:
            @staticmethod
            def factory():
                return SessionLocal()  # opens

            def work(self):
                return self.factory()
    """,
    "a dataclass field": """
        from dataclasses import dataclass

        from app.db import SessionLocal

        @dataclass
        class Store:
            make: object = SessionLocal

            def work(self):
                return self.make()  # opens
    """,
    "a dataclass field with a call": """
        from dataclasses import dataclass, field

        from app.db import SessionLocal

        @dataclass
        class Store:
            make: object = field(default=SessionLocal)

            def work(self):
                return self.make()  # opens
    """,
    "an argument of a dataclass": """
        from dataclasses import dataclass

        from app.db import SessionLocal

        @dataclass
        class Store:
            make: object

        def work():
            store = Store(make=SessionLocal)
            return store.make()  # opens
    """,
    "a parameter's default": """
        from app.db import SessionLocal

        def work(make=SessionLocal):
            return make()  # opens
    """,
    "a default kept in an attribute": """
        from app.db import SessionLocal

        class Store:
            def __init__(self, make=SessionLocal):
                self._make = make

            def work(self):
                return self._make()  # opens
    """,
    "a dictionary of factories": """
        from app.db import SessionLocal

        FACTORIES = {"main": SessionLocal, "size": 3}

        def work():
            return FACTORIES["main"]()  # opens
    """,
    "a dictionary asked with get": """
        from app.db import SessionLocal

        FACTORIES = dict(main=SessionLocal)

        def work(name):
            return FACTORIES.get(name)()  # opens
    """,
    "a tuple of factories": """
        from app.db import SessionLocal

        FACTORIES = (None, SessionLocal)

        def work():
            return FACTORIES[1]()  # opens
    """,
    "a loop over factories": """
        from app.db import SessionLocal

        def work():
            for make in (SessionLocal,):
                make()  # opens
    """,
}


@pytest.mark.parametrize("source", IN_OBJECTS.values(), ids=IN_OBJECTS)
def test_a_factory_is_known_inside_objects(source: str) -> None:
    files = {"app/__init__.py": "", "app/db.py": DB, "app/jobs.py": source}
    assert marked(files, "opens")
    assert opened_through(linked(files), FACTORY) == marked(files, "opens")


USE = """
    from app import SessionLocal

    def work():
        return SessionLocal()  # opens
"""

PASSED_ON = {
    "by the package": {"app/__init__.py": "from .db import SessionLocal", "app/jobs.py": USE},
    "by the package, renamed": {
        "app/__init__.py": "from app.db import SessionLocal as make_session",
        "app/jobs.py": """
            from app import make_session

            def work():
                return make_session()  # opens
        """,
    },
    "by the package's star": {"app/__init__.py": "from .db import *", "app/jobs.py": USE},
    "by two packages": {
        "app/__init__.py": "from .core import SessionLocal",
        "app/core/__init__.py": "from ..db import SessionLocal",
        "app/jobs.py": USE,
    },
    "by an assignment": {
        "app/__init__.py": """
            from app import db

            SessionLocal = db.SessionLocal
        """,
        "app/jobs.py": USE,
    },
    "by a module that is listed in __all__": {
        "app/__init__.py": """
            from app.db import *

            __all__ = ["SessionLocal"]
        """,
        "app/jobs.py": """
            from app import *

            def work():
                return SessionLocal()  # opens
        """,
    },
    "in a circle of imports": {
        "app/__init__.py": "from app.jobs import SessionLocal",
        "app/jobs.py": """
            from app.db import SessionLocal
            import app

            def work():
                return app.SessionLocal()  # opens
        """,
    },
}


@pytest.mark.parametrize("files", PASSED_ON.values(), ids=PASSED_ON)
def test_a_factory_is_known_when_it_is_passed_on(files: dict[str, str]) -> None:
    files = {"app/db.py": DB, **files}
    assert opened_through(linked(files), FACTORY) == marked(files, "opens")


NOT_THE_FACTORY = {
    "a name that __all__ leaves out": """
        from app.closed import *

        def work():
            return SessionLocal()
    """,
    "a private name behind a star": """
        from app.closed import *

        def work():
            return _SessionLocal()
    """,
    "a function of the same name": """
        def SessionLocal():
            return 3

        def work():
            return SessionLocal()
    """,
    "a local variable of the same name": """
        from app.db import SessionLocal

        def work(settings):
            SessionLocal = settings.load
            return SessionLocal()
    """,
    "a parameter of the same name": """
        from app.db import SessionLocal

        def work(SessionLocal):
            return SessionLocal()
    """,
    "an import in another function": """
        def other():
            from app.db import SessionLocal

            return SessionLocal

        def work():
            return SessionLocal()
    """,
    "a name of a class body seen from its method": """
        class Store:
            from app.db import SessionLocal

            def work(self):
                return SessionLocal()
    """,
    "an attribute of something unknown": """
        def work(settings):
            return settings.SessionLocal()
    """,
    "a method of the same name": """
        from app.db import SessionLocal

        class Store:
            def SessionLocal(self):
                return 3

            def work(self):
                return self.SessionLocal()
    """,
    "a name that was deleted and set again": """
        from app.db import SessionLocal

        del SessionLocal
        SessionLocal = print

        def work():
            pass
    """,
}


@pytest.mark.parametrize("source", NOT_THE_FACTORY.values(), ids=NOT_THE_FACTORY)
def test_a_name_that_only_looks_like_the_factory_is_none(source: str) -> None:
    closed = """
        from app.db import SessionLocal
        from app.db import SessionLocal as _SessionLocal

        __all__ = ["other"]
        other = 3
    """
    files = {"app/db.py": DB, "app/closed.py": closed, "app/jobs.py": source}
    assert opened_through(linked(files), FACTORY) == set()


JOBS = """
    from {package} import SessionLocal

    def work():
        return SessionLocal()  # opens
"""

LAYOUTS = {
    "a src layout": ("src/app/db.py", "src/app/jobs.py", "app.db", (".", "src")),
    "a src layout imported from the top": (
        "src/app/db.py", "src/app/jobs.py", "src.app.db", (".", "src"),
    ),
    "src as a package": ("src/db.py", "src/jobs.py", "src.db", (".",)),
    "a namespace package": ("acme/storage/db.py", "acme/web/jobs.py", "acme.storage.db", (".",)),
    "modules at the top": ("db.py", "jobs.py", "db", (".",)),
    "two roots": ("storage/acme/db.py", "web/jobs.py", "acme.db", ("storage", "web")),
    "a root inside a root": (
        "backend/app/db.py", "backend/app/jobs.py", "app.db", (".", "backend"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("db", "jobs", "package", "src"), LAYOUTS.values(), ids=LAYOUTS)
def test_modules_are_found_in_every_layout(
    db: str, jobs: str, package: str, src: tuple[str, ...]
) -> None:
    files = {db: DB, jobs: JOBS.format(package=package)}
    project = linked(files, Standard(src=src))
    defined = next(name for name, module in project.program.modules.items() if module.path == db)
    assert opened_through(project, f"{defined}.SessionLocal") == marked(files, "opens")


def test_one_namespace_package_in_two_roots() -> None:
    files = {
        "first/acme/db.py": DB,
        "second/acme/jobs.py": """
            from .db import SessionLocal

            def work():
                return SessionLocal()  # opens
        """,
    }
    project = linked(files, Standard(src=("first", "second")))
    assert opened_through(project, "acme.db.SessionLocal") == marked(files, "opens")


def test_an_import_for_type_checking_alone_opens_nothing() -> None:
    files = {
        "app/db.py": DB,
        "app/jobs.py": """
            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                from app.db import SessionLocal

            def work(make: "SessionLocal"):
                return None
        """,
    }
    assert opened_through(linked(files), FACTORY) == set()
