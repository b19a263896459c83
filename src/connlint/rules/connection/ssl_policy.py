"""DBC402: a connection verifies the server's certificate, or does not, against the standard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.model.connections.certificates import Certificates
from connlint.model.connections.urls import EMBEDDED
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.connections.places import Connections, Place
    from connlint.model.project import Project


class SslPolicy(Rule):
    """Engines and connections whose SSL settings are not those of the standard."""

    code = "DBC402"
    severity = "warning"
    needs = ("connection.ssl-verify",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        wanted = project.standard.connection.ssl_verify
        if not wanted:
            return
        connections = project.connections
        certificates = Certificates(project.program, connections)
        for place in connections.places:
            if place.kind == "url" or project.role(place.scope) == "test":
                continue
            if _needs_none(connections, place):
                continue
            verified = certificates.of(place)
            if wanted == "disabled" and verified == "yes":
                message = "verifies the server's certificate, which the standard turns off"
            elif wanted == "required" and verified == "no":
                message = "does not verify the server's certificate"
            elif wanted == "required" and verified is None:
                message = "asks for no SSL, so that the server's certificate is not verified"
            else:
                continue
            yield suspect(
                project, self.code, place.scope, place.call.at, place.call.end, shape="call",
                message=message, matched=place.name,
            )  # fmt: skip


def _needs_none(connections: Connections, place: Place) -> bool:
    """Whether the database is on this machine: a file, or a server of its own."""
    if place.package in EMBEDDED:
        return True
    urls = connections.urls(place)
    if urls:
        return all(url.is_embedded or url.is_local for url in urls)
    hosts = place.arguments.get("host", "unix_socket")
    texts = [text for source in hosts for text in connections.texts.of(source)]
    return bool(texts) and all(
        isinstance(text[0], str) and text[0].startswith(("localhost", "127.", "/"))
        for text in texts
        if text
    )
