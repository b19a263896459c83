"""A source in, its suppression comments out: ``# connlint: ignore[...]`` and ``# noqa``.

Text in a string is no comment. Only tokenizing tells the two apart, and that takes longer than
parsing: it happens only where a line holds something that reads like a suppression of ours.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple, cast

from connlint.facts.types import Directive, DirectiveKind
from connlint.location import pack
from connlint.source import Source, split_lines

_SPELLINGS = ("connlint", "Connlint", "CONNLINT", "noqa", "NOQA", "NoQA")
_OPENING = re.compile(
    rf"#[ \t]*(?:({'|'.join(_SPELLINGS[:3])})[ \t]*:|(?:{'|'.join(_SPELLINGS[3:])})\b)[ \t]*"
)
_CANDIDATE = re.compile(_OPENING.pattern + r"[^\r\n]*")
# What another tool's comment starts with: there the reason of ours ends.
_NEXT_PRAGMA = re.compile(r"\s#\s*(?:[a-z][\w.-]*\s*:|no(?:qa|sec)\b)", re.IGNORECASE)
_VERB = re.compile(r"([\w-]*)[ \t]*")
_BRACKETS = re.compile(r"\[([^\]]*)(\]?)")
_NOQA_CODE = re.compile(r"[ \t,]*(DBC[\w-]*|[A-Z]+\d+)(?=[\s,:]|$)", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z]+\d+")
_WORD = re.compile(r"[A-Za-z][\w-]*")
_BEFORE_REASON = " \t#:,-\N{EN DASH}\N{EM DASH}"
_INSIGNIFICANT = frozenset(
    (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
)


class _Comment(NamedTuple):
    """A comment token; ``statement`` as in :class:`~connlint.facts.types.Directive`."""

    text: str
    line: int
    column: int
    statement: int


def directives(source: Source) -> tuple[Directive, ...]:
    """The suppression comments of ``source`` in order, those that can't be read included.

    ``noqa`` comments that name only codes of other tools are left out. Where the text can't be
    tokenized to its end, the comments before that point are returned.
    """
    if not _may_have_directives(source.text):
        return ()
    return tuple(directive for comment in _comments(source.text) for directive in _parse(comment))


def _may_have_directives(text: str) -> bool:
    """Whether some line would hold a directive, if what looks like a comment on it is one."""
    if not any(spelling in text for spelling in _SPELLINGS):
        return False
    return any(
        next(_parse(_Comment(candidate[0], 1, 0, 1)), None)
        for candidate in _CANDIDATE.finditer(text)
    )


def _comments(text: str) -> Iterator[_Comment]:
    lines = (f"{line}\n" for line in split_lines(text))
    statement = 0
    code_ends_on = 0
    try:
        for token in tokenize.generate_tokens(lambda: next(lines, "")):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                begins = statement if code_ends_on == line else 0
                yield _Comment(token.string, line, column, begins)
            elif token.type == tokenize.NEWLINE:
                statement = 0
            elif token.type not in _INSIGNIFICANT:
                statement = statement or token.start[0]
                code_ends_on = token.end[0]
    except (tokenize.TokenError, SyntaxError):
        return


def _parse(comment: _Comment) -> Iterator[Directive]:
    """The directives of one comment, which may hold several, and other tools' pragmas."""
    text = comment.text
    openings = list(_OPENING.finditer(text))
    for number, opening in enumerate(openings):
        end = openings[number + 1].start() if number + 1 < len(openings) else len(text)
        if pragma := _NEXT_PRAGMA.search(text, opening.end(), end):
            end = pragma.start()
        stretch = text[opening.start() : end].rstrip()
        read = _read_connlint if opening[1] else _read_noqa
        said = read(stretch[opening.end() - opening.start() :], comment.statement == 0)
        if said:
            start = comment.column + opening.start()
            yield Directive(
                kind=said.kind,
                codes=said.codes,
                reason=said.reason,
                statement=comment.statement,
                at=pack(comment.line, start),
                end=pack(comment.line, start + len(stretch)),
            )


class _Said(NamedTuple):
    """What a directive says; the reason of a malformed one is why it can't be read."""

    kind: DirectiveKind
    codes: tuple[str, ...]
    reason: str


def _read_noqa(stretch: str, _stands_alone: bool) -> _Said | None:
    """What follows ``# noqa``. Codes of other tools are left out; only such codes: ``None``.

    A colon that no code follows is prose about ``noqa``, not a blanket suppression.
    """
    if not stretch.startswith(":"):
        return _Said("noqa", (), stretch.lstrip(_BEFORE_REASON))
    codes: list[str] = []
    at = 1
    while code := _NOQA_CODE.match(stretch, at):
        codes.append(code[1].upper())
        at = code.end()
    ours = tuple(dict.fromkeys(code for code in codes if code.startswith("DBC")))
    return _Said("noqa", ours, stretch[at:].lstrip(_BEFORE_REASON)) if ours else None


def _read_connlint(stretch: str, stands_alone: bool) -> _Said:
    """What follows ``# connlint:``; ``stands_alone`` when no code is on the comment's line."""
    verb = _VERB.match(stretch)
    assert verb is not None
    kind = verb[1].lower()
    if kind not in ("ignore", "ignore-file"):
        return _malformed(f"{verb[1]!r} is neither 'ignore' nor 'ignore-file'")
    brackets = _BRACKETS.match(stretch, verb.end())
    if not brackets:
        return _malformed(f"{kind!r} has to name codes: {kind}[DBC301]")
    if not brackets[2]:
        return _malformed("the bracket is never closed")
    words = brackets[1].replace(",", " ").split()
    if not words:
        return _malformed("there is no code between the brackets")
    for word in words:
        if not _WORD.fullmatch(word):
            return _malformed(f"{word!r} is neither a code nor a rule's name")
    if kind == "ignore-file" and not stands_alone:
        return _malformed("'ignore-file' has to stand on a line of its own")
    codes = tuple(dict.fromkeys(word.upper() if _CODE.fullmatch(word) else word for word in words))
    return _Said(
        cast("DirectiveKind", kind), codes, stretch[brackets.end() :].lstrip(_BEFORE_REASON)
    )


def _malformed(reason: str) -> _Said:
    return _Said("malformed", (), reason)
