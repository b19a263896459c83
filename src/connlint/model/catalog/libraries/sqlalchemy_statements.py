"""SQLAlchemy's statements: what ``select``, ``insert``, ``text`` and DDL build and chain."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, SELF, constructors, each, gives, same, spelled
from connlint.model.catalog.types import Library, Type

_SELECT = "sqlalchemy.sql.expression.Select"
_COMPOUND = "sqlalchemy.sql.expression.CompoundSelect"
_INSERT = "sqlalchemy.sql.expression.Insert"
_UPDATE = "sqlalchemy.sql.expression.Update"
_DELETE = "sqlalchemy.sql.expression.Delete"
_TEXT = "sqlalchemy.sql.expression.TextClause"
_TEXTUAL = "sqlalchemy.sql.expression.TextualSelect"
_TABLE = "sqlalchemy.Table"
_METADATA = "sqlalchemy.MetaData"

_DDL = (
    "AddConstraint CreateIndex CreateSchema CreateSequence CreateTable DDL DropConstraint "
    "DropIndex DropSchema DropSequence DropTable SetTableComment DropTableComment"
)
_DIALECTS = "mysql postgresql sqlite"
_CLASSES = "Select CompoundSelect Insert Update Delete"
_SET_OPERATIONS = "union union_all intersect intersect_all except_ except_all"

_EXECUTABLE = same("execution_options options", SELF)
_SELECTABLE = {
    **_EXECUTABLE,
    **same("order_by group_by limit offset fetch slice with_for_update params add_cte", SELF),
    **same("subquery cte alias exists scalar_subquery as_scalar label lateral", NOTHING),
}
_DML = {
    **_EXECUTABLE,
    **same("returning return_defaults prefix_with with_hint params add_cte", SELF),
    "with_dialect_options": SELF,
    "cte": NOTHING,
}
_WHERE = same("where filter filter_by", SELF)

_TYPES = (
    Type(
        _SELECT,
        "read-statement",
        methods={
            **_SELECTABLE,
            **_WHERE,
            **same(
                "join join_from outerjoin outerjoin_from having distinct select_from correlate "
                "correlate_except with_only_columns add_columns column reduce_columns prefix_with "
                "suffix_with with_hint with_statement_hint set_label_style",
                SELF,
            ),
            **same(_SET_OPERATIONS, gives(_COMPOUND)),
            "from_statement": NOTHING,
        },
    ),
    Type(_COMPOUND, "read-statement", methods=_SELECTABLE),
    Type(_TEXTUAL, "text-statement", methods=_EXECUTABLE),
    Type(
        _INSERT,
        "write-statement",
        methods={**_DML, **same("values from_select inline", SELF)},
    ),
    Type(
        _UPDATE,
        "write-statement",
        methods={**_DML, **_WHERE, **same("values ordered_values inline", SELF)},
    ),
    Type(_DELETE, "write-statement", methods={**_DML, **_WHERE}),
    *(
        Type(
            f"sqlalchemy.dialects.{dialect}.Insert",
            "write-statement",
            bases=(_INSERT,),
            methods=same(
                "on_duplicate_key_update"
                if dialect == "mysql"
                else "on_conflict_do_nothing on_conflict_do_update",
                SELF,
            ),
        )
        for dialect in _DIALECTS.split()
    ),
    Type(
        _TEXT,
        "text-statement",
        methods={
            **_EXECUTABLE,
            **same("bindparams params", SELF),
            "columns": gives(_TEXTUAL),
        },
    ),
    *(Type(f"sqlalchemy.schema.{name}", "ddl-statement") for name in _DDL.split()),
    Type(
        _TABLE,
        methods={
            "select": gives(_SELECT),
            "insert": gives(_INSERT),
            "update": gives(_UPDATE),
            "delete": gives(_DELETE),
            **same("create drop alias join outerjoin", NOTHING),
        },
        attributes={"metadata": _METADATA},
    ),
    Type(_METADATA, methods=same("create_all drop_all reflect clear remove", NOTHING)),
)

LIBRARY = Library(
    name="SQLAlchemy statements",
    packages=("sqlalchemy",),
    aliases={
        **spelled(
            "sqlalchemy",
            {
                "sqlalchemy.sql": f"select insert update delete text {_SET_OPERATIONS}",
                "sqlalchemy.sql.expression": f"select insert update delete text {_SET_OPERATIONS}",
                "sqlalchemy.future": "select",
                "sqlalchemy.schema": "Table MetaData",
                "sqlalchemy.sql.schema": "Table MetaData",
            },
        ),
        **spelled(
            "sqlalchemy.sql.expression",
            {
                "sqlalchemy": f"{_CLASSES} TextClause TextualSelect",
                "sqlalchemy.sql": _CLASSES,
                "sqlalchemy.sql.selectable": "Select CompoundSelect TextualSelect",
                "sqlalchemy.sql.dml": "Insert Update Delete",
                "sqlalchemy.sql.elements": "TextClause",
            },
        ),
        **spelled("sqlalchemy.schema", {"sqlalchemy": "DDL", "sqlalchemy.sql.ddl": _DDL}),
        **{
            spelling: canonical
            for dialect in each("sqlalchemy.dialects", _DIALECTS)
            for spelling, canonical in spelled(dialect, {f"{dialect}.dml": "Insert insert"}).items()
        },
    },
    types=_TYPES,
    functions=(
        *constructors("sqlalchemy", "select", _SELECT),
        *constructors("sqlalchemy", _SET_OPERATIONS, _COMPOUND),
        *constructors("sqlalchemy", "insert", _INSERT),
        *constructors("sqlalchemy", "update", _UPDATE),
        *constructors("sqlalchemy", "delete", _DELETE),
        *constructors("sqlalchemy", "text", _TEXT),
        *(
            function
            for dialect in _DIALECTS.split()
            for function in constructors(
                f"sqlalchemy.dialects.{dialect}",
                "insert",
                f"sqlalchemy.dialects.{dialect}.Insert",
            )
        ),
    ),
)
