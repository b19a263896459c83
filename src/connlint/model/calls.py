"""Calls in, effects and results out: the part of the interpreter that runs callees.

A project function is summarised in the context of its arguments and the summary is replayed at the
call; a library function or method does what the catalogue says. Coroutines, generators and context
managers stay pending until they are awaited, iterated or entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.builtin_calls import BUILTINS
from connlint.model.catalog.types import EffectKind, Function, Method
from connlint.model.classes import ClassId
from connlint.model.effects import Effect, LoopFrame, Operation, Step, Summary
from connlint.model.evaluate import Evaluator
from connlint.model.handovers import Handover, spawned
from connlint.model.names import Module
from connlint.model.sql_text import statement_effects
from connlint.model.state import Guard
from connlint.model.states import (
    known_states,
    latest_states,
    note_state,
    passed_states,
    written_states,
)

if TYPE_CHECKING:
    from connlint.model.engine import Engine

Arguments = list[v.Values]
Keywords = list[tuple[str, v.Values]]

MAX_CALLEES = 4
_DEFINITIONS = {
    "session-factory": "define-factory",
    "engine": "define-engine",
    "pool": "define-engine",
}
_MUTATORS = frozenset({"append", "remove", "extend", "insert", "add", "discard", "clear"})
_SHARES_SESSION = frozenset({"query", "result", "cursor", "transaction"})


class Caller(Evaluator):
    """Evaluates expressions and performs the calls in them, recording what they do."""

    def __init__(self, engine: Engine, module: Module, scope: int) -> None:
        super().__init__(engine.program, module, scope)
        self.engine = engine
        self.effects: dict[tuple[object, ...], Effect] = {}
        self.operations: dict[tuple[object, ...], Operation] | None = None
        self.handovers: dict[tuple[int, int], Handover] | None = None
        self.loops: list[LoopFrame] = []
        self.in_handler = 0
        self.spawning = 0
        self.dead = False

    # calling

    def call(self, node: f.Call) -> v.Values:
        callees = self.evaluate(node.func)
        arguments, keywords = self._arguments(node)
        if isinstance(node.func, f.Attr) and node.func.attr in _MUTATORS:
            self._mutates(node.func)
        if self.engine.vocabulary.enabled:
            passed_states(self, arguments, keywords)
        result: v.Values = ()
        for callee in callees[:MAX_CALLEES]:
            result = v.join(result, self.call_value(callee, arguments, keywords, node))
        return result or v.unknown(self.identity(node.end))

    def _mutates(self, func: f.Attr) -> None:
        """``entity.children.append(x)``: an entity's collection changes, which may be a write."""
        if not isinstance(func.value, f.Attr):
            return
        for value in self.evaluate(func.value.value):
            if isinstance(value, v.Obj) and self.engine.may_be_entity(value):
                self.state.note_write("", "maybe")
                self.state.touched |= {value.id}

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
        for effective in self.engine.decorated(function):
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
        self._take_fields(summary, table, at)
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
            origin = v.Origin(self.engine.origin_kind(name), name)
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
            self.module.name, self.number, at, end, module.facts.scopes[function.scope].qualname
        )
        persists = self.engine.is_persist_function(module.symbol(function.scope))
        for effect in effects:
            session, origin = _mapped(effect.session, table)
            self.effect(
                Effect(
                    effect.kind, session, (step, *effect.chain), effect.writes, effect.states,
                    effect.threshold, effect.receives, effect.implicit, False, effect.provider,
                    effect.looped, effect.persists or persists, effect.gives, "", effect.latest,
                    effect.joins,
                ),
                at, end, origin, own=False,
            )  # fmt: skip

    # recording

    def effect(
        self, effect: Effect, at: int, end: int, origin: v.Origin | None, *, own: bool
    ) -> None:
        """Something happens to the database here: update the path and record it."""
        state = self.state
        kind = effect.kind
        if kind in ("commit", "rollback"):
            before = known_states(self.engine.vocabulary, state)
            latest = effect.latest or latest_states(self.engine.vocabulary, state)
            has_writes = state.has_writes(effect.session)
            if own:
                effect = _with(effect, writes=has_writes, states=before, latest=latest)
            elif kind == "commit":
                states = effect.states or before
                effect = _with(
                    effect, writes=effect.writes or has_writes, states=states, latest=latest
                )
            state.settle(effect.session)
            state.touched = frozenset()
        elif kind == "persist" and (own or not effect.states):
            effect = _with(effect, states=latest_states(self.engine.vocabulary, state))
        elif kind in ("write", "execute"):
            state.note_write(effect.session, "write" if kind == "write" else "maybe")
        threshold = effect.threshold or any(guard.kind == "threshold" for guard in state.guards)
        receives = effect.receives or any(loop.receives for loop in self.loops)
        callee_looped = effect.looped
        counted = any(not loop.endless and not loop.retry for loop in self.loops)
        effect = _with(
            effect,
            threshold=threshold,
            receives=receives,
            after_yield=state.yielded,
            looped=effect.looped or counted,
            joins=effect.joins or any(guard.kind == "joins" for guard in state.guards),
        )
        key = (*effect.place, effect.session, effect.after_yield, effect.implicit)
        if len(self.effects) < self.engine.limit or key in self.effects:
            known = self.effects.get(key)
            self.effects[key] = effect if known is None else _merge_effects(known, effect)
        if self.operations is not None:
            self._record(effect, at, end, origin, own, callee_looped)
        if kind == "commit":
            state.marks |= {at}
            if own:
                state.guards |= {Guard("committed", len(self.loops), (at, True))}

    def _record(
        self,
        effect: Effect,
        at: int,
        end: int,
        origin: v.Origin | None,
        own: bool,
        callee_looped: bool,
    ) -> None:
        assert self.operations is not None
        depth = len(self.loops)
        guards = self.state.guards
        operation = Operation(
            effect, at, end, origin, tuple(self.loops), callee_looped=callee_looped,
            batched=any(g.kind == "modulo" and g.depth <= depth and g.depth > 0 for g in guards),
            keyed=any(g.kind == "keyed" and g.depth == depth > 0 for g in guards),
            preceded=any(
                g.kind == "committed" and g.depth >= depth > 0 and g.place[0] != at for g in guards
            ),
            in_handler=self.in_handler > 0, own=own,
        )  # fmt: skip
        key = (at, end, *effect.place, effect.session, effect.implicit)
        self.operations[key] = operation

    def library_effects(
        self,
        kinds: tuple[EffectKind, ...],
        value: v.Obj,
        node: f.Call,
        name: str,
        *,
        provider: str = "",
        source: str = "",
    ) -> None:
        """What a call of a library does to the session, connection or result ``value``."""
        for kind in kinds:
            step = Step(self.module.name, self.number, node.at, node.end, name)
            gives = value.type if kind == "acquire" else ""
            effect = Effect(kind, value.id, (step,), provider=provider, gives=gives, source=source)
            self.effect(effect, node.at, node.end, value.origin, own=True)

    # pending work

    def perform(self, values: v.Values, at: int, end: int) -> v.Values:
        result: v.Values = ()
        for value in values:
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
                summary, table = self.engine.summarise(self, value.func, dict(value.args))
                table = self.adopted(summary.yields, value.func, table, value.at)
                before = tuple(effect for effect in summary.effects if not effect.after_yield)
                self.replay(before, value.func, table, value.at, value.end)
                result = v.join(result, self.returned(summary.yields, value.func, table, value.at))
            else:
                result = v.join(result, self.items_of((value,)))
        return result

    def _perform(self, pending: v.Pending) -> v.Values:
        module = self.program.modules[pending.func.module]
        scope = module.facts.scopes[pending.func.scope]
        bound = dict(pending.args)
        if not scope.is_generator:
            return self.run(pending.func, bound, pending.at, pending.end)
        summary, table = self.engine.summarise(self, pending.func, bound)
        self.replay(summary.effects, pending.func, table, pending.at, pending.end)
        return (
            v.Items((self.returned(summary.yields, pending.func, table, pending.at),), exact=False),
        )

    def _perform_all(self, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
        """Run pending coroutines and generators among arguments; the first one's result."""
        result: v.Values = ()
        for values in [*args, *(held for _, held in keywords)]:
            if any(isinstance(value, (v.Pending, v.Items)) for value in values):
                result = v.join(result, self.perform(values, node.at, node.end))
        return result

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

    def _library_call(self, method: Method, callee: v.Obj, node: f.Call, name: str) -> v.Values:
        returned = callee.type if method.returns == "self" else method.returns
        if not returned:
            self.library_effects(method.effects, callee, node, name)
            return v.unknown(self.identity(node.end))
        made = self._made(returned, callee, node, name)
        for kind in method.effects:
            subject = made if kind == "acquire" else callee
            acquires = kind == "acquire"
            self.library_effects(
                (kind,),
                subject,
                node,
                name,
                provider=name if acquires else "",
                source=callee.id if acquires else "",
            )
        return (made,)

    def _made(self, type_name: str, source: v.Obj, node: f.Call, name: str) -> v.Obj:
        """What a library call returns; it shares its session with what it was made from."""
        found = self.program.catalog.type(type_name)
        kind = found.kind if found is not None else ""
        if kind in _SHARES_SESSION:
            return v.Obj(type_name, source.id, source.origin)
        return v.Obj(type_name, f"s:{self.identity(node.end)}", v.Origin("factory", name))

    # library calls

    def _call_method(
        self, callee: v.Bound, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        catalog = self.program.catalog
        receiver = callee.receiver
        name = f"{receiver.type}.{callee.method}"
        if receiver.type == "builtins.object":
            self._perform_all(args, keywords, node)
            return v.unknown(self.identity(node.end))
        if name in catalog.spawns:
            spawned(self, name, [*args, *(held for _, held in keywords)], node)
            return v.unknown(self.identity(node.end))
        if name in catalog.offloads:
            return self._offload(args, keywords, node)
        self._note_slow(name, node)
        method = catalog.method(receiver.type, callee.method)
        if method is None:
            if self.program.is_session(receiver):
                self.state.note_write(receiver.id, "maybe")
            return self._unresolved(args, keywords, node)
        self._perform_all(args, keywords, node)
        written_states(self, receiver, callee.method, args, keywords)
        if method.subject is not None:
            return self._on_subject(method, name, args, node)
        if "execute" in method.effects:
            method = Method(
                tuple(
                    kind
                    for each in method.effects
                    for kind in (
                        statement_effects(self, node, args) if each == "execute" else (each,)
                    )
                ),
                method.returns,
                method.is_async,
            )
        if not method.returns or catalog.returns_self(receiver.type, callee.method):
            self.library_effects(method.effects, receiver, node, name)
            return (receiver,) if method.returns else v.unknown(f"o:{self.identity(node.end)}")
        return self._library_call(
            method, receiver, node, self.program.callable_name(receiver) or name
        )

    def _call_table(
        self, callee: v.TableMethod, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        """A method of a known dictionary."""
        table = callee.table
        if callee.method == "update":
            entries = [
                *keywords,
                *(
                    e
                    for value in (args[0] if args else ())
                    if isinstance(value, v.Table)
                    for e in value.entries
                ),
            ]
            for name, values in entries:
                self.state.fields[table.id, name] = values
                self.state.touched |= {table.id}
            return v.NONE
        if callee.method == "items" and not args:
            pairs = [
                (v.Items(((v.Const(name),), values)),) for name, values in self.entries_of(table)
            ]
            known = all(name != v.ANY_KEY for name, _ in table.entries)
            return (v.Items(tuple(pairs[:8]), exact=known and 0 < len(pairs) <= 8),)
        if callee.method in ("get", "pop", "setdefault") and args:
            held = self._item(table, args[0])
            if held:
                return held
        self._perform_all(args, keywords, node)
        return v.unknown(self.identity(node.end))

    def entries_of(self, table: v.Table) -> list[tuple[str, v.Values]]:
        """The known entries of a dictionary, with what the path has stored since."""
        known = dict(table.entries)
        known.update(
            {
                name: values
                for (owner, name), values in self.state.fields.items()
                if owner == table.id
            }
        )
        return list(known.items())

    def _call_external(
        self, callee: v.Ext, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        name = callee.name
        special = BUILTINS.get(name)
        if special is not None:
            return special(self, args, keywords, node)
        catalog = self.program.catalog
        if name in catalog.spawns:
            spawned(self, name, [*args, *(held for _, held in keywords)], node)
            return v.unknown(self.identity(node.end))
        if name in catalog.offloads:
            return self._offload(args, keywords, node)
        self._note_slow(name, node)
        if name in catalog.injects:
            return args[0] if args else ()
        function = catalog.function(name)
        if function is not None:
            self._perform_all(args, keywords, node)
            returns = self._returned_type(function, args, keywords)
            made = v.Obj(returns, f"s:{self.identity(node.end)}", v.Origin("factory", name))
            self.library_effects(function.effects, made, node, name, provider=name)
            if not function.effects:
                self._defines(made, node, name)
            return self._statement(made, args, node)
        kind = catalog.type(name)
        if kind is not None:
            origin = v.Origin("constructor", name)
            made = v.Obj(name, f"s:{self.identity(node.end)}", origin)
            if kind.kind in ("session", "connection") and catalog.called(name) is None:
                self.library_effects(("acquire",), made, node, name, provider=name)
            else:
                self._defines(made, node, name)
            return (made,)
        result = self._unresolved(args, keywords, node)
        last = name.rpartition(".")[2]
        return (v.Obj(name, f"x:{self.identity(node.end)}"),) if last[:1].isupper() else result

    def _note_slow(self, name: str, node: f.Call) -> None:
        """Record work that waits for something else than the database."""
        if name in self.program.catalog.slow:
            step = Step(self.module.name, self.number, node.at, node.end, name)
            self.effect(Effect("slow", "", (step,)), node.at, node.end, None, own=True)

    def _defines(self, made: v.Obj, node: f.Call, name: str) -> None:
        """Record that a session factory, an engine or a pool is made here."""
        kind = self.program.kind(made)
        callable_session = kind == "session" and self.program.catalog.called(made.type) is not None
        defined = "define-factory" if callable_session else _DEFINITIONS.get(kind, "")
        if defined:
            step = Step(self.module.name, self.number, node.at, node.end, name)
            effect = Effect(defined, made.id, (step,), provider=name)
            self.effect(effect, node.at, node.end, made.origin, own=True)

    def _on_subject(self, method: Method, name: str, args: Arguments, node: f.Call) -> v.Values:
        """A method whose effects are on one of its arguments, as ``pool.putconn(conn)``."""
        for value in (
            args[method.subject]
            if method.subject is not None and method.subject < len(args)
            else ()
        ):
            if isinstance(value, v.Obj):
                self.library_effects(method.effects, value, node, name)
        return v.unknown(self.identity(node.end))

    def _returned_type(self, function: Function, args: Arguments, keywords: Keywords) -> str:
        """The type that a library function returns, which may hang on a class it is given."""
        if function.returns_for:
            for values in [*args, *(held for _, held in keywords)]:
                for value in values:
                    name = value.name if isinstance(value, v.Ext) else getattr(value, "type", "")
                    if isinstance(value, v.Class):
                        found = self.program.catalog_type(ClassId(value.module, value.scope).key)
                        name = found.name if found is not None else ""
                    if name in function.returns_for:
                        return function.returns_for[name]
        return function.returns

    def _statement(self, made: v.Obj, args: Arguments, node: f.Call) -> v.Values:
        """A text statement remembers the words that decide what executing it does."""
        if self.program.kind(made) != "text-statement" or not args:
            return (made,)
        words = next((each.value for each in args[0] if isinstance(each, v.Const)), None)
        if isinstance(words, str):
            return (v.Obj(made.type, f"text:{words[:60]}"),)
        for each in args[0]:
            if isinstance(each, v.Obj) and each.id.startswith("text:"):
                return (v.Obj(made.type, each.id),)
        return (made,)

    def _offload(self, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
        """Run the callable among the arguments, as ``to_thread(f, x)`` and ``run_sync(f)`` do."""
        for index, values in enumerate(args[:2]):
            for value in values:
                if isinstance(value, (v.Func, v.Partial, v.Bound)):
                    return self.call_value(value, args[index + 1 :], keywords, node)
        return self._unresolved(args, keywords, node)

    def _unresolved(self, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
        """A callee that is not known has no effect, but it may write on a session it is given."""
        result = self._perform_all(args, keywords, node)
        for values in [*args, *(held for _, held in keywords)]:
            for value in values:
                if isinstance(value, v.Obj) and self.program.is_session(value):
                    self.state.note_write(value.id, "maybe")
        return result or v.unknown(f"o:{self.identity(node.end)}")


def bind(
    scope: f.Scope, receiver: v.Value | None, args: Arguments, keywords: Keywords
) -> dict[str, v.Values]:
    """Arguments by parameter name; what has no parameter of its own is dropped."""
    positional = [param for param in scope.params if param.kind in "po"]
    bound: dict[str, v.Values] = {}
    supplied: list[v.Values] = [(receiver,), *args] if receiver is not None else list(args)
    for param, values in zip(positional, supplied, strict=False):
        bound[param.name] = values
    names = {param.name for param in scope.params if param.kind in "pk"}
    rest = []
    for name, values in keywords:
        if name in names:
            bound[name] = values
        else:
            rest.append((name, values))
    for param in scope.params:
        if param.kind == "w" and rest:
            bound[param.name] = (v.Table(tuple(rest), f"kw:{param.name}"),)
        elif param.kind == "a" and len(supplied) > len(positional):
            bound[param.name] = (v.Items(tuple(supplied[len(positional) :])),)
    return bound


def _mapped(session: str, table: dict[str, v.Values]) -> tuple[str, v.Origin | None]:
    """The caller's name for a callee's session, and where that session comes from."""
    owner, dot, rest = session.partition(".")
    for value in table.get(session) or table.get(owner) or ():
        if isinstance(value, v.Obj):
            return (value.id if not dot or session in table else f"{value.id}.{rest}"), value.origin
    return session, None


def _with(effect: Effect, **changes: object) -> Effect:
    fields = {name: getattr(effect, name) for name in Effect.__struct_fields__}
    fields.update(changes)
    return Effect(**fields)


def _merge_effects(known: Effect, new: Effect) -> Effect:
    """The same effect on another path: the shorter witness, and what may be true on either."""
    base = known if len(known.chain) <= len(new.chain) else new
    return _with(
        base,
        writes=known.writes or new.writes,
        states=known.states | new.states
        if known.states and new.states
        else known.states or new.states,
        threshold=known.threshold and new.threshold,
        receives=known.receives or new.receives,
        looped=known.looped and new.looped,
    )
