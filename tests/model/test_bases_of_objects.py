"""Classes that derive from an attribute of an object: an extension's model, as ``db.Model``."""

from __future__ import annotations

from connlint.model.classes import ClassId
from model.written import linked, scope_of

FILES = {
    "app/db.py": """
        from flask_sqlalchemy import SQLAlchemy
        db = SQLAlchemy()
    """,
    "app/own.py": """
        from typing import Type
        from flask_sqlalchemy import SQLAlchemy
        from flask_sqlalchemy.model import Model

        class OwnModel(Model):
            def keep(self): ...

        class Own(SQLAlchemy):
            Model: Type[OwnModel]

        db = Own()
    """,
    "app/models.py": """
        from app import own
        from app.db import db

        class User(db.Model): ...
        class Job(own.db.Model): ...
        class Other(db.missing): ...
    """,
}


def test_the_base_is_what_the_library_keeps_there() -> None:
    project = linked(FILES)
    owner = ClassId(*scope_of(project, "app.models.User"))
    assert project.program.hierarchy.external_bases(owner) == ("flask_sqlalchemy.model.Model",)
    assert project.roles.is_model(scope_of(project, "app.models.User"))


def test_the_base_is_what_a_subclass_declares() -> None:
    project = linked(FILES)
    hierarchy = project.program.hierarchy
    owner = ClassId(*scope_of(project, "app.models.Job"))
    assert hierarchy.bases(owner)[0] == (ClassId(*scope_of(project, "app.own.OwnModel")),)
    assert hierarchy.method(owner, "keep") is not None


def test_an_attribute_that_is_not_known_is_no_base() -> None:
    project = linked(FILES)
    owner = ClassId(*scope_of(project, "app.models.Other"))
    assert project.program.hierarchy.bases(owner) == ((), ())
