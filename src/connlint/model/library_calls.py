"""Calls of library functions and methods in, what the catalogue says they do and give out."""

from __future__ import annotations

from abc import abstractmethod

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.autocommit import (
    changes_rows,
    commits_at_once,
    is_switched_on,
    note_switch,
)
from connlint.model.builtin_calls import BUILTINS
from connlint.model.catalog.types import Function, Method
from connlint.model.classes import ClassId
from connlint.model.contexts import STACKS, stack_method
from connlint.model.handovers import spawned
from connlint.model.recording import Recorder
from connlint.model.seams import Arguments, Keywords, Run
from connlint.model.sql_text import statement_effects
from connlint.model.states import (
    written_states,
)

_SHARES_SESSION = frozenset({"query", "result", "cursor", "transaction"})


class LibraryCaller(Recorder):
    """Performs the calls that leave the project."""

    @property
    @abstractmethod
    def as_run(self) -> Run:
        """This very interpreter, for the modules that help it."""

    @abstractmethod
    def call_value(
        self, callee: v.Value, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        """Call one of the things that a callee may be."""

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
        origin = v.Origin("factory", name, v.commits_by_origin(source))
        return v.Obj(type_name, f"s:{self.identity(node.end)}", origin)

    def _call_method(
        self, callee: v.Bound, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        catalog = self.program.catalog
        receiver = callee.receiver
        name = f"{receiver.type}.{callee.method}"
        if receiver.type == "builtins.object":
            self._perform_all(args, keywords, node)
            return v.unknown(self.identity(node.end))
        if receiver.type in STACKS:
            given = stack_method(self.as_run, receiver, callee.method, args, node)
            if given is not None:
                return given
        elsewhere = self._elsewhere(name, args, keywords, node)
        if elsewhere is not None:
            return elsewhere
        self._note_slow(name, node)
        method = catalog.method(receiver.type, callee.method)
        if method is None:
            if self.program.is_session(receiver):
                self.state.note_write(receiver.id, "maybe")
            return self._unresolved(args, keywords, node)
        self._perform_all(args, keywords, node)
        written_states(self.engine.vocabulary, self.state, receiver, callee.method, args, keywords)
        if method.subject is not None:
            return self._on_subject(method, name, args, node)
        if "execute" in method.effects:
            method = Method(
                tuple(
                    kind
                    for each in method.effects
                    for kind in (
                        statement_effects(self.program, node, args)
                        if each == "execute"
                        else (each,)
                    )
                ),
                method.returns,
                method.is_async,
                autocommit_when=method.autocommit_when,
            )
        switches_on = is_switched_on(method.autocommit_when, args, keywords)
        commits = "write" in method.effects and self._commits_by_itself(receiver, args)
        if not method.returns or catalog.returns_self(receiver.type, callee.method):
            note_switch(self.state, receiver, method.autocommit_when, args, keywords)
            self.library_effects(method.effects, receiver, node, name)
            result = (receiver,) if method.returns else v.unknown(f"o:{self.identity(node.end)}")
        else:
            called = self.program.callable_name(receiver) or name
            result = self._library_call(method, receiver, node, called)
        if commits:
            self.library_effects(("autocommit",), receiver, node, name)
        return tuple(map(_in_autocommit, result)) if switches_on else result

    def _commits_by_itself(self, receiver: v.Obj, args: Arguments) -> bool:
        """Whether a statement that writes is committed with it."""
        return commits_at_once(self.program, self.state, receiver) and changes_rows(
            self.program, args[0] if args else ()
        )

    def _call_external(
        self, callee: v.Ext, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        name = callee.name
        special = BUILTINS.get(name)
        if special is not None:
            return special(self.as_run, args, keywords, node)
        elsewhere = self._elsewhere(name, args, keywords, node)
        if elsewhere is not None:
            return elsewhere
        self._note_slow(name, node)
        catalog = self.program.catalog
        if name in catalog.injects:
            return args[0] if args else ()
        function = catalog.function(name)
        if function is not None:
            self._perform_all(args, keywords, node)
            returns = self._returned_type(function, args, keywords)
            how = "factory" if catalog.type(name) is None else "constructor"
            origin = v.Origin(how, name, is_switched_on(function.autocommit_when, args, keywords))
            made = v.Obj(returns, f"s:{self.identity(node.end)}", origin)
            if self.program.kind(made) == "session" and self._is_bound(args, keywords):
                self.joined.add(made.id)
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
        if name.startswith("builtins."):  # `isinstance(session, Session)` asks; it does not write
            return self._perform_all(args, keywords, node) or v.unknown(
                f"o:{self.identity(node.end)}"
            )
        result = self._unresolved(args, keywords, node)
        last = name.rpartition(".")[2]
        return (v.Obj(name, f"x:{self.identity(node.end)}"),) if last[:1].isupper() else result

    def _is_bound(self, args: Arguments, keywords: Keywords) -> bool:
        """Whether a session works on a connection that it is given: where a transaction is open on
        that, the session takes part in it and its commit ends nothing.

        Source: SQLAlchemy, "Joining a Session into an External Transaction".
        """
        bind = next((held for name, held in keywords if name == "bind"), args[0] if args else ())
        return any(
            isinstance(value, v.Obj)
            and (
                self.program.kind(value) == "connection"
                or (v.is_unknown(value) and self._is_named_connection(value.id))
            )
            for value in bind
        )

    def _is_named_connection(self, identity: str) -> bool:
        """Whether an object is a parameter with the name of a session or connection."""
        marker, _, name = identity.partition(":")
        return marker == "p" and name in self.program.standard.sessions.names

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

    def _elsewhere(
        self, name: str, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values | None:
        """What a library call gives that has another task or thread do the work, if this is one."""
        if name in self.program.catalog.spawns:
            spawned(self.as_run, name, args, keywords, node)
            return v.unknown(self.identity(node.end))
        if name in self.program.catalog.offloads:
            return self._offload(args, keywords, node)
        return None

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

    def _perform_all(self, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
        """Run pending coroutines and generators among arguments; the first one's result."""
        result: v.Values = ()
        for values in [*args, *(held for _, held in keywords)]:
            pending = tuple(value for value in values if _is_pending(value))
            if pending:
                result = v.join(result, self.perform(pending, node.at, node.end))
        return result

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
            held = self.item_of(table, args[0])
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


def _in_autocommit(value: v.Value) -> v.Value:
    """The same, in autocommit mode."""
    if not isinstance(value, v.Obj) or value.origin is None:
        return value
    return v.Obj(value.type, value.id, v.Origin(value.origin.kind, value.origin.name, True))


def _is_pending(value: v.Value) -> bool:
    """Whether a value is a coroutine or generator that has not run, or holds some."""
    if isinstance(value, v.Items):
        return any(isinstance(each, v.Pending) for item in value.items for each in item)
    return isinstance(value, v.Pending)
