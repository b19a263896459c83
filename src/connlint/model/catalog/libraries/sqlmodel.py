"""SQLModel: its two session classes, their ``exec``, and the names it takes from SQLAlchemy."""

from __future__ import annotations

from connlint.model.catalog.libraries.sqlalchemy_asyncio import ASYNC_MAKER, ASYNC_SESSION
from connlint.model.catalog.libraries.sqlalchemy_orm import MAKER, SESSION
from connlint.model.catalog.notation import gives, spelled
from connlint.model.catalog.types import Context, Function, Library, Method, Type

_SESSION = "sqlmodel.Session"
_ASYNC_SESSION = "sqlmodel.ext.asyncio.session.AsyncSession"
_MAKER = f"{MAKER}[{_SESSION}]"
_ASYNC_MAKER = f"{ASYNC_MAKER}[{_ASYNC_SESSION}]"
_SCALARS = "sqlalchemy.engine.ScalarResult"

LIBRARY = Library(
    name="SQLModel",
    packages=("sqlmodel",),
    aliases={
        **spelled(
            "sqlalchemy",
            {
                "sqlmodel": (
                    "create_engine engine_from_config insert update delete text union union_all "
                    "intersect intersect_all except_ except_all Table MetaData"
                ),
            },
        ),
        **spelled("sqlalchemy.pool", {"sqlmodel": "QueuePool StaticPool"}),
        **spelled("sqlalchemy.schema", {"sqlmodel": "DDL"}),
        **spelled(
            "sqlmodel",
            {
                "sqlmodel.orm.session": "Session",
                "sqlmodel.main": "SQLModel",
                "sqlmodel.sql.expression": "select",
            },
        ),
    },
    types=(
        Type(
            _SESSION,
            "session",
            bases=(SESSION,),
            methods={"exec": Method(("execute",), _SCALARS)},
        ),
        Type(
            _ASYNC_SESSION,
            "session",
            is_async=True,
            bases=(ASYNC_SESSION,),
            methods={
                "exec": Method(("execute",), _SCALARS, is_async=True),
                "run_sync": Method(is_async=True, passes=_SESSION),
            },
            attributes={"sync_session": _SESSION},
        ),
        Type(
            _MAKER,
            "session-factory",
            bases=(MAKER,),
            methods={"begin": gives(f"{_MAKER}.begin()")},
            call=Method(("acquire",), _SESSION),
        ),
        Type(
            f"{_MAKER}.begin()",
            contexts=(Context(_SESSION, ("acquire", "begin"), ("commit", "close")),),
        ),
        Type(
            _ASYNC_MAKER,
            "session-factory",
            bases=(ASYNC_MAKER,),
            methods={"begin": gives(f"{_ASYNC_MAKER}.begin()")},
            call=Method(("acquire",), _ASYNC_SESSION),
        ),
        Type(
            f"{_ASYNC_MAKER}.begin()",
            contexts=(Context(_ASYNC_SESSION, ("acquire", "begin"), ("commit", "close"), True),),
        ),
        Type(
            "sqlmodel.SQLModel",
            attributes={"metadata": "sqlalchemy.MetaData", "__table__": "sqlalchemy.Table"},
        ),
    ),
    functions=(
        Function(_SESSION, _SESSION, ("acquire",)),
        Function(_ASYNC_SESSION, _ASYNC_SESSION, ("acquire",)),
        Function("sqlmodel.select", "sqlalchemy.sql.expression.Select"),
    ),
)
