"""``remove-suppression``: codes that silence nothing are taken out of their comment.

Codes that are needed, codes of other tools and whatever else the comment says stay. A comment of
which nothing is left goes, and its line with it when it stood alone.
"""

from __future__ import annotations

import re

import libcst as cst

from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite

_CODES = re.compile(
    r"(?P<opening>#\s*connlint\s*:\s*ignore(?:-file)?\s*\[)(?P<codes>[^\]]*)(?P<rest>\].*)"
    r"|(?P<noqa>#\s*noqa\s*:\s*)(?P<listed>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*)(?P<reason>.*)",
    re.IGNORECASE | re.DOTALL,
)


def rewrite(place: Place) -> Rewrite:
    """The rewrite that takes the words of the intent out of the comment at this place.

    Raises :class:`Refused` when there is no such comment any more.
    """
    span = place.span
    comment = next(
        (
            node
            for node in place.tree.nodes
            if isinstance(node, cst.Comment)
            and place.tree.line(node) == span.line
            and place.tree.span(node).column <= span.column
        ),
        None,
    )
    if comment is None:
        raise Refused("the comment has changed")
    start = span.column - place.tree.span(comment).column
    end = span.end_column - place.tree.span(comment).column
    words = {word.casefold() for word in place.data.get("words", "").split()}
    before, after = comment.value[:start].rstrip(), comment.value[end:].strip()
    text = " ".join(filter(None, (before, _without(words, comment.value[start:end]), after)))
    result = Rewrite()
    around = place.tree.parent(comment)
    if text:
        result.replace(comment, comment.with_changes(value=text))
    elif isinstance(around, cst.EmptyLine):
        result.changes[around] = lambda _: cst.RemoveFromParent()
    else:
        empty = cst.SimpleWhitespace("")
        result.replace(around, around.with_changes(comment=None, whitespace=empty))
    return result


def _without(words: set[str], directive: str) -> str:
    """``directive`` without ``words``; nothing when it would name no code any more."""
    found = _CODES.match(directive)
    if found is None:
        raise Refused("the comment has changed")
    before, listed, after = (part for part in found.groups() if part is not None)
    kept = [word for word in re.split(r"[\s,]+", listed.strip()) if word.casefold() not in words]
    return f"{before}{', '.join(kept)}{after}" if kept else ""
