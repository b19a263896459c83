"""Whatever the layout of a call or dictionary: nothing in it is lost, and what is new is in it."""

from __future__ import annotations

import ast
import io
import tokenize

import libcst as cst
from hypothesis import given, settings
from hypothesis import strategies as st

from connlint.fix.brackets import Brackets
from connlint.fix.outcome import Refused
from connlint.fix.rewrite import Rewrite, apply
from connlint.fix.tree import open_tree
from connlint.source import decode

VALUES = st.sampled_from(["1", "a", "f(1, 2)", "(1\n + 2)", "{'k': 1}", "[\n        3,\n    ]"])
NAMED = st.tuples(st.sampled_from(["a", "bb", "long_name_of_an_argument"]), VALUES)
GAPS = st.sampled_from(
    [", ", ",", " , ", ",\n        ", ",  # b\n        ", ",\n        # c\n        "]
)
BEFORE = st.sampled_from(["", " ", "\n        ", "  # a\n        "])
AFTER = st.sampled_from(
    ["", ",", " ", ", ", "\n    ", ",\n    ", ",  # d\n    ", "\n    # e\n    "]
)


def _comments(source: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [each.string for each in tokens if each.type == tokenize.COMMENT]


def _with_more(source: str, kind: type[cst.Call] | type[cst.Dict], added: list[str]) -> str:
    tree = open_tree(decode(source.encode()))
    node = next(
        each
        for each in tree.nodes
        if isinstance(each, kind)
        and (not isinstance(each, cst.Call) or tree.module.code_for_node(each.func) == "make")
    )
    rewrite = Rewrite()
    rewrite.replace(node, Brackets(tree, node, added=added).expression())
    return apply(tree.module, [rewrite]).code


def _laid_out(elements: list[str], gaps: list[str], before: str, after: str) -> str:
    text = elements[0] if elements else ""
    for gap, each in zip(gaps, elements[1:], strict=False):
        text += gap + each
    if not elements:
        after = after.replace(",", "")
    return f"{before}{text}{after}"


@settings(deadline=None)
@given(st.lists(NAMED, max_size=4, unique_by=lambda each: each[0]), st.data())
def test_a_call_keeps_what_it_has(named: list[tuple[str, str]], data: st.DataObject) -> None:
    elements = ["url", *(f"{name}={value}" for name, value in named)]
    gaps = data.draw(st.lists(GAPS, min_size=len(elements), max_size=len(elements)))
    inside = _laid_out(elements, gaps, data.draw(BEFORE), data.draw(AFTER))
    source = f"def f():\n    x = make({inside})  # f\n    return x\n"
    ast.parse(source)
    try:
        result = _with_more(source, cst.Call, ["new=1", "other=None"])
    except Refused:
        assert "#" in inside
        return
    (call,) = (
        node
        for node in ast.walk(ast.parse(result))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "make"
    )
    before = ast.parse(f"make({', '.join(elements)})", mode="eval").body
    assert isinstance(before, ast.Call)
    wanted = [*map(ast.unparse, before.keywords), "new=1", "other=None"]
    assert [ast.unparse(each) for each in call.keywords] == wanted
    assert [ast.unparse(each) for each in call.args] == ["url"]
    assert _comments(result) == _comments(source)
    assert result.startswith("def f():\n    x = make(")
    assert result.endswith("  # f\n    return x\n")


@settings(deadline=None)
@given(st.lists(VALUES, max_size=4), st.data())
def test_a_dictionary_keeps_what_it_has(values: list[str], data: st.DataObject) -> None:
    elements = [f'"{number}": {value}' for number, value in enumerate(values)]
    gaps = data.draw(st.lists(GAPS, min_size=len(elements), max_size=len(elements)))
    inside = _laid_out(elements, gaps, data.draw(BEFORE), data.draw(AFTER))
    source = f"class C:\n    x = {{{inside}}}\n"
    ast.parse(source)
    try:
        result = _with_more(source, cst.Dict, ['"new": 1'])
    except Refused:
        assert "#" in inside
        return
    (assignment,) = (node for node in ast.walk(ast.parse(result)) if isinstance(node, ast.Assign))
    joined = ", ".join([*elements, '"new": 1'])
    wanted = ast.parse(f"{{{joined}}}", mode="eval").body
    assert ast.dump(assignment.value) == ast.dump(wanted)
    assert _comments(result) == _comments(source)
