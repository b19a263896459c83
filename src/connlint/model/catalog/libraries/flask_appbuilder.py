"""Flask-AppBuilder: its own Flask-SQLAlchemy class, exposed view methods and their hooks."""

from __future__ import annotations

from connlint.model.catalog.notation import gives, spelled
from connlint.model.catalog.types import Function, Library, Registrar, Type

_SQLA = "flask_appbuilder.models.sqla.base.SQLA"
_LEGACY_SQLA = "flask_appbuilder.models.sqla.base_legacy.SQLA"
_SQLA_CLASS = "flask_appbuilder.utils.legacy.get_sqla_class()"

LIBRARY = Library(
    name="Flask-AppBuilder",
    packages=("flask_appbuilder",),
    aliases={
        # Until 4.x.
        **dict.fromkeys(("flask_appbuilder.SQLA", "flask_appbuilder.models.sqla.SQLA"), _SQLA),
        **spelled(
            "flask_appbuilder",
            {
                "flask_appbuilder.baseviews": "expose BaseView",
                "flask_appbuilder.api": "expose",
                "flask_appbuilder.models.sqla": "Model",
            },
        ),
    },
    types=(
        Type(_SQLA, "extension", bases=("flask_sqlalchemy.SQLAlchemy",)),
        Type(_LEGACY_SQLA, "extension", bases=("flask_sqlalchemy.SQLAlchemy",)),
        # One class or the other, by the installed Flask-SQLAlchemy.
        Type(_SQLA_CLASS, call=gives(_SQLA)),
        Type(
            "flask_appbuilder.Model",
            attributes={"metadata": "sqlalchemy.MetaData", "__table__": "sqlalchemy.Table"},
        ),
        Type("flask_appbuilder.BaseView"),
    ),
    functions=(Function("flask_appbuilder.utils.legacy.get_sqla_class", _SQLA_CLASS),),
    registrars=(
        Registrar("flask_appbuilder.expose", "route", calls=False),
        Registrar("flask_appbuilder.hooks.before_request", "request-hook", label=None, calls=False),
    ),
)
