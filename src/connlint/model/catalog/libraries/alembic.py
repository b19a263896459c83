"""Alembic: the connection that a migration is given; Alembic itself ends the transaction."""

from __future__ import annotations

from connlint.model.catalog.notation import gives, spelled
from connlint.model.catalog.types import Function, Library, Type

_OPERATIONS = "alembic.operations.Operations"

LIBRARY = Library(
    name="Alembic",
    packages=("alembic",),
    aliases=spelled("alembic.operations", {"alembic.operations.base": "Operations"}),
    types=(Type(_OPERATIONS, methods={"get_bind": gives("sqlalchemy.engine.Connection")}),),
    functions=(Function("alembic.op.get_bind", "sqlalchemy.engine.Connection"),),
)
