"""A place without findings in, whether it may stay and why out.

``review`` is for what the analysis can't decide: states that meet where paths join, a commit
without a write that it can see, slow work in the loop around a commit.
"""

from __future__ import annotations

from collections.abc import Sequence

from connlint.audit.advice import Advice
from connlint.audit.configured import Addresses
from connlint.audit.content import Contents, in_words, written
from connlint.audit.points import Place, PointVerdict
from connlint.audit.wording import entry_title, listed, some
from connlint.facts import types as f
from connlint.findings import Finding
from connlint.location import pack
from connlint.model.effects import Operation
from connlint.model.entry_points import EntryPoint
from connlint.model.expressions import calls_in
from connlint.model.names import ScopeId
from connlint.model.project import Project
from connlint.model.providers import Provider

Judgement = tuple[PointVerdict, str]
_FREE_ROLES = {"test": "test code", "migration": "a migration", "owner": "an owner module"}


class Reasons:
    """Judges places that no finding is about."""

    def __init__(
        self,
        project: Project,
        contents: Contents,
        advice: Advice,
        findings: Sequence[Finding],
    ) -> None:
        """``findings`` are those that stand at connection points."""
        self._project = project
        self._elsewhere: dict[str, Finding] = {}
        for finding in findings:
            if finding.code == "DBC101":
                self._elsewhere.setdefault(finding.matched, finding)
                self._elsewhere.setdefault(f"{finding.path}:{finding.matched}", finding)
            elif finding.code == "DBC103":
                self._elsewhere.setdefault(finding.path, finding)
        self._addresses = Addresses(project)
        self.contents = contents
        self.advice = advice
        self._vocabulary = project.engine.vocabulary
        self._calls: dict[tuple[str, str, int], list[tuple[ScopeId, Operation]]] = {}
        for scope, operation in project.operations():
            if operation.effect.kind == "commit" and not operation.own:
                self._calls.setdefault(operation.effect.place, []).append((scope, operation))

    def judge(self, place: Place, around: Sequence[Place]) -> Judgement:
        """The verdict and its reason; ``around`` are the places of the same function."""
        kind = place.kind
        if kind == "commit" or "commit" in place.at_exit:
            return self._commit(place, around)
        if kind == "acquire":
            return self._acquire(place)
        if kind in ("define", "import", "configure"):
            return "keep", self._definition(place)
        if kind == "write":
            return "keep", self._write(place, around)
        if kind == "read":
            return "keep", self._read(place)
        return "keep", _PLAIN[kind] if kind != "rollback" else _rollback(place)

    # opening and defining

    def _acquire(self, place: Place) -> Judgement:
        name = place.provider.rpartition(".")[2]
        provider = self.advice.provider(place.provider)
        if self._project.is_provider(place.provider):
            how = "injected by" if place.session.startswith("p:") else "taken from"
            return "keep", f"{how} `{name}`, as the standard wants{_life(provider)}"
        opened = f"opened through `{name}`" if name else "opened here"
        if self._project.is_owner(place.scope[0]):
            return "keep", f"{opened} in an owner module, which may do so"
        if place.role in _FREE_ROLES:
            return "keep", f"{opened} in {_FREE_ROLES[place.role]}, which may open its own"
        causes = (self._path_of(place.provider), f"{place.path}:{place.provider}", place.provider)
        cause = next((self._elsewhere[key] for key in causes if key in self._elsewhere), None)
        if cause is not None:
            where = f"{cause.path}:{cause.span.line}"
            return "fix", f"{opened}; the violation is reported at {where} ({cause.code})"
        return "keep", f"{opened}, which the standard does not forbid here"

    def _path_of(self, dotted: str) -> str:
        """The file of the module that a dotted name is in; empty outside the project."""
        module = dotted.rpartition(".")[0]
        known = self._project.program.modules.get(module)
        return known.path if known is not None else ""

    def _definition(self, place: Place) -> str:
        provider = self.advice.provider(place.provider)
        if place.kind == "define" and self._project.is_provider(place.provider):
            shape = provider.shape.replace("-", " ") if provider else "class"
            article = "an" if shape[0] in "aeiou" else "a"
            return f"the standard's provider, {article} {shape}{_life(provider)}"
        what = {"define": "defined", "import": "imported"}.get(place.kind, "set")
        if address := self._addresses.at(place.scope, place.span):
            what = f"the address of a database ({address}),"
        if self._project.is_owner(place.scope[0]):
            return f"{what} in an owner module"
        if place.role in _FREE_ROLES:
            return f"{what} in {_FREE_ROLES[place.role]}"
        return f"{what} where the standard does not forbid it"

    # reading and writing

    def _read(self, place: Place) -> str:
        words = in_words(t for t in self.contents.of(place.scope, place.span) if t.verb == "reads")
        return f"{words}; reading commits nothing" if words else "a read, which commits nothing"

    def _write(self, place: Place, around: Sequence[Place]) -> str:
        words = in_words(written(self.contents.of(place.scope, place.span))) or "a write"
        commit = next(
            (
                each
                for each in around
                if each.session == place.session
                and (each.kind == "commit" or "commit" in each.at_exit)
                and (each.span >= place.span or each.extent.end_line >= place.span.line)
            ),
            None,
        )
        if commit is not None and commit.kind == "commit":
            return f"{words}; saved by the commit in line {commit.span.line}"
        if commit is not None:
            return f"{words}; saved when the block of line {commit.span.line} ends"
        if place.session.startswith("p:"):
            return f"{words}; whoever owns the session `{place.session[2:]}` saves it"
        return f"{words}; no commit of it is seen in this function"

    # committing

    def _commit(self, place: Place, around: Sequence[Place]) -> Judgement:
        if place.kind != "commit" and not place.writes and not _writes_inside(place, around):
            if place.kind == "acquire":
                return self._acquire(place)
            return "keep", "nothing is written in this block, so its end commits nothing"
        by_states = self.by_states(place)
        if by_states is not None:
            return by_states
        if place.after_yield and self._hands_out(place):
            return "keep", "saves what was done with the session that is handed out here"
        if place.kind == "commit" and not place.writes and self._wraps(place):
            return "keep", "saves what the function has written that is wrapped here"
        if place.kind == "commit" and not place.writes and not place.persists:
            return "review", (
                "no write is seen on this session before the commit, so it may be unnecessary"
            )
        if place.is_slow:
            return "review", (
                "each round of the loop also waits for other work, so a commit for each round "
                "may be right"
            )
        return "keep", self._what_is_saved(place)

    def _hands_out(self, place: Place) -> bool:
        """Whether the function around gives a session to its callers."""
        given = self._project.engine.provided_by_scope(place.scope)
        return any(self._project.program.is_session(value) for value in given)

    def _wraps(self, place: Place) -> bool:
        """Whether a nested function calls what the one around it is given, as decorators do."""
        module = self._project.module(place.scope[0])
        scopes = module.facts.scopes
        around = scopes[scopes[place.scope[1]].parent]
        given = {param.name for param in around.params}
        return around.kind == "function" and any(
            isinstance(call.func, f.Name) and call.func.id in given
            for call in calls_in(module.body(place.scope[1]))
        )

    def is_lasting(self, place: Place) -> bool:
        """Whether every state that the entity may have here is known, and one to persist."""
        persisted = self._vocabulary.persist
        if not self._vocabulary.enabled or not place.states or None in place.states:
            return False
        return all(
            state in persisted if persisted else not self._vocabulary.is_transient(state)
            for state in place.states
        )

    def by_states(self, place: Place) -> Judgement | None:
        """What the known states say; ``None`` when they say nothing."""
        if not place.states or not self._vocabulary.enabled:
            return None
        known = [state for state in place.states if state is not None]
        passing = [state for state in known if self._vocabulary.is_transient(state)]
        lasting = [state for state in known if state not in passing]
        if place.role in self._project.standard.states.exempt_roles and known:
            return "keep", (
                f"the state is {listed(known, 'or')}; the standard lets a {place.role} commit in "
                "any state"
            )
        if None not in place.states and not passing:
            how = "which the standard persists"
            if not self.is_lasting(place):
                how = "which the standard does not call transient"
            return "keep", f"the state is {listed(lasting, 'or')}, {how}"
        if not known:
            return self._by_callers(place)
        if passing and lasting:
            return "review", (
                f"the state is {listed(passing, 'or')} on one path and {listed(lasting, 'or')} on "
                "another one when both meet here"
            )
        if not passing:
            return "review", (
                f"the state is {listed(lasting, 'or')}, which the standard persists, or one that "
                "the analysis does not know"
            )
        rest = " or one that the analysis does not know" if None in place.states else ""
        return "review", f"the state is {listed(passing, 'or')}{rest}, which is not persisted"

    def _by_callers(self, place: Place) -> Judgement:
        """A commit whose state is whatever the callers say."""
        key = ("commit", place.scope[0], _packed(place))
        passed: dict[str, None] = {}
        unknown = 0
        for _, operation in self._calls.get(key, ()):
            for state in operation.effect.states or {None}:
                if state is None:
                    unknown += 1
                else:
                    passed[state] = None
        if self._project.engine.is_persist_function(place.symbol):
            return "keep", "the persist function of the standard: its calls are judged one by one"
        if passed and not unknown:
            states = listed(sorted(passed))
            return "keep", f"the callers say the state ({states}) and are judged for it"
        if not place.states:
            return "keep", self._what_is_saved(place)
        return "review", "the state is one that the analysis does not know"

    def _what_is_saved(self, place: Place) -> str:
        extent = None if place.kind == "commit" else place.extent
        words = in_words(written(self.contents.on(place.session, place.scope, extent)))
        return f"{self._asked_by(place)}: {words or 'writes to the database'}"

    def _asked_by(self, place: Place) -> str:
        """Who wants what is committed here."""
        entries = self._project.entry_points_of(place.scope)
        if not entries:
            if place.role in _OWN_WORK:
                return f"the {place.role}'s own work"
            whose = f"{place.role} code" if place.role else "a function"
            return f"{whose} that no known entry point reaches"
        if all(entry.kind == "route" for entry in entries):
            return f"user-initiated ({some([entry.name for entry in entries], 2)})"
        return f"wanted by {some([named(entry) for entry in entries], 2)}"


def named(entry: EntryPoint) -> str:
    """An entry point in words."""
    return entry_title(entry.kind, entry.name)


_OWN_WORK = frozenset({"script", "migration", "test", "task"})
_PLAIN = {
    "begin": "starts a transaction",
    "flush": "sends what is pending to the database, inside the transaction",
    "close": "gives the connection back",
}


def _rollback(place: Place) -> str:
    if place.in_handler:
        return "takes back what was pending after an error"
    return "ends the transaction without saving anything"


def _life(provider: Provider | None) -> str:
    if provider is None:
        return ""
    ends = [
        word
        for does, word in (
            (provider.commits, "commits"),
            (provider.rolls_back, "rolls back on an error"),
            (provider.closes, "closes"),
        )
        if does
    ]
    return f"; it {listed(ends)} at the end" if ends else ""


def _writes_inside(place: Place, around: Sequence[Place]) -> bool:
    return any(
        each.kind == "write" and each.session == place.session
        and place.span.line <= each.span.line <= place.extent.end_line
        for each in around
    )  # fmt: skip


def _packed(place: Place) -> int:
    return pack(place.span.line, place.span.column)
