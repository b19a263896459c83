"""Ways to a session in, the names out under which code passes sessions and connection settings on:
``sessions.names`` and ``sessions.parameter-bundles``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from connlint.detect.detection import Choice
from connlint.detect.groups import counted
from connlint.detect.search import Search
from connlint.facts import types as f
from connlint.model.name_parts import dotted
from connlint.model.names import Module, ScopeId, walk

NAMES = "sessions.names"
PARAMETER_BUNDLES = "sessions.parameter-bundles"

_ENOUGH = 2
"""A name that fewer functions use so is no habit."""


class Parameters:
    """Finds the names of parameters that carry sessions or settings."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._program = search.program
        self._modules = search.uses.modules

    def choices(self) -> Iterator[Choice]:
        """Names beyond the usual ones, if there are any, and the bundles."""
        usual = self._program.standard.sessions.names
        found = {
            name: count for name, count in self._session_names(usual).items() if count >= _ENOUGH
        }
        if found:
            for name in usual:
                yield Choice(NAMES, name, "holds a session in most code bases")
            for name in sorted(found, key=lambda each: (-found[each], each)):
                uses = counted(found[name], "function")
                yield Choice(
                    NAMES, name, f"{uses} without annotation use it as a session", "likely"
                )
        for name, count in self._bundles().items():
            yield Choice(
                PARAMETER_BUNDLES,
                name,
                f"{counted(count, 'function')} take connection settings in it",
                "likely",
            )

    def _session_names(self, usual: tuple[str, ...]) -> Counter[str]:
        """The names that sessions are bound to and that parameters without annotation have too."""
        bound = self._bound_names() - set(usual)
        found: Counter[str] = Counter()
        if not bound:
            return found
        for module in self._modules:
            for number, scope in enumerate(module.facts.scopes):
                for param in scope.params:
                    if param.name in bound and param.annotation is None:
                        found[param.name] += self._program.used_as_session(
                            module, number, param.name
                        )
        return found

    def _bound_names(self) -> set[str]:
        """The names to which the code binds the sessions that it opens."""
        scopes: dict[ScopeId, set[str]] = {}
        for target in self._search.ways:
            for place in self._search.openings.get(target, ()):
                scopes.setdefault(place.scope_id, set()).add(place.text)
        return {
            name
            for (module, scope), texts in scopes.items()
            for name in _bound_to(self._program.modules[module].body(scope), texts)
        }

    def _bundles(self) -> Counter[str]:
        """Parameters that are unpacked into the call that connects."""
        found: Counter[str] = Counter()
        names: set[str] = set()
        for site in self._search.sites:
            params = {param.name for param in site.module.facts.scopes[site.scope].params}
            for keyword in site.call.keywords:
                if keyword.name is None and dotted(keyword.value) in params:
                    names.add(dotted(keyword.value))
        for name in sorted(names - _ANY):
            found[name] = sum(_takes(module, name) for module in self._modules)
        return Counter({name: count for name, count in found.items() if count >= _ENOUGH})


_ANY = frozenset({"kwargs", "kw", "options", "args", "params", "keywords", "extra"})
"""Names that say nothing about what is in them."""


def _takes(module: Module, name: str) -> int:
    """How many functions of a module have a plain parameter of this name."""
    return sum(
        param.name == name and param.kind in "pok"
        for scope in module.facts.scopes
        for param in scope.params
    )


def _bound_to(body: f.Body, texts: set[str]) -> Iterator[str]:
    """The names that a body binds to calls of ``texts``."""
    for statement in walk(body):
        if isinstance(statement, f.With):
            pairs = [(item.target, item.context) for item in statement.items]
        elif isinstance(statement, f.Assign):
            pairs = [(target, statement.value) for target in statement.targets]
        else:
            continue
        for target, value in pairs:
            call = value.value if isinstance(value, f.Await) else value
            if (
                isinstance(target, f.Name)
                and isinstance(call, f.Call)
                and dotted(call.func) in texts
            ):
                yield target.id
