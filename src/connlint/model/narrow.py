"""Tests in, narrowed states out: what holds on a path because a test held, or did not."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.name_parts import last_name
from connlint.model.seams import Run
from connlint.model.state import State, merge
from connlint.model.states import note_state

_NEGATED = {"==": "!=", "!=": "==", "is": "is not", "is not": "is", "in": "not in", "not in": "in"}
_COLOURS = {
    "iscoroutinefunction": (True, False),
    "isasyncgenfunction": (True, True),
    "isgeneratorfunction": (False, True),
}
"""What functions of ``inspect`` ask for: asynchronous or not, generator or not."""
_EQUAL = frozenset({"==", "is", "in"})


class Narrowing:
    """Narrows states with the help of one interpreter. States that it is given may be changed."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def when(self, test: f.Expr, state: State, truth: bool) -> State | None:
        """The state where ``test`` is true (or false); ``None`` when it can't be."""
        if isinstance(test, f.Not):
            return self.when(test.value, state, not truth)
        if isinstance(test, f.BoolOp):
            return self._junction(test, state, truth)
        if isinstance(test, f.Compare) and len(test.ops) == 1:
            return self._comparison(test, state, truth)
        if isinstance(test, f.Bind):
            return self._truth(f.Name(test.name, test.at), state, truth)
        return self._truth(test, state, truth)

    def _junction(self, test: f.BoolOp, state: State, truth: bool) -> State | None:
        if (test.op == "and") == truth:
            current: State | None = state
            for part in test.values:
                current = self.when(part, current, truth) if current is not None else None
            return current
        result: State | None = None
        current = state
        for part in test.values:
            if current is None:
                break
            result = merge(result, self.when(part, current.copy(), truth))
            current = self.when(part, current, not truth)
        return result

    def _truth(self, test: f.Expr, state: State, truth: bool) -> State | None:
        if not truth and self._asks_for_state(test, state):
            return None
        if self._colour(test, state) not in (None, truth):
            return None
        values = self._values(test, state)
        if values is None:
            return state
        kept = tuple(value for value in values if _may_be(value, truth))
        if values and not kept:
            return None
        if len(kept) != len(values):
            self._store(test, kept, state)
        return state

    def _asks_for_state(self, test: f.Expr, state: State) -> bool:
        """``hasattr(entity, "status")``: entities have their state field."""
        if (
            not isinstance(test, f.Call)
            or not isinstance(test.func, f.Name)
            or test.func.id != "hasattr"
        ):
            return False
        held = self._values(test.args[1], state) if len(test.args) == 2 else None
        fields = self._run.engine.vocabulary.fields
        return bool(held) and all(
            isinstance(each, v.Const) and each.value in fields for each in held or ()
        )

    def _colour(self, test: f.Expr, state: State) -> bool | None:
        """The answer to ``iscoroutinefunction(f)`` and its like, where ``f`` is known."""
        if not isinstance(test, f.Call) or len(test.args) != 1:
            return None
        kind = _COLOURS.get(last_name(test.func))
        held = self._values(test.args[0], state) if kind else None
        answers = set()
        for value in held or ():
            if not isinstance(value, v.Func):
                return None
            scope = self._run.program.modules[value.module].facts.scopes[value.scope]
            answers.add((scope.is_async, scope.is_generator) == kind)
        return answers.pop() if len(answers) == 1 else None

    def _comparison(self, test: f.Compare, state: State, truth: bool) -> State | None:
        operator = test.ops[0] if truth else _NEGATED.get(test.ops[0], "")
        if operator not in _NEGATED:
            return state
        before, self._run.state = self._run.state, state
        right = self._run.evaluate(test.rights[0])
        self._run.state = before
        if operator in ("in", "not in"):
            right = self._members(right)
            if not right:
                return state
        left = test.left
        if not _is_place(left) and _is_place(test.rights[0]) and operator in ("==", "!="):
            before, self._run.state = self._run.state, state
            right = self._run.evaluate(left)
            self._run.state = before
            left = test.rights[0]
        return self.subject(left, right, state, equal=operator in _EQUAL)

    def _members(self, values: v.Values) -> v.Values:
        result: list[v.Value] = []
        for value in values:
            if not isinstance(value, v.Items):
                return ()
            for item in value.items:
                result.extend(item)
        return tuple(dict.fromkeys(result))

    def subject(self, place: f.Expr, right: v.Values, state: State, *, equal: bool) -> State | None:
        """The state where ``place`` equals one of ``right``, or none of them."""
        if not right or not all(isinstance(value, (v.Const, v.Member)) for value in right):
            return state
        values = self._values(place, state)
        if values is None:
            return state
        if equal:
            known = tuple(value for value in values if _constant(value) or v.is_there(value))
            kept = tuple(value for value in known if any(same(value, each) for each in right))
            if len(known) == len(values):
                if not kept:
                    return None
            else:
                kept = right
        else:
            if len(right) > 1 and not all(_constant(value) for value in values):
                return state
            kept = tuple(value for value in values if not any(same(value, each) for each in right))
            if not kept:
                return None
        if kept != values:
            self._store(place, kept, state)
        return state

    def _values(self, place: f.Expr, state: State) -> v.Values | None:
        """What a variable, attribute or item holds now; ``None`` when it is no such place."""
        if isinstance(place, f.Name):
            held = state.env.get(place.id)
            if held is not None:
                return held
        if not _is_place(place):
            return None
        before, self._run.state = self._run.state, state
        try:
            return self._run.evaluate(place)
        finally:
            self._run.state = before

    def _store(self, place: f.Expr, values: v.Values, state: State) -> None:
        if isinstance(place, f.Name):
            state.env[place.id] = values
            return
        owner, name = _owner(place)
        if owner is None:
            return
        before, self._run.state = self._run.state, state
        base = self._run.evaluate(owner)
        self._run.state = before
        if len(base) == 1 and isinstance(base[0], (v.Obj, v.Table)):
            state.fields[base[0].id, name] = values
        if name in self._run.engine.vocabulary.fields:
            note_state(state, name, values)


def same(left: v.Value, right: v.Value) -> bool:
    """Whether two constants or enum members are the same; a member also equals its value."""
    if isinstance(left, v.Member) and isinstance(right, v.Member):
        return (left.owner, left.name) == (right.owner, right.name) or left.name == right.name
    if isinstance(left, v.Member) and isinstance(right, v.Const):
        return right.value in (left.value, left.name)
    if isinstance(left, v.Const) and isinstance(right, v.Member):
        return left.value in (right.value, right.name)
    return left == right


def _constant(value: v.Value) -> bool:
    return isinstance(value, (v.Const, v.Member))


def _may_be(value: v.Value, truth: bool) -> bool:
    if isinstance(value, v.Const):
        return bool(value.value) is truth
    if isinstance(value, (v.Func, v.Class, v.Member)) or v.is_there(value):
        return truth
    return True


def _is_place(node: f.Expr) -> bool:
    if isinstance(node, f.Name):
        return True
    return isinstance(node, (f.Attr, f.Index)) and _is_place(node.value)


def _owner(place: f.Expr) -> tuple[f.Expr | None, str]:
    if isinstance(place, f.Attr):
        if place.attr == "value" and isinstance(place.value, f.Attr):
            return place.value.value, place.value.attr
        return place.value, place.attr
    if (
        isinstance(place, f.Index)
        and isinstance(place.index, f.Const)
        and isinstance(place.index.value, str)
    ):
        return place.value, place.index.value
    return None, ""
