"""DBC404: a connection goes to a host that is not one of the standard's poolers."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from connlint.model.connections.texts import Gap, Text, is_known, shown
from connlint.rules.base import Rule
from connlint.rules.connection.addresses import addresses, may_match
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project


class PoolerBypassed(Rule):
    """URLs and connect calls whose host or port leads past the pooler."""

    code = "DBC404"
    severity = "error"
    needs = ("connection.pooler-hosts",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        poolers = project.standard.connection.pooler_hosts
        if not poolers:
            return
        for address in addresses(project):
            hosts = address.hosts
            if not hosts or any(_may_be(host, pooler) for host in hosts for pooler in poolers):
                continue
            yield suspect(
                project, self.code, address.scope, address.at, address.end, shape=address.shape,
                message=f"goes to {shown(hosts[0])} instead of the pooler "
                f"({', '.join(poolers)})",
                matched=address.what, priority="high",
            )  # fmt: skip


def _may_be(address: Text, pooler: str) -> bool:
    """Whether an address, of which parts may not be known, can be the pooler's."""
    host, port = _host(address)
    wanted, _, wanted_port = pooler.partition(":")
    if wanted_port not in ("", "*") and port is not None and port != wanted_port:
        return False
    if is_known(host):
        return fnmatchcase(shown(host).lower(), wanted.lower())
    if "*" not in wanted:
        return may_match(host, (wanted, ""))
    return may_match(host, (wanted.partition("*")[0], wanted.rpartition("*")[2]))


def _host(address: Text) -> tuple[Text, str | None]:
    """The host and its port; ``None`` for a port that is not known."""
    whole: list[str | Gap] = []
    for index, part in enumerate(address):
        if isinstance(part, str) and ":" in part:
            before, _, port = part.partition(":")
            if before:
                whole.append(before)
            rest = address[index + 1 :]
            port += "".join(each for each in rest if isinstance(each, str))
            return tuple(whole), port if port.isdigit() and is_known(rest) else None
        whole.append(part)
    return tuple(whole), None
