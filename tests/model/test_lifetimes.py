"""What stays open, waits, nests or outlives its block, on every way through a function."""

from __future__ import annotations

from textwrap import indent

import pytest

from connlint.facts import types as f
from connlint.location import unpack
from connlint.model.lifetimes.noticed import Lifetime
from connlint.model.lifetimes.ways import MAX_WAYS, Way, decide, limited
from model.written import DB, linked, scope_of

_HEAD = """
import sys
from contextlib import closing, suppress
from app.db import SessionLocal, engine
"""


def _life(body: str, head: str = "def work(query, flag, items):", extra: str = "") -> Lifetime:
    text = _HEAD + extra + head + "\n" + indent(body.strip("\n"), "    ") + "\n"
    project = linked({"app/db.py": DB, "app/work.py": text})
    return project.lives.of(scope_of(project, "app.work.work"))


CLOSED = {
    "in a finally clause": (
        "s = SessionLocal()\ntry:\n    s.execute(query)\nfinally:\n    s.close()"
    ),
    "by its own block": "with SessionLocal() as s:\n    s.execute(query)",
    "by closing": "with closing(SessionLocal()) as s:\n    s.execute(query)",
    "in every handler and behind": (
        "s = SessionLocal()\ntry:\n    s.execute(query)\nexcept Exception:\n"
        "    s.close()\n    raise\n"
        "s.close()"
    ),
    "before each way out": "s = SessionLocal()\nif flag:\n    s.close()\n    return 1\ns.close()",
    "where it was opened": (
        "s = None\nif flag:\n    s = SessionLocal()\ntry:\n    print(query)\nfinally:\n"
        "    if s:\n        s.close()"
    ),
    "where the flag says so": (
        "owned = flag is None\ns = SessionLocal() if flag is None else flag\ntry:\n"
        "    s.execute(query)\nfinally:\n    if owned:\n        s.close()"
    ),
    "when the name is bound": (
        "try:\n    s = SessionLocal()\n    s.execute(query)\nfinally:\n"
        '    if "s" in locals():\n        s.close()'
    ),
    "in each round": (
        "for item in items:\n    s = SessionLocal()\n    try:\n        s.execute(item)\n"
        "    finally:\n        s.close()"
    ),
    "when it is still open": (
        "c = engine.connect()\ntry:\n    c.execute(query)\nfinally:\n"
        "    if not c.closed:\n        c.close()"
    ),
    "by a nested function": (
        "s = SessionLocal()\ndef end():\n    s.close()\ntry:\n"
        "    s.execute(query)\nfinally:\n    end()"
    ),
    "by nobody, for the process ends": "s = SessionLocal()\nsys.exit(1)",
    "by whoever gets it": "s = SessionLocal()\nreturn s",
    "by whoever gets it in a tuple": "s = SessionLocal()\nreturn s, flag",
    "by the object that keeps it": "s = SessionLocal()\nitems.session = s",
    "by a global's owner": "global kept\nkept = SessionLocal()",
}


@pytest.mark.parametrize("body", CLOSED.values(), ids=CLOSED)
def test_a_session_is_closed(body: str) -> None:
    assert [leak.how for leak in _life(body).leaks] == []


LEFT_OPEN = {
    "never": ("s = SessionLocal()\ns.execute(query)", "end"),
    "at a return": ("s = SessionLocal()\nif flag:\n    return 1\ns.close()", "return"),
    "by an exception": ("s = SessionLocal()\ns.execute(query)\ns.close()", "raise"),
    "by another exception": (
        ("s = SessionLocal()\ntry:\n    s.execute(query)\n    s.close()\n"
        "except KeyError:\n    s.close()"),
        "raise",
    ),
    "by an exception in a handler": (
        ("s = SessionLocal()\ntry:\n    s.execute(query)\nexcept Exception:\n"
        "    s.execute(flag)\ns.close()"),
        "raise",
    ),
    "in an else clause": (
        ("s = SessionLocal()\ntry:\n    print(query)\nexcept Exception:\n"
        "    s.close()\nelse:\n    return 1"),
        "return",
    ),
    "when nothing is suppressed behind": (
        "s = SessionLocal()\nwith suppress(KeyError):\n    s.execute(query)\nreturn 1",
        "return",
    ),
    "in one case": (
        ("s = SessionLocal()\nmatch flag:\n    case 1:\n        s.close()\n"
        "    case _:\n        pass"),
        "end",
    ),
    "behind a break": (
        "for item in items:\n    s = SessionLocal()\n    if item:\n        break\n    s.close()",
        "end",
    ),
    "by a block that only ends the transaction": (
        'import sqlite3\nc = sqlite3.connect("x")\nwith c:\n    c.execute(query)',
        "end",
    ),
    "by a generator without finally": (
        "s = SessionLocal()\nyield s\ns.close()",
        "raise",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "how"), LEFT_OPEN.values(), ids=LEFT_OPEN)
def test_a_session_is_left_open(body: str, how: str) -> None:
    assert [leak.how for leak in _life(body).leaks] == [how]


def test_what_another_function_keeps_is_not_the_callers_to_close() -> None:
    store = "class Store:\n    def open(self):\n        "
    keeping = f"{store}self.s = SessionLocal()\n        return self.s\n"
    handing = f"{store}return SessionLocal()\n"
    body = "s = Store().open()\ns.execute(query)"
    assert _life(body, extra=keeping).leaks == ()
    assert [leak.how for leak in _life(body, extra=handing).leaks] == ["end"]


def test_a_session_that_is_opened_for_want_of_one_is_told_apart() -> None:
    fallback = _life("if s is None:\n    s = SessionLocal()\ns.close()", "def work(s=None):")
    always = _life("s = SessionLocal()\ns.close()", "def work(s=None):")
    assert (len(fallback.unneeded), len(always.unneeded)) == (1, 0)


def test_slow_work_counts_only_between_the_work_and_its_end() -> None:
    body = """
import requests
with SessionLocal() as s:
    requests.get(flag)
    s.execute(query)
    requests.get(flag)
    s.commit()
    requests.get(flag)
"""
    assert [unpack(held.at)[0] for held in _life(body).held] == [10]


def test_use_behind_the_block_is_late_and_a_new_block_is_not() -> None:
    body = "with SessionLocal() as s:\n    s.execute(query)\n{}"
    again = "with SessionLocal() as s:\n    s.execute(flag)"
    assert [late.how for late in _life(body.format("s.execute(flag)")).late] == ["used"]
    assert _life(body.format(again)).late == ()


def test_a_session_inside_another_one_is_nested_unless_it_is_made_of_it() -> None:
    inner = "with SessionLocal() as a:\n    with SessionLocal() as b:\n        b.execute(query)"
    bound = (
        "from sqlalchemy.orm import Session\n"
        "with engine.connect() as a:\n    with Session(bind=a) as b:\n        b.execute(query)"
    )
    assert (len(_life(inner).nested), len(_life(bound).nested)) == (1, 0)


def test_many_tests_end_in_few_ways() -> None:
    test = "a{0} = query if items[{0}] else None\nif a{0}:\n    flag(a{0})\n"
    tests = "".join(test.format(number) for number in range(30))
    body = f"s = SessionLocal()\ntry:\n{indent(tests, '    ')}finally:\n    s.close()"
    assert _life(body).leaks == ()


def test_a_test_is_remembered_for_watched_names_only() -> None:
    name = f.Name("a", 0)
    yes, no = decide(name, {Way(): None}, frozenset({"a"}))
    assert decide(name, yes, frozenset({"a"})) == (yes, {})
    assert decide(name, no, frozenset({"a"})) == ({}, no)
    assert decide(name, {Way(): None}, frozenset()) == ({Way(): None}, {Way(): None})


def test_ways_are_cut_in_order() -> None:
    ways = {Way().open(f"s{number}"): None for number in range(MAX_WAYS + 5)}
    assert list(limited(ways)) == list(ways)[:MAX_WAYS]
