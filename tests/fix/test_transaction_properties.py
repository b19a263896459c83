"""Wherever a commit, clause or loop stands, its fix keeps all other statements, or is refused."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from connlint.findings import Finding, FixIntent
from connlint.fix.outcome import FixTarget, Refused
from connlint.fix.plan import FilePlan, plan_file
from connlint.location import Span
from connlint.source import CharacterColumns
from visit.programs import UNIT, Lines, layouts, statements, text_of

_OWN = ("commit", "rollback", "flush")
"""Methods of the session whose calls come and go."""
DATA = {
    "remove-commit": {"word": "commit"},
    "leave-transaction": {"flush": "no"},
    "commit-behind-loop": {},
    "add-rollback": {"session": "db", "async": "no"},
    "begin-transaction": {"session": "db", "async": "no"},
}


def _deeper(lines: Lines) -> Lines:
    return [f"{UNIT}{line}" if line else line for line in lines]


_COMMITS = st.sampled_from(
    [
        ["db.commit()  # now"],
        ["# Commit it", "db.commit()"],
        ["f(); db.commit(); g()"],
        ["(db", "    .commit())"],
        ["if x: db.commit()"],
        ["if x:", f"{UNIT}f()", "else:", f"{UNIT}db.commit()"],
        ["try:", f"{UNIT}db.commit()", "except E0:", f"{UNIT}db.rollback()", f"{UNIT}raise"],
        ["while x:", f"{UNIT}db.commit()"],
        ["with db.begin():  # all", f"{UNIT}f()", f"{UNIT}# ü", f"{UNIT}g()"],
        ["with db.begin(), g(): f()"],
        ["for x in y:", f"{UNIT}f()", f"{UNIT}db.commit()", "    # after"],
        ["for x in y: f(); db.commit()"],
        ["try:", f"{UNIT}f()", "except E0:  # why", f"{UNIT}# first", f"{UNIT}g()"],
        ["try: f()", "except E0: pass  # why"],
    ]
)


@st.composite
def programs(draw: st.DrawFn) -> Lines:
    """A function with a session and one of the places somewhere in it."""
    inner = [*draw(statements), *draw(_COMMITS), *draw(statements)]
    while draw(st.integers(0, 2)) == 2:
        header = draw(st.sampled_from(["if f():", "for x in f():", "with g():", "while x:"]))
        inner = [header, *_deeper([*inner, *draw(st.sampled_from([["pass"], ["f()"]]))])]
    return ["import os", "", "def load(y, db):", *_deeper([*inner, "pass"])]


def _places(source: str, kind: str) -> list[tuple[Span, dict[str, str]]]:
    """Where in ``source`` a rule would see something to do for ``kind``, with the fix's data."""
    columns = CharacterColumns(source)

    def span(node: ast.expr | ast.stmt | ast.excepthandler) -> Span:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = columns.column(node.lineno, node.col_offset)
        return Span(
            node.lineno,
            start,
            node.end_lineno,
            columns.column(node.end_lineno, node.end_col_offset),
        )

    found: list[tuple[Span, dict[str, str]]] = []
    loops: list[ast.For] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.For):
            loops.append(node)
        if isinstance(node, ast.ExceptHandler) and kind == "add-rollback":
            found.append((span(node), {}))
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr == "begin" and kind == "leave-transaction":
            found.append((span(node), {}))
        if node.func.attr != "commit" or kind == "add-rollback":
            continue
        if kind != "commit-behind-loop":
            found.append((span(node), {}))
        for loop in loops if kind == "commit-behind-loop" else ():
            place = span(loop)
            found.append((span(node), {"loop": f"{place.line}:{place.column}"}))
    return found


def _plan(source: str, kind: str, place: tuple[Span, dict[str, str]]) -> FilePlan | None:
    span, data = place
    intent = FixIntent(kind, "unsafe", "x", {**DATA[kind], **data})
    finding = Finding(
        "DBC2", "x", "error", "medium", "x", "a.py", span, span, "a", "x", intent=intent
    )
    target = FixTarget("a.py", Path("a.py"), source.encode(), "a")
    try:
        return plan_file(target, source.encode(), [finding], unsafe=True)
    except Refused:
        return None


def _others(source: str) -> list[str]:
    """The statements without blocks, but for what the fixes add and take away, in order."""
    return [
        ast.dump(node)
        for node in _in_order(ast.parse(source))
        if not isinstance(node, ast.Pass) and not _is_own(node)
    ]


def _in_order(tree: ast.AST) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.stmt) and not hasattr(child, "body"):
            found.append(child)
        found += _in_order(child)
    return found


def _is_own(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    func = call.func if isinstance(call, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr in _OWN


def _comments(source: str) -> list[str]:
    return sorted(re.findall(r"# (?:after|all|first|why|ü)", source))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(DATA)), programs(), layouts, st.data())
def test_all_other_statements_stay(
    kind: str, lines: Lines, layout: tuple[str, str], data: st.DataObject
) -> None:
    source = text_of(lines, *layout)
    places = _places(source, kind)
    if not places:
        return
    plan = _plan(source, kind, data.draw(st.sampled_from(places)))
    if plan is None or not plan.applied:
        return
    after = plan.after.decode()
    expected, found = _others(source), _others(after)
    if found != expected:
        # A try that has nothing left to do goes with a clause that only raises.
        assert [each for each in expected if each != ast.dump(ast.Raise())] == found
    assert _comments(after) == _comments(source)
    assert set(re.findall(r"\r?\n", after)) == {layout[1]}
    changed = set(after.splitlines()) - set(source.splitlines())
    assert not any(line != line.rstrip() for line in changed)
