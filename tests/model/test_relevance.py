"""Leaving out what can't matter loses nothing: the findings are those of evaluating everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from connlint.config.loading import load_standard
from connlint.config.standard import Standard, States
from connlint.discover.layout import lay_out
from connlint.discover.walk import find_files
from connlint.facts.extract import extract
from connlint.facts.types import FileFacts
from connlint.model import engine
from connlint.model.program import Program
from connlint.model.project import Project
from connlint.model.relevance import Relevance
from connlint.rules.registry import load_rules
from model.written import DB, linked, operations

FIXTURES = Path(__file__).parents[2] / "fixtures"
APPLICATIONS = sorted(path.parent for path in FIXTURES.glob("*/connlint.toml"))
RULES = [card for card in load_rules().rules if card.family != "run"]


class Everything(Relevance):
    """Takes every scope for relevant."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        for module in program.modules.values():
            self._found |= {(module.name, number) for number in range(len(module.facts.scopes))}


def _read(folder: Path) -> tuple[dict[str, FileFacts], Standard]:
    standard = load_standard([folder], load_rules().infos).standard
    files = find_files(folder, [folder], standard.exclude).files
    return {each.relative: extract(Path(each.path).read_bytes()) for each in files}, standard


def _findings(facts: dict[str, FileFacts], standard: Standard) -> set[tuple[str, str, int, str]]:
    layout = lay_out(facts, standard.src)
    triples = [(path, layout.names[path], file) for path, file in sorted(facts.items())]
    project = Project.link(triples, standard, layout.paths)
    return {
        (suspect.code, suspect.path, suspect.span.line, suspect.matched)
        for rule in RULES
        for suspect in rule.load().suspects(project)
    }


@pytest.mark.parametrize("folder", APPLICATIONS, ids=lambda folder: folder.name)
def test_an_application_has_the_same_findings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, standard = _read(folder)
    chosen = _findings(facts, standard)
    monkeypatch.setattr(engine, "Relevance", Everything)
    assert chosen == _findings(facts, standard)
    assert chosen


HIDDEN = {
    "behind an attribute": """
        class Job:
            def __init__(self, save):
                self._finish = save

            def work(self):
                self._finish(self)

        def work(job, Store):
            Job(store).work()
    """,
    "behind a dictionary": """
        HANDLERS = {"save": store}

        def work(job, kind):
            HANDLERS[kind](job)
    """,
    "behind a parameter": """
        def call(callback, job):
            callback(job)

        def work(job):
            call(store, job)
    """,
    "behind a decorator": """
        import functools

        def logged(function):
            @functools.wraps(function)
            def wrapper(*args):
                print(function)
                return function(*args)

            return wrapper

        @logged
        def save(job):
            store(job)

        def work(job):
            save(job)
    """,
    "behind a method called get": """
        class Jobs:
            def get(self, job):
                store(job)

        def work(jobs: Jobs, job):
            jobs.get(job)
    """,
    "behind a subclass": """
        class Jobs:
            def run(self, job):
                self.save(job)

            def save(self, job):
                raise NotImplementedError

        class Stored(Jobs):
            def save(self, job):
                store(job)

        def work(job):
            Stored().run(job)
    """,
    "behind a function that gives it": """
        def chosen():
            return store

        def work(job):
            chosen()(job)
    """,
    "behind a property": """
        class Jobs:
            @property
            def save(self):
                return store

        def work(jobs: Jobs, job):
            jobs.save(job)
    """,
    "behind a lambda": """
        save = lambda job: store(job)

        def work(job):
            save(job)
    """,
    "behind a partial": """
        from functools import partial

        save = partial(store)

        def work(job):
            save(job)
    """,
    "behind a function inside": """
        def work(job):
            def save():
                store(job)

            save()
    """,
    "behind an import inside": """
        def work(job):
            from app.store import store as save

            save(job)
    """,
}


@pytest.mark.parametrize("source", HIDDEN.values(), ids=HIDDEN)
def test_a_commit_is_found_wherever_the_call_hides(source: str) -> None:
    files = {
        "app/db.py": DB,
        "app/store.py": """
            from app.db import SessionLocal

            def store(job):
                with SessionLocal() as session:
                    session.add(job)
                    session.commit()
        """,
        "app/jobs.py": f"        from app.store import store\n{source}",
    }
    commits = operations(linked(files), "app.jobs.work", "commit")
    assert [each.effect.chain[-1].text for each in commits] == ["sqlalchemy.orm.Session.commit"]


def test_what_has_nothing_to_do_with_the_database_is_left_out() -> None:
    files = {
        "app/db.py": DB,
        "app/text.py": """
            import re

            class Words:
                def get(self, key):
                    return self.words[key]

            def split(text, words: Words):
                return [words.get(part) for part in re.split(r"[ ]+", text)]

            def join(parts):
                return " ".join(split(part) for part in parts)
        """,
    }
    relevance = linked(files).engine.relevance
    assert {module for module, _ in relevance.scopes()} == {"app.db"}


def test_what_sets_a_state_is_evaluated_without_a_session() -> None:
    files = {
        "app/jobs.py": """
            def start(job):
                job.status = "BUSY"

            def stop(job):
                job.size = 3
        """,
    }
    states = Standard(states=States(persist=("DONE",)))
    assert linked(files, states).engine.relevance.scopes() == [("app.jobs", 1)]
    assert linked(files).engine.relevance.scopes() == []


def test_slow_work_is_evaluated_where_database_code_needs_it() -> None:
    files = {
        "app/http.py": """
            import requests

            def fetch(url):
                return get(url)

            def get(url):
                return requests.get(url)

            def unused(url):
                return requests.post(url)
        """,
        "app/jobs.py": """
            from sqlalchemy.orm import Session

            from app.http import fetch

            def work(session: Session, url):
                session.add(fetch(url))
        """,
    }
    project = linked(files)
    assert [
        each.effect.chain[-1].text for each in operations(project, "app.jobs.work", "slow")
    ] == ["requests.get"]
    assert ("app.http", 3) not in project.engine.relevance
