"""Names of functions, methods, types and attributes whose results only the code decides on."""

from __future__ import annotations

NUMBERS = frozenset({
    "int", "float", "len", "abs", "round", "bool", "ord", "hash", "id", "uuid4", "uuid1", "hex",
    "token_hex", "time", "monotonic", "timestamp", "count", "index", "Decimal", "crc32", "randint",
    "hexdigest",
})  # fmt: skip
"""Calls that give numbers or text made of hexadecimal digits."""
NUMBER_TYPES = frozenset({"int", "float", "bool", "UUID", "Decimal", "Literal", "date", "datetime"})
KEEPS = frozenset({
    "strip", "lstrip", "rstrip", "upper", "lower", "title", "replace", "split", "removeprefix",
    "removesuffix", "copy", "format", "casefold", "capitalize", "splitlines", "partition",
    "rpartition", "rsplit", "ljust", "rjust", "expandtabs", "translate",
})  # fmt: skip
GATHERS = frozenset({
    "list", "tuple", "set", "sorted", "reversed", "frozenset", "str", "dict", "iter", "next", "min",
    "max", "sum", "repr", "filter", "chain", "batched", "fromkeys", "cast", "text", "dedent", "SQL",
})  # fmt: skip
INSPECTS = frozenset(
    {
        "get_table_names",
        "get_view_names",
        "get_schema_names",
        "get_columns",
        "get_pk_constraint",
        "get_unique_constraints",
        "get_indexes",
        "get_foreign_keys",
    }
)
"""Methods that tell the names of what the database has."""
OF_MODELS = frozenset({
    "__tablename__", "__table__", "__name__", "__class__", "metadata", "sorted_tables",
    "model_fields", "__fields__", "dialect", "__annotations__", "_meta", "paramstyle",
    "__mapper__", "lineno", "foreign_keys", "target_fullname",
})  # fmt: skip
"""Attributes whose values the source code of models and drivers decides on."""
