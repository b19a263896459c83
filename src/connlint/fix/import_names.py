"""An import statement in, the same with a name more or less out; layout and comments stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from connlint.fix.whitespace import comma_before, comment_in, without_comment

Statement = cst.Import | cst.ImportFrom
_NO_COMMA = cst.MaybeSentinel.DEFAULT


def names_in(statement: Statement) -> Sequence[cst.ImportAlias]:
    """The names that ``statement`` imports, none for a star."""
    return () if isinstance(statement.names, cst.ImportStar) else statement.names


def without_names(statement: Statement, gone: Sequence[int]) -> Statement:
    """``statement`` without the names with these numbers; one at least has to stay."""
    names = names_in(statement)
    staying = [name for number, name in enumerate(names) if number not in gone]
    if len(names) - 1 not in gone:
        return statement.with_changes(names=staying)
    last, ending = staying[-1], names[-1].comma
    comment = _comment_after(last)
    if comment is None:
        return statement.with_changes(names=[*staying[:-1], last.with_changes(comma=ending)])
    # The comment of the name that is last now hangs on its comma: that comma ends the list.
    comma = cst.Comma(whitespace_after=comment.with_changes(last_line=_ending_indent(statement)))
    changed = statement.with_changes(names=[*staying[:-1], last.with_changes(comma=comma)])
    if isinstance(changed, cst.ImportFrom) and changed.rpar:
        closing = changed.rpar.with_changes(whitespace_before=cst.SimpleWhitespace(""))
        changed = changed.with_changes(rpar=closing)
    return changed


def with_name(statement: cst.ImportFrom, new: cst.ImportAlias) -> cst.ImportFrom:
    """``statement`` that imports ``new``, too, in order where its names are in order."""
    names = list(names_in(statement))
    at = _place_for(new, names)
    if at == len(names):
        return _with_last(statement, new)
    names.insert(at, new.with_changes(comma=_separator(statement)))
    return statement.with_changes(names=names)


def _with_last(statement: cst.ImportFrom, new: cst.ImportAlias) -> cst.ImportFrom:
    """``statement`` with ``new`` at the end; a comment behind the name before stays behind it."""
    *names, last = names_in(statement)
    separator, ending = _separator(statement), last.comma
    indent = separator.whitespace_after
    if isinstance(indent, cst.ParenthesizedWhitespace):
        moved = {"indent": indent.indent, "last_line": indent.last_line}
        closing = statement.rpar.whitespace_before if statement.rpar else None
        if comment := _comment_after(last):
            separator = cst.Comma(whitespace_after=comment.with_changes(**moved))
            ending = cst.Comma(whitespace_after=without_comment(comment))
        elif statement.rpar and (comment := comment_in(closing)):
            separator = cst.Comma(whitespace_after=comment.with_changes(**moved))
            rpar = statement.rpar.with_changes(whitespace_before=without_comment(comment))
            statement = statement.with_changes(rpar=rpar)
    names += [last.with_changes(comma=separator), new.with_changes(comma=ending)]
    return statement.with_changes(names=names)


def with_only(statement: cst.ImportFrom, new: Sequence[cst.ImportAlias]) -> cst.ImportFrom:
    """``statement`` that imports ``new`` in place of all that it did."""
    ending = names_in(statement)[-1].comma
    first = statement.with_changes(names=[new[0].with_changes(comma=ending)])
    for each in new[1:]:
        first = with_name(first, each)
    return first


def import_order(name: str) -> tuple[int, str]:
    """The order of isort: constants, classes, then the rest, each by the alphabet."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower()


_ORDERS: tuple[Callable[[str], Any], ...] = (import_order, str.lower, str)


def _place_for(new: cst.ImportAlias, names: Sequence[cst.ImportAlias]) -> int:
    """Where ``new`` goes: by the first order that the names are in, else last."""
    texts = [name.evaluated_name for name in names]
    for order in _ORDERS:
        keys = [order(text) for text in texts]
        if keys == sorted(keys):
            own = order(new.evaluated_name)
            return sum(key <= own for key in keys)
    return len(names)


def _separator(statement: cst.ImportFrom) -> cst.Comma:
    """A comma between two names in the layout of ``statement``, without a comment."""
    opening = statement.lpar.whitespace_after if statement.lpar else None
    commas = (name.comma for name in names_in(statement)[:-1])
    between = [comma.whitespace_after for comma in commas if isinstance(comma, cst.Comma)]
    spaces = (each for each in (*between, opening) if isinstance(each, cst.ParenthesizedWhitespace))
    return comma_before(next(spaces, None))


def _comment_after(name: cst.ImportAlias) -> cst.ParenthesizedWhitespace | None:
    """The whitespace after the comma of ``name`` if it holds a comment."""
    comma = name.comma
    return comment_in(comma.whitespace_after) if isinstance(comma, cst.Comma) else None


def _ending_indent(statement: Statement) -> cst.SimpleWhitespace:
    """The whitespace before the closing parenthesis on its line."""
    ending = names_in(statement)[-1].comma
    spaces = [ending.whitespace_after] if isinstance(ending, cst.Comma) else []
    if isinstance(statement, cst.ImportFrom) and statement.rpar:
        spaces.append(statement.rpar.whitespace_before)
    for whitespace in spaces:
        if isinstance(whitespace, cst.ParenthesizedWhitespace):
            return whitespace.last_line
    return cst.SimpleWhitespace("")
