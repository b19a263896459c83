"""Runs every function of a shop's service, well and badly, and tells what each of them did."""

from __future__ import annotations

import json

from fix.fixed_project import Project

HARNESS = """
import asyncio, contextlib, gc, inspect, json, os, sqlite3

gc.disable()  # what is left open is left until it has been counted
opened = set()
connect = sqlite3.connect

class Connection(sqlite3.Connection):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        opened.add(self)

    def close(self):
        opened.discard(self)
        super().close()

sqlite3.connect = lambda *args, **options: connect(*args, factory=Connection, **options)
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session
from shop import db, service

out, commits, begun = [0], [0], []
for engine in (db.engine, db.async_engine.sync_engine):
    event.listen(engine.pool, "checkout", lambda *_: out.append(out.pop() + 1))
    event.listen(engine.pool, "checkin", lambda *_: out.append(out.pop() - 1))
    event.listen(engine, "commit", lambda *_: commits.append(commits.pop() + 1))
event.listen(Session, "after_begin", lambda session, *_: begun.append(session))
db.Base.metadata.create_all(db.engine)

async def call(function, name):
    try:
        result = function(name)
        return repr(await result if inspect.isawaitable(result) else result)
    except Exception as error:
        return type(error).__name__

async def main():
    told = {}
    for name, function in sorted(inspect.getmembers(service, inspect.isfunction)):
        if function.__module__ != "shop.service" or name.startswith("_"):
            continue
        for kind in ("good", "bad"):
            before, was_out, was_commits = set(opened), out[0], commits[0]
            result = await call(function, f"{kind} {name}")
            with db.engine.connect() as connection:
                rows = sorted(connection.scalars(sa.text("SELECT name FROM item")))
            left = opened - before if "sqlite3" in name else ()
            for each in left:
                with contextlib.suppress(sqlite3.ProgrammingError):  # one of another thread
                    each.close()
            told[f"{name} {kind}"] = [
                result, rows, commits[0] - was_commits, len(left) + out[0] - was_out
            ]
            for session in begun:
                if out[0] > was_out and not name.startswith("async"):
                    session.close()
            begun.clear()
            gc.collect()  # nothing that one function left locks the database for the next
    await db.async_engine.dispose()
    return told

print("TOLD", json.dumps(asyncio.run(main())), flush=True)
os._exit(0)  # threads of connections that were left open would wait for ever
"""


def told_by(project: Project) -> dict[str, list[object]]:
    """By function and way: its result, the rows behind it, its commits and what it left open."""
    (project.root / "shop.sqlite").unlink(missing_ok=True)
    printed = project.run(HARNESS)
    _, marker, rest = printed.partition("TOLD ")
    assert marker, printed
    told: dict[str, list[object]] = json.JSONDecoder().raw_decode(rest)[0]
    return told
