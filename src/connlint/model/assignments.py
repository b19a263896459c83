"""Assignments, definitions and imports in, what names and fields hold afterwards out."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.calls import Caller
from connlint.model.states import note_state


class Assigner(Caller):
    """Binds names and stores fields on a path."""

    def _assign(self, node: f.Assign) -> None:
        values = self.evaluate(node.value)
        for target in node.targets:
            self.bind_target(target, values)

    def _annotated(self, node: f.Annotated) -> None:
        if node.value is None:
            return
        values = self.evaluate(node.value)
        if all(v.is_unknown(value) for value in values):
            declared = self.program.annotations.values(self.module, self.number, node.annotation)
            identity = f"o:{self.identity(node.at)}"
            typed = tuple(
                v.Obj(each.type, identity, v.Origin("parameter", ""))
                for each in declared
                if isinstance(each, v.Obj) and self.program.kind(each)
            )
            values = typed or values
        self.bind_target(node.target, values)

    def _augmented(self, node: f.AugAssign) -> None:
        values = self.evaluate(node.value)
        if isinstance(node.target, f.Name):
            held = self.lookup(node.target.id)
            self.state.env[node.target.id] = v.join(held, values) if node.op == "+" else held
        elif isinstance(node.target, f.Attr):
            base = self.evaluate(node.target.value)
            self.store_attribute(base, node.target.attr, v.unknown("augmented"))

    def bind_target(self, target: f.Expr, values: v.Values) -> None:
        if isinstance(target, f.Name):
            self.state.env[target.id] = values or v.unknown(self.identity(target.at))
        elif isinstance(target, f.Attr):
            self.store_attribute(self.evaluate(target.value), target.attr, values)
        elif isinstance(target, f.Seq):
            self._unpack(target, values)
        elif isinstance(target, f.Index):
            self._store_item(target, values)
        elif isinstance(target, f.Starred):
            self.bind_target(target.value, ())

    def _unpack(self, target: f.Seq, values: v.Values) -> None:
        exact = values[0] if len(values) == 1 else None
        for index, item in enumerate(target.items):
            if isinstance(exact, v.Items) and exact.exact and index < len(exact.items):
                self.bind_target(item, exact.items[index])
            else:
                self.bind_target(item, self.items_of(values))

    def _store_item(self, target: f.Index, values: v.Values) -> None:
        base = self.evaluate(target.value)
        for key in self.evaluate(target.index):
            if isinstance(key, v.Const) and isinstance(key.value, str):
                for value in base:
                    if isinstance(value, (v.Table, v.Obj)):
                        self.state.fields[value.id, key.value] = values
                        self.state.touched |= {value.id}
                if key.value in self.engine.vocabulary.fields:
                    note_state(self.state, key.value, values)

    def store_attribute(self, base: v.Values, attr: str, values: v.Values) -> None:
        """``base.attr = values``: remember it, and a possible write to an entity."""
        state = self.state
        for value in base:
            if not isinstance(value, v.Obj):
                continue
            state.fields[value.id, attr] = (
                values if len(base) == 1 else v.join(state.fields.get((value.id, attr), ()), values)
            )
            if self.engine.may_be_entity(value):
                state.note_write("", "maybe")
                state.touched |= {value.id}
        if attr in self.engine.vocabulary.fields:
            note_state(state, attr, values)

    def _delete(self, node: f.Delete) -> None:
        for target in node.targets:
            if isinstance(target, f.Name):
                self.state.env.pop(target.id, None)

    def _define(self, node: f.Define) -> None:
        scope = self.module.facts.scopes[node.scope]
        value: v.Value
        if scope.kind == "class":
            value = v.Class(self.module.name, node.scope)
        else:
            value = v.Func(self.module.name, node.scope, None, self.captured(node.scope))
        self.state.env[scope.name] = (value,)

    def _import(self, node: f.ImportNames) -> None:
        for number in node.imports:
            item = self.module.facts.imports[number]
            if item.attr != "*":
                targets = self.program.names.imported(self.module, item)
                self.state.env[item.name] = self.program.target_values(targets)
