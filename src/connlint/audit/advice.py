"""Findings in, what they mean for the connection point they stand at out: verdict and remedy."""

from __future__ import annotations

from connlint.audit.points import WORST_FIRST, Place, PointVerdict
from connlint.audit.wording import listed, sentence
from connlint.findings import Finding
from connlint.model.project import Project
from connlint.model.providers import Provider, provider_of

_VERDICTS: dict[str, PointVerdict] = {
    "DBC201": "remove",
    "DBC205": "remove",
    "DBC301": "move",
    "DBC303": "move",
    "DBC304": "move",
    "DBC302": "batch",
    "DBC307": "batch",
}
_OPENING = frozenset({"DBC101", "DBC102", "DBC103", "DBC104", "DBC105"})
_FORMS = {
    "context-manager": "with {name}() as {held}:",
    "async-context-manager": "async with {name}() as {held}:",
    "generator": "{held} = Depends({name})",
    "async-generator": "{held} = Depends({name})",
    "function": "{held} = {name}()",
    "coroutine": "{held} = await {name}()",
    "scoped": "{name}",
}


def verdict_of(finding: Finding) -> PointVerdict:
    """What a finding asks for at the place where it stands."""
    return _VERDICTS.get(finding.code, "fix")


def decisive(findings: list[Finding]) -> Finding:
    """The finding that speaks for a place: the one whose remedy saves most."""
    return min(findings, key=lambda each: (WORST_FIRST.index(verdict_of(each)), each.code))


class Advice:
    """What a place should be instead, in the words of the standard."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, Provider | None] = {}

    def remedy(self, finding: Finding, place: Place) -> str:
        """What is wanted in place of what the finding is about; empty when nothing says it."""
        if finding.code == "DBC104" and (engine := self._owned_engine()):
            return engine
        if finding.code in _OPENING and (form := self._provider_form(finding, place)):
            return form
        _, semicolon, wanted = finding.message.rpartition("; ")
        if semicolon:
            return sentence(wanted)
        return sentence(finding.proposal.title) if finding.proposal else ""

    def form_for(self, place: Place) -> str:
        """How the provider that suits the place is used; empty without one."""
        provider = self.provider_for(place)
        if provider is None:
            return ""
        return f"`{_FORMS[provider.shape].format(name=_called(provider), held='session')}`"

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
        return f"The engine of {listed(dict.fromkeys(owners), 'or')}." if owners else ""

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
            targets = self._project.targets(dotted)
            target = next((each for each in targets if each.kind == "function"), None)
            self._known[dotted] = (
                provider_of(self._project.engine, (target.module, target.scope))
                if target is not None
                else None
            )
        return self._known[dotted]


def _called(provider: Provider) -> str:
    """How a provider is called: by its name, a method with its class."""
    *_, owner, name = ["", *provider.name.split(".")]
    return f"{owner}.{name}" if owner[:1].isupper() else name


def complaint(finding: Finding) -> str:
    """What is wrong, as the finding's message says it, without the remedy."""
    what, semicolon, _ = finding.message.rpartition("; ")
    return what if semicolon else finding.message
