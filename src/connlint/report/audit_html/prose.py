"""Sentences of the audit in, HTML out: code between backticks as code, places as links."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from connlint.report.audit_html.source import SourceBook
from connlint.report.audit_html.visible import visible

_CODE = re.compile(r"`([^`\n]+)`")
_WORD = re.compile(r"([\s(),;]+)")
_PLACE = re.compile(r"(.+):(\d+)([.:]?)")


def breakable(path: str) -> Markup:
    """A path that a narrow column may break between its parts."""
    return Markup("/<wbr>").join(visible(path).split("/"))


class Prose:
    """Turns text into HTML. Everything in it is escaped."""

    def __init__(self, book: SourceBook) -> None:
        self._book = book

    def html(self, text: str) -> Markup:
        """``text`` with its code marked, and its places linked to the lines that they name."""
        parts = _CODE.split(visible(text))
        return Markup("").join(
            Markup("<code>{}</code>").format(part) if index % 2 else self._linked(part)
            for index, part in enumerate(parts)
        )

    def place(self, path: str, line: int, shown: str = "") -> Markup:
        """A place in the code as a link to the line, where the page shows that."""
        text = breakable(shown or path)
        if not shown:
            text += Markup('<wbr><span class="at">:{}</span>').format(line)
        anchor = self._book.anchor(path, line)
        if not anchor:
            return Markup('<code class="path">{}</code>').format(text)
        return Markup('<a class="path" href="#{}">{}</a>').format(anchor, text)

    def _linked(self, text: str) -> Markup:
        """``text`` word by word: one pattern for a place anywhere would crawl on long words."""
        return Markup("").join(self._word(word) for word in _WORD.split(text))

    def _word(self, word: str) -> Markup:
        match = _PLACE.fullmatch(word)
        if match is None or not self._book.anchor(match[1], int(match[2])):
            return escape(word)
        return self.place(match[1], int(match[2])) + match[3]
