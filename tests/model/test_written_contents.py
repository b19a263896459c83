"""What each commit writes: on all ways, in callees, and since the commit before it."""

from __future__ import annotations

import pytest

from connlint.location import unpack
from model.written import linked, scope_of

MODELS = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)

        def seen(self, now):
            self.last_seen = now
"""

HEAD = """
from sqlalchemy import update
from sqlalchemy.orm import Session
from app.models import User


def record(row, now):
    row.last_used_at = now


def keep(session: Session, row):
    session.add(row)
    session.commit()


def maybe(session: Session, row, commit=True):
    row.name = "x"
    if commit:
        session.commit()

"""

CASES = {
    "stores on the way": (
        "user.hits += 1\nuser.last_seen = now\nsession.commit()",
        [{"counter hits", "stamp last_seen"}],
    ),
    "stores on either way": (
        "if now:\n    user.hits += 1\nelse:\n    user.name = 'x'\nsession.commit()",
        [{"counter hits", "field name"}],
    ),
    "nothing from before the commit before": (
        "user.name = 'x'\nsession.commit()\nuser.hits += 1\nsession.commit()",
        [{"field name"}, {"counter hits"}],
    ),
    "nothing that was rolled back": (
        "user.name = 'x'\nsession.rollback()\nuser.hits += 1\nsession.commit()",
        [{"counter hits"}],
    ),
    "nothing behind a return": (
        "if now:\n    user.name = 'x'\n    return\nuser.hits += 1\nsession.commit()",
        [{"counter hits"}],
    ),
    "what was stored before an exception": (
        "try:\n    user.name = 'x'\n    now()\nexcept ValueError:\n    pass\nsession.commit()",
        [{"field name"}],
    ),
    "a new row": ("session.add(User())\nsession.commit()", [{"rows "}]),
    "a row that is added again": (
        "user.hits += 1\nsession.add(user)\nsession.commit()",
        [{"counter hits"}],
    ),
    "a row of which nothing is known": (
        "other = find()\nsession.add(other)\nsession.commit()",
        [{"rows "}],
    ),
    "a statement": (
        "session.execute(update(User).values(hits=User.hits + 1))\nsession.commit()",
        [{"counter hits"}],
    ),
    "a query's update": (
        "session.query(User).update({'last_seen': now})\nsession.commit()",
        [{"stamp last_seen"}],
    ),
    "what a function stores": ("record(user, now)\nsession.commit()", [{"stamp last_used_at"}]),
    "what a method of a model stores in itself": (
        "member.seen(now)\nsession.commit()",
        [{"stamp last_seen"}],
    ),
    "a commit in a function": ("user.hits += 1\nkeep(session, user)", [{"counter hits"}]),
    "a commit that this call switches off": (
        "maybe(session, user, commit=False)\nuser.hits += 1\nsession.commit()",
        [{"counter hits", "field name"}],
    ),
    "a call that may do anything to the row": (
        "find().fill(user)\nuser.hits += 1\nsession.commit()",
        [{"counter hits", "unknown "}],
    ),
    "stores behind a loop, and many in it": (
        "for each in now:\n    each.last_seen = 1\nuser.hits += 1\nsession.commit()",
        [{"counter hits", "many stamp last_seen"}],
    ),
    "a commit for each round": (
        "for each in now:\n    each.last_seen = 1\n    session.commit()",
        [{"stamp last_seen"}],
    ),
    "leaving a block": (
        "with session.begin():\n    user.hits += 1",
        [{"counter hits"}],
    ),
    "leaving a block by a return": (
        "with session.begin():\n    user.hits += 1\n    return user",
        [{"counter hits"}],
    ),
}


def _written(body: str) -> list[set[str]]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    source = f"{HEAD}\ndef work(session: Session, member: User, user, now, find):\n{lines}"
    project = linked({"app/models.py": MODELS, "app/work.py": source})
    commits = project.written.of(scope_of(project, "app.work.work")).commits
    return [
        {f"{'many ' * each.is_many}{each.what} {each.name}" for each in contents}
        for (at, _), contents in sorted(commits.items(), key=lambda item: unpack(item[0][0]))
    ]


@pytest.mark.parametrize(("body", "expected"), CASES.values(), ids=CASES)
def test_what_commits_write(body: str, expected: list[set[str]]) -> None:
    assert _written(body) == expected


def test_a_function_that_calls_itself_ends() -> None:
    source = """
        from sqlalchemy.orm import Session

        def walk(session: Session, node):
            node.hits += 1
            for child in node.children:
                walk(session, child)
            session.commit()
    """
    project = linked({"app/tree.py": source})
    commits = project.written.of(scope_of(project, "app.tree.walk")).commits
    assert any(each.what == "counter" for contents in commits.values() for each in contents)


def test_what_is_left_to_the_caller_is_told() -> None:
    project = linked({"app/work.py": HEAD, "app/models.py": MODELS})
    left = project.written.of(scope_of(project, "app.work.record")).left
    assert {(each.what, each.name) for each in left} == {("stamp", "last_used_at")}
