"""Text of analysed code in, the same text with nothing in it that acts unseen out."""

from __future__ import annotations

from unicodedata import category


def visible(text: str) -> str:
    """``text`` with control and direction-changing characters as ``\N{REPLACEMENT CHARACTER}``: a
    page that shows code in another order than Python reads it would mislead its reader."""
    if text.isprintable():
        return text
    return "".join(char if _is_plain(char) else "\N{REPLACEMENT CHARACTER}" for char in text)


def _is_plain(char: str) -> bool:
    return char.isprintable() or char in "\n\t" or category(char) == "Zs"
