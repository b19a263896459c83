"""Names lead to the factory whatever they are called on the way, and only where they do."""

from __future__ import annotations

import pytest

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
