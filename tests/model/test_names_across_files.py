"""Names lead to the factory through objects, packages and every layout of a project."""

from __future__ import annotations

import pytest

from connlint.config.standard import Standard
from model.written import DB, linked, marked, opened_through

FACTORY = "app.db.SessionLocal"

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
