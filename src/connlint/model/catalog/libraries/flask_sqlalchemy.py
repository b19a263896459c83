"""Flask-SQLAlchemy: the extension object, its scoped session, ``Model.query`` and its query."""

from __future__ import annotations

from connlint.model.catalog.libraries.sqlalchemy_orm import MAKER, QUERY, SCOPED, SESSION
from connlint.model.catalog.notation import NOTHING, READ, gives, same, spelled
from connlint.model.catalog.types import Function, Library, Type

_EXTENSION = "flask_sqlalchemy.SQLAlchemy"
_QUERY = "flask_sqlalchemy.query.Query"
_SESSION = "flask_sqlalchemy.session.Session"

LIBRARY = Library(
    name="Flask-SQLAlchemy",
    packages=("flask_sqlalchemy",),
    aliases={
        **spelled("flask_sqlalchemy", {"flask_sqlalchemy.extension": "SQLAlchemy"}),
        "flask_sqlalchemy.BaseQuery": _QUERY,
        "flask_sqlalchemy.Model": "flask_sqlalchemy.model.Model",
        "flask_sqlalchemy.SignallingSession": _SESSION,
    },
    types=(
        Type(
            _EXTENSION,
            "extension",
            methods={
                **same("get_or_404 first_or_404 one_or_404 paginate", READ),
                "get_engine": gives("sqlalchemy.engine.Engine"),
                **same("init_app create_all drop_all reflect relationship", NOTHING),
                # Made of SQLAlchemy's names, which the extension also offers.
                "select": gives("sqlalchemy.sql.expression.Select"),
                "insert": gives("sqlalchemy.sql.expression.Insert"),
                "update": gives("sqlalchemy.sql.expression.Update"),
                "delete": gives("sqlalchemy.sql.expression.Delete"),
                "text": gives("sqlalchemy.sql.expression.TextClause"),
                "DDL": gives("sqlalchemy.schema.DDL"),
                "Table": gives("sqlalchemy.Table"),
                **same("union union_all", gives("sqlalchemy.sql.expression.CompoundSelect")),
                "sessionmaker": gives(MAKER),
                "scoped_session": gives(SCOPED),
                "create_engine": gives("sqlalchemy.engine.Engine"),
                # Until 2.x.
                "create_scoped_session": gives(SCOPED),
                "create_session": gives(MAKER),
            },
            attributes={
                "session": SCOPED,
                "engine": "sqlalchemy.engine.Engine",
                "Model": "flask_sqlalchemy.model.Model",
                "Query": _QUERY,
                "metadata": "sqlalchemy.MetaData",
            },
        ),
        Type(
            "flask_sqlalchemy.model.Model",
            attributes={
                "query": _QUERY,
                "metadata": "sqlalchemy.MetaData",
                "__table__": "sqlalchemy.Table",
            },
        ),
        Type(
            _QUERY,
            "query",
            bases=(QUERY,),
            methods=same("get_or_404 first_or_404 one_or_404 paginate", READ),
        ),
        Type(_SESSION, "session", bases=(SESSION,)),
    ),
    functions=(Function(_SESSION, _SESSION, ("acquire",)),),
)
