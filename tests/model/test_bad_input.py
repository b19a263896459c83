"""Whatever a file holds, the others are linked and evaluated as if it were not there."""

from __future__ import annotations

import pytest

from connlint.config.standard import Sessions, Standard, States
from connlint.facts.extract import extract
from connlint.location import unpack
from connlint.model.project import Project

GOOD = b"""
from sqlalchemy.orm import Session

def work(session: Session, job):
    session.add(job)
    session.commit()
"""


def _link(files: dict[str, bytes], standard: Standard | None = None) -> Project:
    triples = [
        (path, path.removesuffix(".py").replace("/", "."), extract(data))
        for path, data in sorted(files.items())
    ]
    return Project.link(triples, standard or Standard())


def _commits(project: Project) -> set[tuple[str, int]]:
    return {
        (project.path(scope), unpack(operation.at)[0])
        for scope, operation in project.operations()
        if operation.own and operation.effect.kind == "commit"
    }


UNREADABLE = {
    "a syntax error": b"def broken(:\n",
    "an unknown encoding": b"# -*- coding: klingon -*-\n",
    "bytes that are no text": b"\xff\xfe\x00\x01",
    "a null byte": b"x = 1\x00",
    "a conflict marker": b"<<<<<<< HEAD\nx = 1\n",
    "half a string": b'x = """',
    "too many brackets": b"x = " + b"(" * 5000 + b")" * 5000,
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_file_costs_nothing_but_itself(data: bytes) -> None:
    project = _link({"bad.py": data, "good.py": GOOD})
    assert _commits(project) == {("good.py", 6)}
    assert set(project.program.modules) == {"good"}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE)
def test_an_import_from_an_unreadable_file_leads_nowhere(data: bytes) -> None:
    user = b"from bad import make\n\ndef work(job):\n    with make() as s:\n        s.add(job)\n"
    project = _link({"bad.py": data, "user.py": user, "good.py": GOOD})
    assert _commits(project) == {("good.py", 6)}


ODD = {
    "nothing": (b"", ()),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, (6,)),
    "another encoding": (b"# coding: latin-1\n# \xe9\n" + GOOD, (8,)),
    "Windows newlines": (GOOD.replace(b"\n", b"\r\n"), (6,)),
    "old Mac newlines": (GOOD.replace(b"\n", b"\r"), (6,)),
    "no final newline": (GOOD.rstrip(), (6,)),
    "tabs": (GOOD.replace(b"    ", b"\t"), (6,)),
    "a form feed": (b"\x0c\n" + GOOD, (7,)),
    "a very long line": (b"x = '" + b"a" * 500_000 + b"'\n" + GOOD, (7,)),
    "a very long expression": (b"x = " + b" + ".join([b"1"] * 5000) + GOOD, (6,)),
    "a very long chain of methods": (b"x = y" + b".z()" * 3000 + GOOD, (6,)),
    "many branches": (
        b"def f(x):\n    if x == 0:\n        pass\n"
        + b"".join(b"    elif x == %d:\n        pass\n" % n for n in range(1, 800))
        + GOOD,
        (1602 + 6 - 1,),
    ),
    "deep blocks": (
        b"def f():\n"
        + b"".join(b" " * (n + 1) + b"if x:\n" for n in range(90))
        + b" " * 92
        + b"pass\n"
        + GOOD,
        (92 + 6,),
    ),
}


@pytest.mark.parametrize(("data", "lines"), ODD.values(), ids=ODD)
def test_an_odd_file_is_read_as_it_is(data: bytes, lines: tuple[int, ...]) -> None:
    found = _commits(_link({"odd.py": data}))
    assert found == {("odd.py", line) for line in lines}


RINGS = {
    "imports": {
        "a.py": b"from b import y\nx = y",
        "b.py": b"from a import x\ny = x",
    },
    "star imports": {"a.py": b"from b import *", "b.py": b"from a import *\nfrom b import *"},
    "an import of itself": {"a.py": b"from a import x\nimport a\nx = a.x"},
    "base classes": {"a.py": b"class A(B): pass\nclass B(C): pass\nclass C(A): pass"},
    "values": {"a.py": b"x = y\ny = z\nz = x\n\ndef f():\n    return f()\n\nw = f()"},
    "annotations": {"a.py": b"X = 'Y'\nY = 'X'\n\ndef f(x: X, y: 'Y', z: 'z'): ..."},
    "attributes": {
        "a.py": b"class A:\n    def __init__(self):\n"
        b"        self.x = self.y\n        self.y = self.x"
    },
    "properties": {
        "a.py": b"class A:\n    @property\n    def x(self):\n        return self.x\n\ny = A().x"
    },
    "dependencies": {
        "a.py": b"from fastapi import Depends\n\ndef f(x=Depends(lambda: f)): ...\n"
        b"\ndef g(y=Depends(g2)): ...\n\ndef g2(z=Depends(g)): ..."
    },
    "decorators": {"a.py": b"@g\ndef f(x):\n    return g\n\n@f\ndef g(x):\n    return f"},
    "classes inside": {"a.py": b"class A:\n    class B(A): ...\n    x = B.x\n    y = A.B.B"},
}  # fmt: skip


@pytest.mark.parametrize("files", RINGS.values(), ids=RINGS)
def test_rings_end(files: dict[str, bytes]) -> None:
    project = _link({**files, "good.py": GOOD})
    assert _commits(project) == {("good.py", 6)}


NONSENSE = {
    "names that nobody binds": b"x = missing\nmissing.y = 3\nclass A(missing): ...\ndel missing",
    "a star that leads nowhere": b"from nowhere import *\nfrom . import *\nfrom ... import x",
    "an __all__ of something else": b"__all__ = [1, x, 'y']\n__all__ += names()",
    "odd calls": b"f(*a, **b)(*c)\n(lambda *x, **y: x)()\n(yield_ := 3)\nprint(*[], **{})",
    "odd targets": b"a, *b = c\n[d, (e, f)] = g\nh.i, j[0] = k\nfor l, *m in n: ...",
    "odd parameters": b"def f(a, /, b=1, *c, d, e=2, **g): ...\nf(1, *x, d=3, **y)\nf()",
    "odd super calls": b"super().x()\nclass A:\n    super().y()\n    def f(): super().z()",
    "statements anywhere": b"return_ = 1\nasync def f():\n    async for x in y:\n        yield x",
    "nested comprehensions": b"x = [[y for y in z if y] for z in {w: v for w, v in u}]",
}


@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_means_nothing(data: bytes) -> None:
    project = _link({"odd.py": data, "good.py": GOOD})
    assert _commits(project) == {("good.py", 6)}


def test_a_standard_that_names_nothing_there_is() -> None:
    standard = Standard(
        sessions=Sessions(
            providers=("good.missing", "nowhere.at.all"), forbidden=("good.*", "gone.x")
        ),
        states=States(persist=("DONE",), persist_functions=("good.gone", "no.such.thing")),
    )
    project = _link({"good.py": GOOD}, standard)
    assert _commits(project) == {("good.py", 6)}
    assert project.is_forbidden("good.work")
    assert project.is_provider("good.missing")


def test_files_that_share_a_name_are_both_looked_at() -> None:
    files = [("one/app.py", "app", extract(GOOD)), ("two/app.py", "app", extract(GOOD))]
    project = Project.link(files, Standard(), {"app": "two/app.py"})
    assert _commits(project) == {("one/app.py", 6), ("two/app.py", 6)}
    assert project.module("app").path == "two/app.py"


def test_no_file_at_all() -> None:
    project = _link({})
    assert list(project.operations()) == []
    assert project.entry_points == ()
