"""What a project declares: tables with their columns, and how much of that could be read."""

from __future__ import annotations


class Table:
    """A table. ``columns`` are by name in lower case.

    ``is_created``: something says what it consists of, rather than adding to it; ``is_open``:
    there can be further columns.
    """

    __slots__ = ("columns", "is_created", "is_open")

    def __init__(self) -> None:
        self.columns: dict[str, str] = {}
        self.is_created = False
        self.is_open = False


class Tables:
    """The tables of a project by name in lower case; all declarations of a name count as one.

    ``everywhere`` are columns of tables whose names could not be read. ``is_whole`` while each
    table has a name that could be, ``has_named_columns`` while each column has.
    """

    def __init__(self) -> None:
        self.by_name: dict[str, Table] = {}
        self.everywhere: set[str] = set()
        self.is_whole = True
        self.has_named_columns = True

    def create(self, name: str | None) -> None:
        """Declare a table."""
        table = self._table(name)
        if table is not None:
            table.is_created = True

    def _table(self, name: str | None) -> Table | None:
        if name is None:
            self.is_whole = False
            return None
        return self.by_name.setdefault(name.lower(), Table())

    def add(self, table: str | None, column: str | None) -> None:
        """Declare a column; ``None`` for a name that could not be read."""
        found = self._table(table)
        if column is None:
            if found is None:
                self.has_named_columns = False
            else:
                found.is_open = True
        elif found is None:
            self.everywhere.add(column.lower())
        else:
            found.columns[column.lower()] = column

    def open(self, table: str | None) -> None:
        """Declare that a table can have columns that nothing shows."""
        self.add(table, None)

    def rename(self, old: str | None, new: str | None) -> None:
        """Declare a further name of a table."""
        columns = self.by_name[old.lower()].columns if old and old.lower() in self.by_name else {}
        for column in columns.values():
            self.add(new, column)
        self.open(new)
