"""Connection settings that are handed to a function in, every place that has to change for that to
end, as the intent of a fix, out.

The function loses its parameter, each call of it the argument, and what it hands on in turn goes
the same way. One call that is not known, and nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.findings import FixIntent, FixPart
from connlint.location import line_of, span_between
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.expressions import calls_in, descend, end_of, expressions_of
from connlint.model.name_parts import last_name
from connlint.model.names import walk

if TYPE_CHECKING:
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_PLAIN = frozenset({"builtins.staticmethod", "builtins.classmethod"})


class _Unknown(Exception):  # noqa: N818  (an answer, not an error)
    """Why not every place is known, in words for the user."""


class Taken(NamedTuple):
    """A parameter of a function."""

    scope: ScopeId
    param: str


class _Call(NamedTuple):
    """A call of a function: what it hands over behind ``first``, to the parameters from ``own``."""

    scope: ScopeId
    node: f.Call
    first: int
    own: int


def handing_intent(
    project: Project, scope: ScopeId, call: f.Call, argument: f.Expr, name: str
) -> FixIntent:
    """The rewrite that no longer hands ``argument`` over in ``call``."""
    places = _Places(project)
    parts: tuple[FixPart, ...] = ()
    obstacle = ""
    try:
        places.follow(scope, call, argument)
        parts = tuple(each for each in places.parts(scope, argument))
    except _Unknown as reason:
        obstacle = str(reason)
    return FixIntent(
        kind="remove-argument",
        safety="unsafe",
        title=f"hand over no {name}",
        data={"part": "argument"},
        obstacle=obstacle,
        parts=parts,
    )


class _Places:
    """The parameters that go, and the arguments in the calls of their functions."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self._taken: dict[Taken, None] = {}
        self._arguments: dict[tuple[ScopeId, int, int], f.Name | f.Attr] = {}
        self._calls_changed: set[tuple[ScopeId, int]] = set()

    def follow(self, scope: ScopeId, call: f.Call, argument: f.Expr) -> None:
        """Find every place that changes with one argument; raises :class:`_Unknown`."""
        found = [
            taken
            for function, each in self._started(scope, call)
            if (taken := self._receiving(function, each, argument))
        ]
        if not found:
            raise _Unknown("it can't be told which parameter it is for")
        stack = list(found)
        while stack:
            taken = stack.pop()
            if taken not in self._taken:
                if any(taken.scope == each.scope for each in self._taken):
                    raise _Unknown(f"{self._project.symbol(taken.scope)} takes it twice")
                self._taken[taken] = None
                self._note_calls(taken)
                stack += self._handed_on(taken)

    def parts(self, scope: ScopeId, argument: f.Expr) -> Iterator[FixPart]:
        """All places but the argument itself."""
        for (owner, at, end), _ in self._arguments.items():
            if (owner, at) != (scope, _at(argument)):
                yield self._part(owner, at, end, "argument")
        for taken in self._taken:
            for param in self._facts(taken.scope).params:
                if param.name == taken.param:
                    yield self._part(taken.scope, param.at, param.end, "parameter")
        yield from self._sources()

    def _sources(self) -> Iterator[FixPart]:
        """The parameters of routes and commands that were only there to be handed on."""
        wanted = {
            (owner, node.id) for (owner, _, _), node in self._arguments.items()
            if isinstance(node, f.Name)
        }  # fmt: skip
        for owner, name in sorted(wanted):
            is_entry = any(
                (each.module, each.scope) == owner and each.kind == "route"
                for each in self._project.entry_points_of(owner)
            )
            for param in self._facts(owner).params if is_entry else ():
                if param.name == name and Taken(owner, name) not in self._taken:
                    yield self._part(owner, param.at, param.end, "source")

    def _part(self, scope: ScopeId, at: int, end: int, part: str) -> FixPart:
        return FixPart(self._project.path(scope), span_between(at, end), {"part": part})

    def _facts(self, scope: ScopeId) -> f.Scope:
        return self._program.modules[scope[0]].facts.scopes[scope[1]]

    # calls

    def _started(self, scope: ScopeId, call: f.Call) -> Iterator[tuple[ScopeId, _Call]]:
        """The functions that a call runs, now or later, and how it hands them arguments."""
        anywhere = self._project.engine.anywhere
        for value in anywhere(scope, call.func):
            if isinstance(value, v.Func):
                yield (value.module, value.scope), _Call(scope, call, 0, self._own(value))
            elif self._program.callable_name(value) in self._program.catalog.spawns:
                for index, argument in enumerate(call.args):
                    for inner in anywhere(scope, argument):
                        if isinstance(inner, v.Func):
                            function = (inner.module, inner.scope)
                            yield function, _Call(scope, call, index + 1, self._own(inner))

    def _own(self, value: v.Func) -> int:
        """How many parameters the call itself fills: the receiver of a method."""
        module = self._program.modules[value.module]
        is_bound = value.receiver is not None
        return int(is_bound and self._program.receiver(module, value.scope) is not None)

    def _receiving(self, function: ScopeId, call: _Call, argument: f.Expr) -> Taken | None:
        for param in self._facts(function).params:
            if self._argument(function, call, param.name) is argument:
                return Taken(function, param.name)
        return None

    def _argument(self, function: ScopeId, call: _Call, name: str) -> f.Expr | None:
        """What a call hands to a parameter; raises :class:`_Unknown` when that can't be told."""
        params = self._facts(function).params
        where = f"line {line_of(call.node.at)} of {self._project.path(call.scope)}"
        if any(isinstance(each, f.Starred) for each in call.node.args) or any(
            keyword.name is None for keyword in call.node.keywords
        ):
            raise _Unknown(f"{where} hands arguments over with a star")
        for keyword in call.node.keywords:
            if keyword.name == name:
                return keyword.value
        usual = [param.name for param in params if param.kind in "po"][call.own :]
        index = usual.index(name) if name in usual else len(call.node.args)
        rest = call.node.args[call.first :]
        return rest[index] if index < len(rest) else None

    def _note_calls(self, taken: Taken) -> None:
        """Note the argument in each call of a function; raises :class:`_Unknown`."""
        facts = self._facts(taken.scope)
        symbol = self._project.symbol(taken.scope)
        module = self._program.modules[taken.scope[0]]
        known = self._program.decorator_names(module, taken.scope[1])
        if len(known) < len(facts.decorators) or set(known) - _PLAIN:
            raise _Unknown(f"{symbol} is decorated, so that not all calls of it are known")
        self._check_overrides(taken.scope, symbol)
        for other in self._program.modules.values():
            for number in range(len(other.facts.scopes)):
                if facts.name.encode() in other.facts.bodies[number]:
                    self._calls_in((other.name, number), taken, symbol)

    def _calls_in(self, scope: ScopeId, taken: Taken, symbol: str) -> None:
        called: set[int] = set()
        for node in calls_in(self._program.modules[scope[0]].body(scope[1])):
            for function, call in self._started(scope, node):
                if function != taken.scope:
                    continue
                called.add(_at(node.func))
                called.update(map(_at, node.args[: call.first]))
                argument = self._argument(taken.scope, call, taken.param)
                if argument is not None:
                    self._note(scope, node, argument)
        self._check_mentions(scope, taken.scope, called, symbol)

    def _note(self, scope: ScopeId, call: f.Call, argument: f.Expr) -> None:
        where = f"line {line_of(call.at)} of {self._project.path(scope)}"
        if not isinstance(argument, (f.Name, f.Attr)):
            raise _Unknown(f"{where} hands over what is worked out there")
        key = (scope, _at(argument), end_of(argument))
        if key not in self._arguments:
            if (scope, call.at) in self._calls_changed:
                raise _Unknown(f"{where} hands it over twice")
            self._calls_changed.add((scope, call.at))
            self._arguments[key] = argument

    def _check_mentions(
        self, scope: ScopeId, function: ScopeId, called: set[int], symbol: str
    ) -> None:
        """Raise :class:`_Unknown` when the function is mentioned there without being called."""
        name = self._facts(function).name
        body = self._program.modules[scope[0]].body(scope[1])
        for statement in walk(body):
            for expression in expressions_of(statement):
                for node in descend(expression):
                    if not isinstance(node, (f.Name, f.Attr)) or last_name(node) != name:
                        continue
                    values = self._project.engine.anywhere(scope, node)
                    is_it = any(
                        isinstance(each, v.Func) and (each.module, each.scope) == function
                        for each in values
                    )
                    is_open = not values or any(v.is_unknown(each) for each in values)
                    if (is_it or is_open) and _at(node) not in called:
                        line = line_of(_at(node))
                        path = self._project.path(scope)
                        raise _Unknown(f"{symbol} may be called otherwise: line {line} of {path}")

    def _check_overrides(self, function: ScopeId, symbol: str) -> None:
        facts = self._facts(function)
        parent = facts.parent
        scopes = self._program.modules[function[0]].facts.scopes
        if not parent or scopes[parent].kind != "class":
            return
        owner = ClassId(function[0], parent)
        hierarchy = self._program.hierarchy
        line = (*hierarchy.ancestors(owner), *hierarchy.subclasses(owner))
        for each in line:
            if each != owner and hierarchy.own_member(each, facts.name) is not None:
                raise _Unknown(f"{symbol} overrides another method, or is overridden")

    # what the function does with it

    def _handed_on(self, taken: Taken) -> list[Taken]:
        """The parameters that a function hands its own parameter on to."""
        found: list[Taken] = []
        body = self._program.modules[taken.scope[0]].body(taken.scope[1])
        for node in calls_in(body):
            handed = [*node.args, *(keyword.value for keyword in node.keywords)]
            for argument in handed:
                if isinstance(argument, f.Name) and argument.id == taken.param:
                    found += [
                        inner
                        for function, call in self._started(taken.scope, node)
                        if (inner := self._receiving(function, call, argument))
                    ]
        return found


def _at(node: f.Expr) -> int:
    at: int = getattr(node, "at", -1)
    return at
