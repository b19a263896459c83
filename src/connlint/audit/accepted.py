"""The standard in, the ways of connecting that it accepts out: who uses which, and who commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from connlint.audit.advice import Advice, usage_of
from connlint.audit.wording import listed
from connlint.model.project import Project
from connlint.model.providers import Provider

_EVERYBODY = "everything else"


class Accepted(msgspec.Struct, frozen=True):
    """A way of getting a session. ``form`` is how it is written, ``source`` the dotted name behind
    it (empty: a parameter), ``transaction`` says who ends the transaction."""

    who: str
    form: str
    source: str
    transaction: str


def find_accepted(project: Project) -> tuple[Accepted, ...]:
    """The ways that the standard names and the project defines."""
    return tuple(_rows(project))


def _rows(project: Project) -> Iterator[Accepted]:
    standard = project.standard
    sessions = standard.sessions
    advice = Advice(project)
    known = {*sessions.dependencies, *sessions.task_providers}
    yield from _of(advice, "routes", sessions.dependencies)
    services = [role for role in ("service", "repository") if standard.roles.get(role)]
    if services:
        form = "a parameter: the session that they are given"
        yield Accepted(
            listed(_PLURALS[role] for role in services), form, "", "whoever opened the session"
        )
    yield from _of(advice, "background tasks", sessions.task_providers)
    rest = [name for name in sessions.providers if name not in known]
    yield from _of(advice, _EVERYBODY if known else "everything", rest)
    if sessions.owners:
        owners = listed(f"`{owner}`" for owner in sessions.owners)
        yield Accepted(f"owners: {owners}", "engines, factories and providers", "", "they decide")


_PLURALS = {"service": "services", "repository": "repositories"}


def _of(advice: Advice, who: str, names: Sequence[str]) -> Iterator[Accepted]:
    for name in names:
        provider = advice.provider(name)
        if provider is not None:
            yield Accepted(who, f"`{usage_of(provider)}`", provider.name, _transaction(provider))


def _transaction(provider: Provider) -> str:
    """Who ends the transaction of a session from a provider."""
    if provider.commits:
        return "leaving it commits" + (", an error rolls back" if provider.rolls_back else "")
    return "whoever uses it"
