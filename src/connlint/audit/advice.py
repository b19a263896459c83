"""Findings in, what is wrong at the connection point they stand at, and what is wanted, out."""

from __future__ import annotations

from connlint.audit.points import Place
from connlint.audit.wording import listed, sentence, some
from connlint.findings import Finding
from connlint.model.named_providers import providers_named
from connlint.model.project import Project
from connlint.model.providers import Provider

_MOST_OWNERS = 3
_OPENING = frozenset({"DBC101", "DBC102", "DBC103", "DBC104", "DBC105"})
_WANTED = {
    "DBC107": "No settings: what runs there opens a session of its own.",
    "DBC112": "Return it once, on every path.",
    "DBC203": "Write inside a `begin()` block of the session: leaving it commits.",
    "DBC204": "Leave the transaction to the block that began it.",
    "DBC205": "No commit here: leaving the block commits.",
    "DBC206": "Roll the session back in this handler, or let the error pass.",
    "DBC207": "Raise it again, or return or store that it failed.",
    "DBC208": "Await it.",
    "DBC407": "Compare the mode that it answers with the one that was asked for.",
    "DBC410": "Take the lock that guards it elsewhere.",
}
"""What is wanted where the finding's message only says what is wrong."""
_EXPLAINED = frozenset({"DBC206", "DBC207"})
"""Rules whose messages say behind a colon what is wanted or why."""
_FORMS = {
    "context-manager": "with {name}() as {held}:",
    "async-context-manager": "async with {name}() as {held}:",
    "generator": "{held} = Depends({name})",
    "async-generator": "{held} = Depends({name})",
    "function": "{held} = {name}()",
    "coroutine": "{held} = await {name}()",
    "scoped": "{name}",
    "decorator": "@{name}",
    "unknown": "{name}",
}


class Advice:
    """What a place should be instead, in the words of the standard."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, Provider | None] = {}

    def remedy(self, finding: Finding, place: Place) -> str:
        """What is wanted in place of what the finding is about; empty when nothing says it."""
        if finding.code == "DBC104":
            return self._owned_engine() or "An engine that an owner module makes."
        if finding.code in _OPENING and (form := self._provider_form(finding, place)):
            return form
        return self._demanded(finding.code) or wanted_by(finding)

    def _demanded(self, code: str) -> str:
        """What the standard demands of connections, for a rule that holds them against it."""
        wanted = self._project.standard.connection
        if code == "DBC401":
            return f"A user name of the form `{wanted.username}`."
        if code == "DBC402":
            return f"Verification of the server's certificate {wanted.ssl_verify}."
        if code == "DBC404":
            return f"{listed((f'`{each}`' for each in wanted.pooler_hosts), 'or')}."
        if code == "DBC406":
            pairs = (f"`{name}={value!r}`" for name, value in wanted.engine_arguments.items())
            return f"{listed(pairs)}."
        return ""

    def form_for(self, place: Place) -> str:
        """How the provider that suits the place is used; empty without one."""
        provider = self.provider_for(place)
        if provider is None:
            return ""
        return f"`{usage_of(provider)}`"

    def _provider_form(self, finding: Finding, place: Place) -> str:
        provider = self.provider_for(place)
        form = self.form_for(place)
        if provider is None:
            return ""
        if finding.code == "DBC102":
            called = _called(provider)
            module = provider.name[: -len(called) - 1]
            return f"`from {module} import {called.partition('.')[0]}`"
        return f"Nothing here: callers use {form}" if finding.code == "DBC103" else form

    def _owned_engine(self) -> str:
        """Where the standard has its engine made, in words."""
        owners = sorted(
            self._project.path(scope)
            for scope, operation in self._project.operations()
            if operation.effect.kind == "define-engine" and self._project.is_owner(scope[0])
        )
        paths = list(dict.fromkeys(owners))
        if len(paths) > _MOST_OWNERS:
            return f"The engine of an owner module ({some(paths, _MOST_OWNERS)})."
        return f"The engine of {listed(paths, 'or')}." if paths else ""

    def provider_for(self, place: Place) -> Provider | None:
        """The provider that suits the place: a route's dependency, a task's own, else the first."""
        sessions = self._project.standard.sessions
        names = sessions.providers
        if place.role == "router" and sessions.dependencies:
            names = (*sessions.dependencies, *sessions.providers)
        elif place.role == "task":
            names = (*sessions.task_providers, *sessions.providers)
        known = [each for name in names if (each := self.provider(name)) is not None]
        module = self._project.module(place.scope[0])
        is_async = module.facts.scopes[place.scope[1]].is_async
        fitting = [each for each in known if each.is_async == is_async]
        return next(iter(fitting or known), None)

    def provider(self, dotted: str) -> Provider | None:
        """A provider of the standard by name; ``None`` when the project does not define it."""
        if dotted not in self._known:
            found = providers_named(self._project.engine, dotted)
            self._known[dotted] = next(found, None)
        return self._known[dotted]


def usage_of(provider: Provider) -> str:
    """How a session is got from a provider, as it is written."""
    return _FORMS[provider.shape].format(name=_called(provider), held="session")


def _called(provider: Provider) -> str:
    """How a provider is called: by its name, a method with its class or object."""
    return provider.name.removeprefix(f"{provider.module}.")


def wanted_by(finding: Finding) -> str:
    """What is wanted in place of what a finding is about, wherever it stands; empty when nothing
    says it."""
    if known := _WANTED.get(finding.code):
        return known
    _, semicolon, wanted = finding.message.rpartition("; ")
    if semicolon:
        return sentence(wanted)
    return sentence(finding.proposal.title) if finding.proposal else ""


def complaint(finding: Finding) -> str:
    """What is wrong, as the finding's message says it, without the remedy."""
    message = finding.message.replace(".<locals>", "")
    what, semicolon, _ = message.rpartition("; ")
    if semicolon:
        return what
    return message.partition(": ")[0] if finding.code in _EXPLAINED else message
