"""Which variable a name means, against the answers of the standard library's symbol table."""

from __future__ import annotations

import symtable

import libcst as cst
import pytest

from connlint.fix.imports import imports_of
from connlint.fix.names import Names, binds, names_of
from connlint.fix.tree import Scope, Tree, open_tree
from connlint.source import decode

SOURCE = """\
import a.b, a.c as d
from e import f as g, h
x = 1
def one(x, y=x, *args, z: x = h, **more) -> x:
    global u
    u = v = x
    def two():
        nonlocal v
        v = more
        return x, u, args
    class Inner(two, metaclass=x):
        v = v
        def three(self):
            return v, x, y
    return [x for x in y if x] + [v for w in x], (lambda x, q=y: x + q + v)
with one() as (s, [t]):
    s.x = t.s
    one(x=s, s=x)
for i, j in x:
    del i
try:
    pass
except ValueError as error:
    error.x
class Outer:
    x = x
    def four(self):
        return x
match x:
    case {"k": m, **rest} | [m, *rest] | h(s=m) as rest:
        pass
if (n := x):
    n += 1
async def five():
    async with x as s:
        return s, n
"""


def _names(source: str) -> Names:
    return names_of(open_tree(decode(source.encode())))


def _name_of(scope: Scope) -> str:
    if isinstance(scope, cst.FunctionDef | cst.ClassDef):
        return scope.name.value
    return {cst.Module: "top", cst.Lambda: "lambda"}.get(type(scope), "listcomp")


def _tables(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [table, *(inner for each in table.get_children() for inner in _tables(each))]


def test_owners_are_those_of_the_symbol_table() -> None:
    names = _names(SOURCE)
    tables = {table.get_name(): table for table in _tables(symtable.symtable(SOURCE, "x", "exec"))}
    wrong = []
    for name, occurrences in names.occurrences.items():
        for each in occurrences:
            scope = names.scope(each)
            table = tables.get(_name_of(scope))
            if table is None or name not in table.get_identifiers():
                continue
            symbol = table.lookup(name)
            is_own = names.owner(each) is scope
            is_local = symbol.is_local() and not symbol.is_free()
            if not isinstance(scope, cst.Module) and is_own != is_local:
                wrong.append((name, names.tree.line(each), _name_of(scope)))
            if symbol.is_declared_global() or symbol.is_global():
                assert names.owner(each) is names.tree.module, (name, names.tree.line(each))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("a", [1]),
        ("b", []),
        ("c", []),
        ("d", [1]),
        ("f", []),
        ("g", [2]),
        ("x", [3, *[4] * 4, 6, 10, 11, 14, *[15] * 6, 18, 19, 26, 26, 28, 29, 32, 35]),
        ("s", [16, 17, 18, 35, 36]),
        ("m", [30, 30, 30]),
    ],
)
def test_only_variables_are_occurrences(name: str, lines: list[int]) -> None:
    names = _names(SOURCE)
    assert [names.tree.line(each) for each in names.occurrences[name]] == lines


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("a", [1]),
        ("h", [2]),
        ("v", [6, 9, 12]),
        ("t", [16]),
        ("i", [19, 20]),
        ("error", [23]),
        ("m", [30, 30, 30]),
        ("rest", [30, 30, 30]),
        ("n", [32, 33]),
        ("more", [4]),
        ("args", [4]),
    ],
)
def test_bindings(name: str, lines: list[int]) -> None:
    names = _names(SOURCE)
    bound = [each for each in names.occurrences[name] if binds(each, names.tree)]
    assert [names.tree.line(each) for each in bound] == lines


def test_a_variable_has_its_occurrences_alone() -> None:
    names = _names("def f(s):\n    g(s=s.s)\n    return lambda s: s\ns = 1\n")
    function = names.tree.module.body[0]
    assert isinstance(function, cst.FunctionDef)
    assert [names.tree.line(each) for each in names.of_variable("s", function)] == [1, 2]
    assert [names.tree.line(each) for each in names.of_variable("s", names.tree.module)] == [4]


def test_global_passes_over_the_functions_around() -> None:
    names = _names("def f():\n    x = 1\n    def g():\n        global x\n        x = 2\n")
    inner = names.occurrences["x"][1:]
    assert {names.owner(each) for each in inner} == {names.tree.module}
    assert names.is_declared_outside("x", names.scope(inner[0]))


def _imports(source: str, module: str, *, is_package: bool) -> dict[str, str]:
    tree: Tree = open_tree(decode(source.encode()))
    imports = imports_of(tree, names_of(tree), module, is_package)
    return {each.local: each.target for each in imports.every}


def test_what_imports_stand_for() -> None:
    source = (
        "import a.b, a.c as d\nfrom e.f import g as h\nfrom . import i\nfrom ..j import k\n"
        "from .... import far\nfrom x import *\n"
    )
    assert _imports(source, "app.api.v1", is_package=False) == {
        "a": "a", "d": "a.c", "h": "e.f.g", "i": "app.api.i", "k": "app.j.k",
    }  # fmt: skip
    assert _imports(source, "app.api.v1", is_package=True)["i"] == "app.api.v1.i"
    assert _imports(source, "app.api.v1", is_package=True)["k"] == "app.api.j.k"


@pytest.mark.parametrize(
    ("source", "known"),
    [
        ("from a import f\nf()\n", True),
        ("from a import f\nf = 1\nf()\n", False),
        ("try:\n    from a import f\nexcept ImportError:\n    f = None\nf()\n", False),
        ("try:\n    from a import f\nexcept ImportError:\n    from b import f\nf()\n", False),
        ("if x:\n    from a import f\nelse:\n    from a import f\nf()\n", True),
        ("from a import f\ndef g(f):\n    f()\n", False),
        ("from a import f\ndef g():\n    f()\n", True),
        ("from a import f\nclass A:\n    f = 1\n    def g(self):\n        f()\n", True),
        ("from a import f\nclass A:\n    f = 1\n    f()\n", False),
        ("import a.b\nimport a.f\na.f()\n", True),
    ],
)
def test_a_name_is_known_when_one_import_alone_gives_it(source: str, known: bool) -> None:
    tree = open_tree(decode(source.encode()))
    names = names_of(tree)
    imports = imports_of(tree, names, "m", False)
    calls = [each for each in tree.nodes if isinstance(each, cst.Call)]
    target = imports.target_of(calls[-1].func, names.scope(calls[-1]))
    assert (target == "a.f") is known
