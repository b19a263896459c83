"""The whitespace between two things in brackets in, its comment or its layout without one out."""

from __future__ import annotations

import libcst as cst


def comment_in(
    space: cst.BaseParenthesizableWhitespace | None,
) -> cst.ParenthesizedWhitespace | None:
    """``space`` if it holds a comment."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return None
    has_comment = space.first_line.comment or any(line.comment for line in space.empty_lines)
    return space if has_comment else None


def without_comment(space: cst.ParenthesizedWhitespace) -> cst.ParenthesizedWhitespace:
    """``space`` with its line break and indentation alone."""
    return cst.ParenthesizedWhitespace(indent=space.indent, last_line=space.last_line)


def comma_before(space: cst.BaseParenthesizableWhitespace | None) -> cst.Comma:
    """A comma with the line break of ``space`` behind it, or with a blank where it has none."""
    if isinstance(space, cst.ParenthesizedWhitespace):
        return cst.Comma(whitespace_after=without_comment(space))
    return cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
