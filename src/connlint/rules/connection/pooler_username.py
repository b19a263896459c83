"""DBC401: a user name does not have the form that the standard demands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.model.connections.texts import Text, is_known, shown
from connlint.rules.base import Rule
from connlint.rules.connection.addresses import addresses, may_match
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project

_GAP = re.compile(r"\[[^\]]*\]")


class PoolerUsername(Rule):
    """User names in URLs and connect calls that the pooler would not know."""

    code = "DBC401"
    severity = "error"
    needs = ("connection.username",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        wanted = project.standard.connection.username
        if not wanted:
            return
        pieces = _GAP.split(wanted)
        for address in addresses(project):
            users = [user for user in address.usernames if user]
            if not users or any(_may_be(wanted, pieces, user) for user in users):
                continue
            yield suspect(
                project, self.code, address.scope, address.at, address.end, shape=address.shape,
                message=f"the user name {shown(users[0])} is not of the form {wanted}",
                matched=address.what, priority="high",
            )  # fmt: skip


def _may_be(wanted: str, pieces: list[str], user: Text) -> bool:
    """Whether a user name, of which parts may not be known, can be of the wanted form."""
    if len(pieces) == 1 and is_known(user):
        return shown(user) == wanted
    return may_match(user, (pieces[0], pieces[-1] if len(pieces) > 1 else ""))
