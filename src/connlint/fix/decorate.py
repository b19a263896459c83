"""A function that opens its session in, the same function under a provider that decorates it out.

The session becomes a parameter, which the decorator hands over; nothing changes for its callers.
From then on it lives as long as the function runs: so nothing may come before or after it that
would notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from connlint.fix.access import Access, library, provider_access
from connlint.fix.body import check_kept
from connlint.fix.enter import entered_name
from connlint.fix.life import Entered, Finally, Held, Life, held_by, life_of
from connlint.fix.names import binds, parameters
from connlint.fix.outcome import Refused
from connlint.fix.parameters import every_parameter, with_keyword, with_positional
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.quiet import LOGS, call_in, name_called, only_looks
from connlint.fix.rewrite import Rewrite, lift
from connlint.fix.site import Site
from connlint.fix.unwrap import check_only, unwrap_assigned, unwrap_with

_ACTS = (cst.Call, cst.Await, cst.NamedExpr, cst.Yield)
_CONSTANTS = frozenset({"None", "True", "False"})
_BINDERS = frozenset({"classmethod", "staticmethod"})


@dataclass(frozen=True, slots=True)
class Decorator:
    """How a provider decorates.

    ``keyword`` is the parameter that gets the session, or it is number ``behind`` of them.
    ``is_async``: it is for coroutine functions. ``is_called``: it is put on as ``@provide()``.
    ``is_marked``: the function keeps its name. ``depends``: on the arguments, whether it opens one.
    """

    keyword: str
    behind: int
    is_async: bool
    is_called: bool
    is_marked: bool
    depends: bool

    @classmethod
    def of(cls, data: Mapping[str, str]) -> Decorator:
        """Read the decorator from the arguments of an intent."""
        return cls(
            keyword=data.get("passed_as", ""),
            behind=int(data.get("passed_behind", "0")),
            is_async=data.get("decorator_async") == "yes",
            is_called=data.get("decorator_called") == "yes",
            is_marked=data.get("decorator_marks") == "yes",
            depends=data.get("decorator_depends") == "yes",
        )


def decorate(place: Place, site: Site, provider: Provider) -> Rewrite:
    """The rewrite that puts the provider on the function in which ``site`` is.

    Raises :class:`Refused` where that would change what its callers see, or can't be told.
    """
    decorator = Decorator.of(place.data)
    function = place.names.function(site.call)
    if not isinstance(function, cst.FunctionDef):
        raise Refused(f"{provider.name} decorates functions, and this is in none")
    _check_function(function, decorator, provider, place)
    name, result = _without_opening(function, site, decorator, provider, place)
    _add_parameter(name, function, decorator, place, result)
    found = _access(function, site, provider, place)
    if found.request:
        result.imports.append(found.request)
    expression = cst.Call(found.expression) if decorator.is_called else found.expression
    added = cst.Decorator(expression)
    result.changes[function] = lambda new: _decorated(new, added)
    if not decorator.is_marked:
        result.unsafe.append(f"{provider.name} hides the name and the docstring of the function")
    if decorator.depends:
        result.unsafe.append(f"{provider.name} opens a session for some arguments only")
    return result


def _decorated(function: cst.CSTNode, added: cst.Decorator) -> cst.FunctionDef:
    assert isinstance(function, cst.FunctionDef)
    return function.with_changes(decorators=[*function.decorators, added])


def _check_function(
    function: cst.FunctionDef, decorator: Decorator, provider: Provider, place: Place
) -> None:
    """Raise :class:`Refused` unless ``function`` is one that the decorator can wrap."""
    if bool(function.asynchronous) != decorator.is_async:
        kind = "asynchronous" if decorator.is_async else "synchronous"
        raise Refused(f"{provider.name} decorates {kind} functions, and this is none")
    for node in place.tree.inside(function.body):
        if isinstance(node, cst.Yield) and place.names.function(node) is function:
            raise Refused(
                f"the function is a generator, which runs on when {provider.name} is left"
            )
    name = function.name.value
    if name.startswith("__") and name.endswith("__"):
        raise Refused(f"{name} is called by Python itself")
    if function.params.star_kwarg:
        raise Refused("the function takes any keyword, the name of the session's too")
    others = [each for each in function.decorators if _binder(each, place) is None]
    if others:
        line = place.tree.line(others[0])
        raise Refused(f"the function has a decorator already (line {line})")
    owner = place.tree.enclosing(function, cst.FunctionDef, cst.ClassDef, cst.Lambda)
    is_plain = any(_binder(each, place) == "staticmethod" for each in function.decorators)
    behind = int(isinstance(owner, cst.ClassDef) and not is_plain)
    first = [*function.params.posonly_params, *function.params.params]
    if len(first) < max(behind, decorator.behind) or (behind != decorator.behind and (
        not decorator.keyword or decorator.behind > behind
    )):  # fmt: skip
        kind = "a method" if behind else "no method"
        raise Refused(f"the function is {kind}, and {provider.name} would mix up its arguments")


def _binder(decorator: cst.Decorator, place: Place) -> str | None:
    """``staticmethod`` or ``classmethod``, if that is what the decorator is."""
    named = decorator.decorator
    is_own = isinstance(named, cst.Name) and named.value in _BINDERS
    if not is_own or not isinstance(named, cst.Name):
        return None
    every = place.names.occurrences[named.value]
    return None if any(binds(each, place.tree) for each in every) else named.value


def _without_opening(
    function: cst.FunctionDef, site: Site, decorator: Decorator, provider: Provider, place: Place
) -> tuple[str, Rewrite]:
    """The variable that holds the session, and the rewrite that no longer opens it."""
    holder = site.holder
    inits: tuple[cst.BaseStatement, ...] = ()
    if isinstance(holder, cst.Arg):
        raise Refused("the session is closed by an exit stack, which may be closed earlier")
    if isinstance(holder, cst.WithItem):
        statement = place.tree.parent(holder)
        assert isinstance(statement, cst.With)
        name = entered_name(holder, statement, place)[0]
        if not name:
            raise Refused("the session has no name")
        if statement.items[0] is not holder:
            raise Refused("the block opens something else first")
        result = _unwrapped(holder, name, site, decorator, provider, place)
        stretch = _Stretch(function, statement, 1)
    elif site.begins:
        raise Refused("a transaction begun with the session has to be entered with it")
    else:
        held = held_by(holder, place)
        name, inits = held.name, tuple(held.inits)
        stretch = _stretch(function, held, life_of(held, place), place)
        _, _, result = unwrap_assigned(holder, provider, place)
    check_only(name, function, place, inits)
    if place.names.owner_from(function, name) is not function:
        raise Refused("the session is stored in a variable of an outer scope")
    stretch.check(provider, place, result)
    return name, result


def _unwrapped(
    item: cst.WithItem,
    name: str,
    site: Site,
    decorator: Decorator,
    provider: Provider,
    place: Place,
) -> Rewrite:
    """The body of the ``with`` that opens the session, in its place."""
    if not site.begins or not provider.may_commit:
        begun = (decorator.keyword or name) if site.begins else ""
        return unwrap_with(item, provider, place, begun)
    if provider.commits == "unknown":
        raise Refused(f"the block commits when it is left, and {provider.name} may not")
    # The block committed when it was left, and so does the provider: exits mean the same.
    statement = place.tree.parent(item)
    assert isinstance(statement, cst.With)
    if len(statement.items) > 1:
        raise Refused("the block opens other things as well, which would be left before the commit")
    check_kept(entered_name(item, statement, place)[1], place)
    return Rewrite(splices=[lift(statement, place.tree)])


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The life of a session: ``count`` statements of ``function`` from ``first`` on."""

    function: cst.FunctionDef
    first: cst.BaseStatement
    count: int

    def check(self, provider: Provider, place: Place, result: Rewrite) -> None:
        """Raise :class:`Refused` unless the session may as well live as long as the function."""
        block, at = place.tree.place_in_block(self.first)
        if block is not self.function.body:
            raise Refused("the session is opened in a part of the function, not for all of it")
        for statement in block.body[:at]:
            if _waits(statement, place):
                line = place.tree.line(statement)
                raise Refused(f"line {line} would be run with the session open")
            line = place.tree.line(statement)
            if any(
                isinstance(each, cst.Return | cst.Raise) for each in place.tree.inside(statement)
            ):
                result.unsafe.append(f"line {line} leaves it before a session is opened so far")
            if not _is_idle(statement, place):
                result.unsafe.append(f"line {line} is run with the session open from now on")
        for statement in block.body[at + self.count :]:
            is_idle = _is_idle(statement, place)
            if not is_idle or (provider.may_commit and not _is_constant(statement)):
                line = place.tree.line(statement)
                before = "before the commit" if provider.may_commit else "with the session open"
                raise Refused(f"line {line} would be run {before}")


def _stretch(function: cst.FunctionDef, held: Held, life: Life, place: Place) -> _Stretch:
    if isinstance(life, Finally) and life.is_inside:
        return _Stretch(function, life.statement, 1)
    if isinstance(life, Entered | Finally):
        last = place.tree.place_in_block(life.statement)[1]
        return _Stretch(function, held.line, last - held.at + 1)
    return _Stretch(function, held.line, life.stop - held.at + bool(life.close))


def _waits(statement: cst.BaseStatement, place: Place) -> bool:
    """Does ``statement`` wait for something, or open something?"""
    kinds = (cst.Await, cst.With, cst.Asynchronous)
    return any(isinstance(node, kinds) for node in place.tree.inside(statement))


def _is_idle(statement: cst.CSTNode, place: Place) -> bool:
    """Does ``statement`` only look at values, report, or leave the function?"""
    match statement:
        case cst.SimpleStatementLine():
            return all(_is_idle(each, place) for each in statement.body)
        case cst.If(test=test, body=body, orelse=orelse):
            parts = [*body.body, *([orelse] if orelse else [])]
            return only_looks(test, place.tree) and all(_is_idle(each, place) for each in parts)
        case cst.Else(body=body):
            return all(_is_idle(each, place) for each in body.body)
        case cst.Raise(exc=cst.Call(args=given)):
            return all(only_looks(each.value, place.tree) for each in given)
        case cst.Expr() if (call := call_in(statement)) and name_called(call) in LOGS:
            return all(only_looks(each.value, place.tree) for each in call.args)
        case cst.BaseSmallStatement():
            return not any(isinstance(node, _ACTS) for node in place.tree.inside(statement))
        case _:
            return False


def _is_constant(statement: cst.CSTNode) -> bool:
    """Is ``statement`` a return of a constant, or of nothing?"""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Return(value=value)]):
            is_name = isinstance(value, cst.Name) and value.value in _CONSTANTS
            return value is None or is_name or isinstance(value, cst.BaseNumber | cst.SimpleString)
        case _:
            return False


def _add_parameter(
    name: str, function: cst.FunctionDef, decorator: Decorator, place: Place, result: Rewrite
) -> None:
    """Have the session handed over as ``name``, or as what the decorator calls it."""
    wanted = decorator.keyword or name
    if any(each.name.value == wanted for each in parameters(function)):
        raise Refused(f"the function has a parameter {wanted} already")
    if wanted != name:
        _rename(name, wanted, function, place, result)
    new = cst.Param(cst.Name(wanted), _annotation(function, place, result))
    if decorator.keyword:
        changed = with_keyword(function, new)
    else:
        changed = with_positional(function, new, decorator.behind)
    result.replace(function.params, changed)


def _rename(
    name: str, wanted: str, function: cst.FunctionDef, place: Place, result: Rewrite
) -> None:
    used = place.names.occurrences.get(wanted, ())
    if any(place.tree.is_within(each, [function]) for each in used):
        raise Refused(f"{wanted} means something else in the function")
    for each in place.names.of_variable(name, function):
        result.replace(each, cst.Name(wanted, lpar=each.lpar, rpar=each.rpar))


def _annotation(function: cst.FunctionDef, place: Place, result: Rewrite) -> cst.Annotation | None:
    """The type of the session, where the function says of what type its parameters are."""
    module, _, kind = place.data.get("session_type", "").rpartition(".")
    owner = place.tree.enclosing(function, cst.FunctionDef, cst.ClassDef)
    own = every_parameter(function.params)[isinstance(owner, cst.ClassDef) :]
    is_typed = all(each.annotation for each in own) if own else function.returns is not None
    if not is_typed or not module or not kind.isidentifier():
        return None
    found = library(function, module, kind, place.imports, place.known_as("session_type"))
    if found.request:
        result.imports.append(found.request)
    return cst.Annotation(found.expression)


def _access(function: cst.FunctionDef, site: Site, provider: Provider, place: Place) -> Access:
    """What the provider is called where ``function`` is defined."""
    imports, names = place.imports, place.names
    if site.root:
        imported = imports.binding(site.root.value, names.scope(site.root))
        if imported and place.tree.is_within(imported.statement, [function]):
            raise Refused("its import is in the function, and a decorator is needed outside of it")
    known_as = place.known_as("provider")
    return provider_access(function, site.factory, provider, imports, known_as)
