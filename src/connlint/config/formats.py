"""What the texts in a configuration have to look like: a text in, its flaw and a repair out."""

from __future__ import annotations

import re
from collections.abc import Callable
from keyword import iskeyword
from typing import NamedTuple

from connlint.config import globs
from connlint.config.keys import quoted

_HOST = re.compile(r"(?:[A-Za-z0-9*?._-]+|\[[0-9A-Fa-f:*]+\])(?::(?P<port>\*|[0-9]{1,5}))?")
_USERNAME = re.compile(r"(?:[^\s\[\]]|\[[^\s\[\]]+\])*")
_LOCALS = "<locals>"
_MAX_PORT = 65535


class TextFormat(NamedTuple):
    """One kind of text: its name for one and for several, and an example.

    ``flaw`` gives what is wrong with a text as the end of a sentence, empty when it is sound.
    ``repair`` gives what was probably meant; it is offered only when it is sound itself.
    """

    singular: str
    plural: str
    example: str
    flaw: Callable[[str], str]
    repair: Callable[[str], str] = str

    @property
    def expected(self) -> str:
        """What a text of this kind is, with the example."""
        return f"{self.singular} such as {self.example}"

    def complaint(self, text: str, shown: str) -> str:
        """Why ``text``, displayed as ``shown``, is refused; empty when it is sound."""
        flaw = self.flaw(text)
        if not flaw:
            return ""
        repaired = self.repair(text)
        hint = f"; did you mean {quoted(repaired)}?" if repaired and not self.flaw(repaired) else ""
        return f"expected {self.expected}, but {shown} {flaw}{hint}"


def _identifier_flaw(text: str) -> str:
    if not text:
        return "is empty"
    if iskeyword(text):
        return "is a keyword of Python"
    return "" if text.isidentifier() else "is not an identifier"


def _dotted_path_flaw(text: str) -> str:
    if not text:
        return "is empty"
    if not all(text.split(".")):
        return "has an empty part between dots"
    flawed = [(part, flaw) for part in text.split(".") if (flaw := _identifier_flaw(part))]
    return f"has the part {quoted(flawed[0][0])}, which {flawed[0][1]}" if flawed else ""


def _dotted_name_flaw(text: str) -> str:
    return _dotted_path_flaw(text) or ("" if "." in text else "names no module")


def _dotted_glob_flaw(text: str) -> str:
    parts = text.split(".")
    if any("**" in part and part != "**" for part in parts):
        return "has ** next to other text; it has to be a whole part"
    plain = [part.replace("*", "x") for part in parts if part != _LOCALS]
    return _dotted_path_flaw(".".join(plain)) or ("" if len(parts) > 1 else "names no module")


def _spelled_with_dots(text: str) -> str:
    """``app.db.get_session`` for ``app.db:get_session`` and ``app/db.py:get_session``."""
    return re.sub(r"\.py(?=:|$)", "", text.strip().removeprefix("./")).translate(_TO_DOTS)


def _word_flaw(text: str) -> str:
    if not text:
        return "is empty"
    if text != text.strip():
        return "has blanks around it"
    return "" if text.isprintable() else "has characters that can't be printed"


def _host_flaw(text: str) -> str:
    if not text:
        return "is empty"
    if "://" in text or "/" in text or "@" in text:
        return "is a URL"
    found = _HOST.fullmatch(text)
    if found is None:
        return "is neither a host nor host:port"
    port = found["port"]
    if port and port != "*" and not 0 < int(port) <= _MAX_PORT:
        return "has an impossible port"
    return ""


def _host_of_url(text: str) -> str:
    return re.sub(r"^.*://|^.*@|[/?].*$", "", re.sub(r"^.*://", "", text))


def _username_flaw(text: str) -> str:
    return "" if _USERNAME.fullmatch(text) else "has blanks or a bracket without its partner"


_TO_DOTS = str.maketrans("/:", "..")

IDENTIFIER = TextFormat("an identifier", "identifiers", "db_session", _identifier_flaw, str.strip)
DOTTED_NAME = TextFormat(
    "a dotted name", "dotted names", "app.db.get_session", _dotted_name_flaw, _spelled_with_dots
)
DOTTED_PATH = TextFormat(
    "a dotted name", "dotted names", "app.db.UnitOfWork", _dotted_path_flaw, _spelled_with_dots
)
DOTTED_GLOB = TextFormat(
    "a dotted name or glob",
    "dotted names or globs",
    "app.db.direct.*",
    _dotted_glob_flaw,
    _spelled_with_dots,
)
PATH_GLOB = TextFormat(
    "a glob relative to the project root",
    "globs relative to the project root",
    "src/routers/**",
    globs.path_glob_flaw,
    lambda text: text.strip().replace("\\", "/").lstrip("/"),
)
FOLDER = TextFormat(
    "a folder relative to the project root",
    "folders relative to the project root",
    "src",
    globs.folder_flaw,
    lambda text: text.strip().replace("\\", "/").rstrip("/*"),
)
ROUTE = TextFormat(
    "a full route path", "full route paths", "/jobs/*/chunk", globs.route_flaw, globs.without_method
)
WORD = TextFormat("a name", "names", "tenant_id", _word_flaw, str.strip)
STATE = TextFormat("a state", "states", "COMPLETE", _word_flaw, str.strip)
TITLE = TextFormat("one line of text", "lines of text", "Audit of the API", _word_flaw, str.strip)
HOST = TextFormat(
    "a host with or without port",
    "hosts with or without port",
    "*.pooler.example.com:6543",
    _host_flaw,
    _host_of_url,
)
USERNAME = TextFormat("a user name", "user names", "postgres.[project-ref]", _username_flaw)
SOURCE = TextFormat(
    "a preset's name or a TOML file's path",
    "presets' names or TOML files' paths",
    "fastapi-async",
    _word_flaw,
    str.strip,
)
SELECTOR = TextFormat("a rule's code or name", "rules' codes or names", "DBC301", _word_flaw)
"""Only what can be said of a selector without knowing the rules; ``selection`` says the rest."""
