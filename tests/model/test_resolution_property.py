"""Random small programs: a forbidden call is reported if, and only if, it resolves to the factory.

Each program is built together with what it means: every step that renames, stores, passes or wraps
a callable leads to the factory, or to a namesake that has nothing to do with a database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connlint.config.standard import Sessions, Standard
from connlint.rules.registry import load_rules
from model.written import Place, linked

FACTORY = "SessionLocal"
OWNER = """\
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(bind=create_engine("sqlite://"))
"""
FAKE = """\
class SessionLocal:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None
"""
STANDARD = Standard(sessions=Sessions(forbidden=("app.db.SessionLocal",), owners=("app/db.py",)))
RULE = next(card for card in load_rules().rules if card.code == "DBC101")


@dataclass
class Source:
    """A file that is being written. ``name`` is what leads to the callable, so far."""

    lines: list[str] = field(default_factory=list)
    name: str = ""

    def write(self, text: str) -> int:
        """Add lines; the number of the last one."""
        self.lines.extend(text.splitlines())
        return len(self.lines)


IMPORTS = {
    "plain": ("from {module} import SessionLocal", "SessionLocal"),
    "renamed": ("from {module} import SessionLocal as first", "first"),
    "module": ("import {module}", "{module}.SessionLocal"),
    "module renamed": ("import {module} as place", "place.SessionLocal"),
    "submodule": ("from app import {last}", "{last}.SessionLocal"),
    "relative": ("from .{last} import SessionLocal", "SessionLocal"),
    "relative module": ("from . import {last} as place", "place.SessionLocal"),
    "star": ("from {module} import *", "SessionLocal"),
    "guarded": (
        "try:\n    from {module} import SessionLocal\nexcept ImportError:\n    raise",
        "SessionLocal",
    ),
    "conditional": (
        "import sys\nif sys.platform:\n    from {module} import SessionLocal", "SessionLocal",
    ),
}  # fmt: skip
ALIASES = {
    "variable": ("alias{n} = {name}", "alias{n}"),
    "annotated": ("alias{n}: object = {name}", "alias{n}"),
    "tuple": ("alias{n}, other{n} = {name}, 3", "alias{n}"),
    "chained": ("other{n} = alias{n} = {name}", "alias{n}"),
    "partial": (
        "from functools import partial\nalias{n} = partial({name})", "alias{n}",
    ),
    "either": ("alias{n} = None or {name}", "alias{n}"),
}  # fmt: skip
CALLS = {
    "plain": "def work():\n    return {name}()",
    "with": "def work():\n    with {name}() as session:\n        return session",
    "variable": "def work():\n    session = {name}()\n    return session",
    "walrus": "def work():\n    if session := {name}():\n        return session",
    "nested": "def work():\n    def inner():\n        return {name}()\n\n    return inner()",
    "method": "class Work:\n    def run(self):\n        return {name}()",
    "loop": "def work():\n    for _ in range(3):\n        {name}()",
    "lambda": "work = lambda: {name}()",
    "comprehension": "def work():\n    return [{name}() for _ in range(3)]",
    "local alias": "def work():\n    make = {name}\n    return make()",
    "closure": (
        "def work():\n    make = {name}\n\n"
        "    def inner():\n        return make()\n\n    return inner()"
    ),
    "branch": "def work(ok):\n    if ok:\n        return {name}()\n    return None",
    "handler": (
        "def work():\n    try:\n        return 3\n    except ValueError:\n        return {name}()"
    ),
    "decorated": (
        "def kept(function):\n    return function\n\n@kept\ndef work():\n    return {name}()"
    ),
}
SHADOWS = {
    "parameter": "def work({name}):\n    return {name}()",
    "local": "def work(load):\n    {name} = load()\n    return {name}()",
    "loop": "def work(makers):\n    for {name} in makers:\n        {name}()",
    "other function": "def work(load):\n    {name} = load\n\ndef more():\n    return 3",
}


@dataclass(frozen=True)
class Written:
    """A program: its files, and the places at which the factory is called."""

    files: dict[str, str]
    expected: frozenset[Place]


@st.composite
def programs(draw: st.DrawFn) -> Written:
    """A program of an owner, a namesake, packages that pass names on, and users."""
    files = {"app/__init__.py": "", "app/db.py": OWNER, "app/fake.py": FAKE}
    modules = {"app.db": True, "app.fake": False}
    for number in range(draw(st.integers(0, 3))):
        source = draw(st.sampled_from(sorted(modules)))
        name = f"app.pass{number}"
        files[f"app/pass{number}.py"] = draw(
            st.sampled_from(
                [
                    f"from {source} import SessionLocal\n",
                    f"from {source} import *\n",
                    f"import {source} as place\n\nSessionLocal = place.SessionLocal\n",
                    f"from {source} import SessionLocal as other\n\nSessionLocal = other\n",
                    f"from {source} import *\n\n__all__ = ['SessionLocal']\n",
                ]
            )
        )
        modules[name] = modules[source]
    expected: set[Place] = set()
    for number in range(draw(st.integers(1, 3))):
        path = f"app/use{number}.py"
        source_name = draw(st.sampled_from(sorted(modules)))
        text, line, is_reached = draw(users(source_name))
        files[path] = text
        if is_reached and modules[source_name]:
            expected.add((path, line))
    return Written(files, frozenset(expected))


@st.composite
def users(draw: st.DrawFn, module: str) -> tuple[str, int, bool]:
    """A file that calls what it gets from a module: its text, the line of the call, and whether
    the call means that at all."""
    source = Source()
    statement, name = draw(st.sampled_from(list(IMPORTS.values())))
    words = {"module": module, "last": module.rpartition(".")[2]}
    source.write(statement.format(**words))
    source.name = name.format(**words)
    for number in range(draw(st.integers(0, 3))):
        alias, name = draw(st.sampled_from(list(ALIASES.values())))
        source.write(alias.format(n=number, name=source.name))
        source.name = name.format(n=number)
    is_shadowed = draw(st.booleans()) and source.name.isidentifier()
    form = draw(st.sampled_from(list((SHADOWS if is_shadowed else CALLS).values())))
    body = form.format(name=source.name)
    before = source.write("")
    called = source.name if "make()" not in body else "make"
    offset = next(
        (n for n, line in enumerate(body.splitlines(), start=1) if f"{called}()" in line), 0
    )
    source.write(body)
    return "\n".join(source.lines) + "\n", before + offset, not is_shadowed


@pytest.fixture(autouse=True, scope="module")
def _with_room_to_recurse() -> None:
    """Linking raises Python's recursion limit, which must not happen inside a random run."""
    linked({})


@settings(max_examples=150, deadline=None)
@given(programs())
def test_a_call_is_reported_if_and_only_if_it_means_the_factory(written: Written) -> None:
    project = linked(written.files, STANDARD)
    found = {
        (suspect.path, suspect.span.line)
        for suspect in RULE.load().suspects(project)
        if suspect.shape == "call"
    }
    shown = "\n".join(f"{path}\n{indent(text, '    ')}" for path, text in written.files.items())
    assert found == written.expected, shown


@given(st.sampled_from(sorted(CALLS)), st.sampled_from(sorted(IMPORTS)))
@settings(max_examples=60, deadline=None)
def test_the_programs_hold_what_they_are_to_test(call: str, how: str) -> None:
    statement, name = IMPORTS[how]
    words = {"module": "app.db", "last": "db"}
    body = CALLS[call].format(name=name.format(**words))
    files = {
        "app/__init__.py": "",
        "app/db.py": OWNER,
        "app/use.py": f"{statement.format(**words)}\n\n{body}\n",
    }
    found = [each for each in RULE.load().suspects(linked(files, STANDARD)) if each.shape == "call"]
    assert len(found) == 1
