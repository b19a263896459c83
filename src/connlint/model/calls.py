"""Calls in, effects and results out: the part of the interpreter that runs callees.

A project function is summarised in the context of its arguments and the summary is replayed at the
call; a library function or method does what the catalogue says. Coroutines, generators and context
managers stay pending until they are awaited, iterated or entered.
"""

from __future__ import annotations

from typing import cast

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.arguments import bind
from connlint.model.begun import only, open_after
from connlint.model.classes import ClassId
from connlint.model.effects import Effect, Step, Summary
from connlint.model.library_calls import LibraryCaller
from connlint.model.mutations import note_mutation
from connlint.model.seams import Arguments, Keywords
from connlint.model.state import Guard
from connlint.model.states import (
    note_state,
    passed_states,
)

MAX_CALLEES = 4


class Caller(LibraryCaller):
    """Evaluates expressions and performs the calls in them, recording what they do."""

    # calling

    def call(self, node: f.Call) -> v.Values:
        callees = self.evaluate(node.func)
        arguments, keywords = self._arguments(node)
        if isinstance(node.func, f.Attr):
            note_mutation(self, node.func, arguments)
        if self.engine.vocabulary.enabled:
            passed_states(self.engine.vocabulary, self.state, arguments, keywords)
        result: v.Values = ()
        for callee in self.alternatives(callees[:MAX_CALLEES]):
            result = v.join(result, self.call_value(callee, arguments, keywords, node))
        return result or v.unknown(self.identity(node.end))

    def _arguments(self, node: f.Call) -> tuple[Arguments, Keywords]:
        arguments: Arguments = []
        for argument in node.args:
            if isinstance(argument, f.Starred):
                values = self.evaluate(argument.value)
                exact = values[0] if len(values) == 1 else None
                if isinstance(exact, v.Items) and exact.exact:
                    arguments.extend(exact.items)
                else:
                    arguments.append(values)
            else:
                arguments.append(self.evaluate(argument))
        keywords: Keywords = []
        for keyword in node.keywords:
            values = self.evaluate(keyword.value)
            if keyword.name is not None:
                keywords.append((keyword.name, values))
            else:
                for value in values:
                    if isinstance(value, v.Table):
                        keywords.extend(self.entries_of(value))
                    if not isinstance(value, v.Table) or value.id.startswith("p:"):
                        keywords.append((v.ANY_KEY, v.unknown("keyword")))
        return arguments, keywords

    def call_value(
        self, callee: v.Value, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        """Call one of the things that the callee may be."""
        kind = type(callee)
        if kind is v.Func:
            return self._call_function(cast(v.Func, callee), args, keywords, node.at, node.end)
        if kind is v.Ext:
            return self._call_external(cast(v.Ext, callee), args, keywords, node)
        if kind is v.Bound:
            return self._call_method(cast(v.Bound, callee), args, keywords, node)
        if kind is v.Class:
            return self._construct(cast(v.Class, callee), args, keywords, node)
        if kind is v.TableMethod:
            return self._call_table(cast(v.TableMethod, callee), args, keywords, node)
        if kind is v.Obj:
            return self._call_object(cast(v.Obj, callee), args, keywords, node)
        if kind is v.Partial:
            partial = cast(v.Partial, callee)
            result: v.Values = ()
            for inner in partial.func[:MAX_CALLEES]:
                filled = [*partial.args, *args]
                result = v.join(
                    result, self.call_value(inner, filled, [*partial.keywords, *keywords], node)
                )
            return result
        return self._unresolved(args, keywords, node)

    def _call_function(
        self, function: v.Func, args: Arguments, keywords: Keywords, at: int, end: int
    ) -> v.Values:
        result: v.Values = ()
        for effective in self.alternatives(self.engine.decorated(function)):
            if isinstance(effective, v.Func):
                result = v.join(result, self._call_raw(effective, args, keywords, at, end))
        return result

    def _call_raw(
        self, function: v.Func, args: Arguments, keywords: Keywords, at: int, end: int
    ) -> v.Values:
        module = self.program.modules[function.module]
        scope = module.facts.scopes[function.scope]
        bound = bind(scope, function.receiver, args, keywords)
        self.engine.note_call(self, function, bound, at, end)
        name = module.symbol(function.scope)
        if self.engine.is_persist_function(name):
            step = Step(self.module.name, self.number, at, end, scope.qualname)
            self.effect(Effect("persist", "", (step,)), at, end, None, own=True)
        if scope.is_async or scope.is_generator:
            return (v.Pending(function, tuple(bound.items()), at, end),)
        return self.run(function, bound, at, end)

    def run(self, function: v.Func, bound: dict[str, v.Values], at: int, end: int) -> v.Values:
        """Replay what a project function does with these arguments, and give what it returns."""
        summary, table = self.engine.summarise(self, function, bound)
        table = self.adopted(summary.returns, function, table, at)
        before = dict(self.state.pending)
        self.replay(summary.effects, function, table, at, end)
        if summary.commits_always:
            self.state.guards |= {Guard("committed", len(self.loops), (at, True))}
        else:
            self._keep_pending(before, summary, table)
        for session in summary.unsettled:
            self.state.note_write(_mapped(session, table)[0], "maybe")
        self._take_fields(summary, {**function.captured(), **table}, at)
        if not summary.returns_normally:
            self.dead = True
        given = self.returned(summary.returns, function, table, at)
        # What a callee leaves to be awaited or entered happens, to the caller, at this call.
        return tuple(
            dict.fromkeys(
                v.Pending(each.func, each.args, at, end) if isinstance(each, v.Pending) else each
                for each in given
            )
        )

    def _keep_pending(
        self, before: dict[str, frozenset[str]], summary: Summary, table: dict[str, v.Values]
    ) -> None:
        """A commit that a callee makes on some paths only leaves writes pending on the others."""
        pending = self.state.pending
        for session, kinds in before.items():
            pending[session] = pending.get(session, frozenset()) | kinds
        if any(effect.kind == "commit" for effect in summary.effects):
            for effect in summary.effects:
                if effect.kind == "commit" and effect.writes:
                    self.state.note_write(_mapped(effect.session, table)[0], "maybe")

    def returned(
        self, values: v.Values, function: v.Func, table: dict[str, v.Values], at: int
    ) -> v.Values:
        """Values that a callee hands out, as the caller sees them."""
        name = self.program.modules[function.module].symbol(function.scope)
        return tuple(
            self._handed_out(value, name, at) for value in v.substitute(values, table)
        ) or v.unknown(f"o:{self.identity(at)}")

    def adopted(
        self, values: v.Values, function: v.Func, table: dict[str, v.Values], at: int
    ) -> dict[str, v.Values]:
        """The caller's names for objects, also for sessions that a callee makes and hands out."""
        name = self.program.modules[function.module].symbol(function.scope)
        made: dict[str, v.Values] = {}
        for value in v.flattened(values):
            if not isinstance(value, v.Obj) or value.id in table or value.id[:2] != "s:":
                continue
            if self.program.is_session(value):
                made[value.id] = (self._handed_out(value, name, at),)
        return {**table, **made} if made else table

    def _handed_out(self, value: v.Value, name: str, at: int) -> v.Value:
        """A session that a function made is a new one at each call, with the function as origin."""
        if not isinstance(value, v.Obj) or value.id.startswith(("p:", "g:", "a:", "self")):
            return value
        made = value.id.startswith("s:")
        if made and self.program.is_session(value):
            kind = self.engine.origin_kind(name)
            origin = v.Origin(kind, name, v.commits_by_origin(value))
            if (
                origin.kind == "factory"
                and value.origin is not None
                and value.origin.kind == "provider"
            ):
                origin = value.origin
            return v.Obj(value.type, f"s:{self.identity(at)}", origin)
        if v.is_unknown(value):
            return v.Obj("", f"o:{self.identity(at)}")
        return value

    def _take_fields(self, summary: Summary, table: dict[str, v.Values], at: int) -> None:
        for name, values in summary.left:
            owner = f"new:{self.identity(at)}"
            self.state.fields[owner, name] = values
            self.state.touched |= {owner}
            note_state(self.state, name, values)
        for (owner, attr), values in summary.fields:
            for target in table.get(owner, ()):
                if isinstance(target, (v.Obj, v.Table)):
                    self.state.fields[target.id, attr] = v.substitute(values, table)
                    self.state.touched |= {target.id}
                    if isinstance(target, v.Obj) and self.engine.may_be_entity(target):
                        self.state.note_write("", "maybe")
                    if attr in self.engine.vocabulary.fields:
                        note_state(self.state, attr, values)

    def replay(
        self,
        effects: tuple[Effect, ...],
        function: v.Func,
        table: dict[str, v.Values],
        at: int,
        end: int,
    ) -> None:
        """Do here what a callee does, with the call as the first step of each chain."""
        if not effects:
            return
        module = self.program.modules[function.module]
        step = Step(
            self.module.name,
            self.number,
            at,
            end,
            function.alias or module.facts.scopes[function.scope].qualname,
        )
        persists = self.engine.is_persist_function(module.symbol(function.scope))
        # In which order the callee does all this is its own business: each of its operations finds
        # open what is open at the call, but nothing on sessions that the callee opens.
        opened = {_mapped(e.session, table)[0] for e in effects if e.kind == "acquire"}
        begun = self.state.begun = only(self.state.begun, self.state.begun.keys() - opened)
        self.replaying = True
        for effect in effects:
            session, origin = _mapped(effect.session, table)
            seen = Effect(
                effect.kind, session, (step, *effect.chain), effect.writes, effect.states,
                effect.threshold, effect.receives, effect.implicit, False, effect.provider,
                effect.looped, effect.persists or persists, effect.gives, "", effect.latest,
                effect.joins,
            )  # fmt: skip
            self.effect(seen, at, end, origin, own=False)
            begun = open_after(begun, seen)
        self.replaying = False
        self.state.begun = begun

    # pending work

    def perform(self, values: v.Values, at: int, end: int) -> v.Values:
        result: v.Values = ()
        for value in self.alternatives(values):
            if isinstance(value, v.Pending):
                result = v.join(result, self._perform(value))
            elif isinstance(value, v.Items):
                inner = tuple(self.perform(item, at, end) for item in value.items)
                result = v.join(result, (v.Items(inner, value.exact),))
            else:
                result = v.join(result, (value,))
        return result

    def first_of(self, values: v.Values, at: int) -> v.Values:
        """What ``next()`` gives: a generator is run up to its first ``yield`` only."""
        result: v.Values = ()
        for value in values:
            if isinstance(value, v.Pending):
                effects, table, yields = self._iterated(value)
                before = tuple(effect for effect in effects if not effect.after_yield)
                self.replay(before, value.func, table, value.at, value.end)
                result = v.join(result, yields)
            else:
                result = v.join(result, self.items_of((value,)))
        return result

    def delegate(self, value: v.Value, at: int) -> None:
        """``yield from``: what another generator does before and after it yields."""
        if not isinstance(value, v.Pending) or not self._is_generator(value.func):
            super().delegate(value, at)
            return
        effects, table, yields = self._iterated(value)
        before = tuple(effect for effect in effects if not effect.after_yield)
        after = tuple(effect for effect in effects if effect.after_yield)
        self.replay(before, value.func, table, value.at, value.end)
        self.on_yield(yields)
        self.replay(after, value.func, table, value.at, value.end)

    def _iterated(
        self, pending: v.Pending
    ) -> tuple[tuple[Effect, ...], dict[str, v.Values], v.Values]:
        """What iterating over a generator does, the caller's names for its objects, its items."""
        summary, table = self.engine.summarise(self, pending.func, dict(pending.args))
        table = self.adopted(summary.yields, pending.func, table, pending.at)
        yields = self.returned(summary.yields, pending.func, table, pending.at)
        return summary.effects, table, yields

    def _is_generator(self, function: v.Func) -> bool:
        module = self.program.modules[function.module]
        return module.facts.scopes[function.scope].is_generator

    def _perform(self, pending: v.Pending) -> v.Values:
        if not self._is_generator(pending.func):
            return self.run(pending.func, dict(pending.args), pending.at, pending.end)
        effects, table, yields = self._iterated(pending)
        self.replay(effects, pending.func, table, pending.at, pending.end)
        return (v.Items((yields,), exact=False),)

    # classes and objects

    def _construct(
        self, callee: v.Class, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        owner = ClassId(callee.module, callee.scope)
        program = self.program
        if program.is_enum(owner):
            return v.unknown(self.identity(node.end))
        kind = program.catalog_type(owner.key)
        is_session = kind is not None and kind.kind in ("session", "connection")
        prefix = "s" if is_session else "new"
        instance = v.Obj(owner.key, f"{prefix}:{self.identity(node.end)}")
        if is_session:
            name = program.modules[callee.module].symbol(callee.scope)
            instance = v.Obj(owner.key, instance.id, v.Origin("constructor", name))
            self.library_effects(("acquire",), instance, node, name, provider=name)
        self._fill(instance, owner, keywords)
        found = program.hierarchy.method(owner, "__init__")
        if found is not None:
            function = v.Func(found[0].module, found[1], instance, (), True)
            self._call_raw(function, args, keywords, node.at, node.end)
        return (instance,)

    def _fill(self, instance: v.Obj, owner: ClassId, keywords: Keywords) -> None:
        state = self.state
        for name, values in keywords:
            state.fields[instance.id, name] = values
        for name in self.engine.vocabulary.fields:
            if (instance.id, name) not in state.fields:
                default = self.engine.default_state(owner, name)
                if default:
                    state.fields[instance.id, name] = default
        state.touched |= {instance.id}

    def _call_object(
        self, callee: v.Obj, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        owner = self.program.class_of(callee.type) if callee.type else None
        if owner is not None:
            found = self.program.hierarchy.method(owner, "__call__")
            if found is not None:
                function = v.Func(found[0].module, found[1], callee)
                return self._call_function(function, args, keywords, node.at, node.end)
        kind = self.program.database_type(callee)
        method = self.program.catalog.called(kind.name) if kind is not None else None
        if kind is not None and method is not None:
            return self._library_call(
                method, callee, node, self.program.callable_name(callee) or kind.name
            )
        return self._unresolved(args, keywords, node)

    # library calls


def _mapped(session: str, table: dict[str, v.Values]) -> tuple[str, v.Origin | None]:
    """The caller's name for a callee's session, and where that session comes from."""
    owner, dot, rest = session.partition(".")
    for value in table.get(session) or table.get(owner) or ():
        if isinstance(value, v.Obj):
            return (value.id if not dot or session in table else f"{value.id}.{rest}"), value.origin
    return session, None
