"""DBC405: a password stands in the code, in a database URL or in a call that connects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.model.connections.texts import Text, is_known, shown
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.connections.places import Connections, Place
    from connlint.model.connections.urls import Url
    from connlint.model.project import Project

_PASSWORDS = ("password", "passwd", "pwd")
_NO_PASSWORD = re.compile(
    r"[*x•.#?]+|.*[<>{}\[\]%$].*|.*(redacted|masked|hidden|placeholder|your[-_]?|none).*",
    re.IGNORECASE,
)
_IN_DSN = re.compile(r"(?:^|[\s;])(?:password|pwd)\s*=\s*'?(?P<password>[^\s;'{}]+)", re.IGNORECASE)


class HardcodedCredentials(Rule):
    """Passwords that are literals, or the defaults of what the environment may leave out."""

    code = "DBC405"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        connections = project.connections
        for written in project.written_urls:
            if project.role(written.scope) in EXEMPT_ROLES:
                continue
            url = next((url for url in written.urls if _holds_password(url)), None)
            if url is not None:
                where = f" for {shown(url.username)}" if url.username else ""
                yield suspect(
                    project, self.code, written.scope, written.at, written.end,
                    shape=written.shape, priority="high", matched=f"{url.dialect} URL",
                    message=f"the database URL holds a password{where}; read it from the "
                    "environment or a secret store",
                )  # fmt: skip
        for place in connections.places:
            if project.role(place.scope) in EXEMPT_ROLES:
                continue
            if _is_given_password(connections, place):
                yield suspect(
                    project, self.code, place.scope, place.call.at, place.call.end, shape="call",
                    priority="high", matched=place.name,
                    message=f"{place.name} is given a password that stands in the code; read it "
                    "from the environment or a secret store",
                )  # fmt: skip


def _holds_password(url: Url) -> bool:
    return url.password is not None and not url.is_example and _is_secret(url.password)


def _is_secret(text: Text) -> bool:
    """Whether a text is a password that works, as far as one can see."""
    return text != () and is_known(text) and _NO_PASSWORD.fullmatch(shown(text)) is None


def _is_given_password(connections: Connections, place: Place) -> bool:
    if place.kind == "url":
        return _holds_password(connections.created(place))
    arguments = place.arguments
    sources = [*arguments.get(*_PASSWORDS)]
    sources += connections.entries.nested(arguments, "connect_args").get(*_PASSWORDS)
    if any(_is_secret(text) for source in sources for text in connections.texts.of(source)):
        return True
    if place.kind not in ("connection", "pool"):
        return False
    for text in connections.address_texts(place):
        found = _IN_DSN.search(shown(text))
        if found is not None and _is_secret((found["password"],)):
            return True
    return False
