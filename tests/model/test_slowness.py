"""Whether a function waits for something else than the database, however deep that is."""

from __future__ import annotations

import pytest

from model.written import linked, scope_of

HEAD = """
    import asyncio
    import queue
    import subprocess
    import time

    import httpx
    import requests
    from sqlalchemy.orm import Session
"""
CASES = {
    "a request": ("requests.get(url)", True),
    "a session's request": ("requests.Session().post(url)", True),
    "another client": ("httpx.get(url)", True),
    "a sleep": ("time.sleep(1)", True),
    "a process": ("subprocess.run([url])", True),
    "a function that is slow": ("slow(url)", True),
    "a function that calls one": ("nested(url)", True),
    "a method": ("Client().fetch(url)", True),
    "a function in a ring": ("ring(url)", True),
    "a queue of the process": ("queue.Queue().get()", False),
    "the database": ("Session().commit()", False),
    "a function that only mentions one": ("mention(url)", False),
    "a get of something else": ("{}.get(url)", False),
    "nothing": ("len(url)", False),
}
FUNCTIONS = """
    def slow(url):
        return requests.get(url)

    def nested(url):
        return [slow(each) for each in url]

    class Client:
        def fetch(self, url):
            return self.send(url)

        def send(self, url):
            return requests.post(url)

    def ring(url):
        return other(url) if url else None

    def other(url):
        ring(url)
        return slow(url)

    def mention(url):
        return slow
"""


@pytest.mark.parametrize(("call", "is_slow"), CASES.values(), ids=CASES)
def test_slow_work_is_known_by_what_it_calls(call: str, is_slow: bool) -> None:
    source = f"{HEAD}{FUNCTIONS}\n    def work(url):\n        return {call}\n"
    project = linked({"app/jobs.py": source})
    assert project.slowness.is_slow(scope_of(project, "app.jobs.work")) is is_slow


def test_the_answer_does_not_hang_on_what_was_asked_before() -> None:
    links = "".join(
        f"\n    def step{n}(url):\n        return step{n + 1}(url)\n" for n in range(20)
    )
    source = f"{HEAD}{links}\n    def step20(url):\n        return requests.get(url)\n"
    for order in (range(21), reversed(range(21))):
        project = linked({"app/jobs.py": source})
        names = [f"app.jobs.step{number}" for number in order]
        assert all(project.slowness.is_slow(scope_of(project, name)) for name in names)
