"""Imports go with the last use of their names that a fix removes, unless something needs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.fixed_project import Project
from fix.jobs import PROJECT, STANDARD
from fix.projects import Outcome, fixed_project

# A persist call in a transient state, which DBC201 removes, is all that uses the store.
BEFORE = """\
import logging

from app import models
from app.store import new_id, store

logger = logging.getLogger(__name__)


def begin():
    job = models.Job(id=new_id(), status="UPLOADING")
    store.persist(job)
    return job
"""
AFTER = BEFORE.replace(", store", "").replace("    store.persist(job)\n", "")


def _fix(root: Path, before: str, path: str = "app/case.py", **others: str) -> Outcome:
    files = {f"app/{name}.py": text for name, text in others.items()}
    files = {**PROJECT, **files, path: before}
    return fixed_project(root, files, f'select = ["DBC201"]\n{STANDARD}')


def test_the_import_goes_with_the_last_use(tmp_path: Path) -> None:
    result = _fix(tmp_path, BEFORE)
    assert result.files["app/case.py"] == AFTER
    assert result.fixed("DBC201") == 1


@pytest.mark.parametrize(
    ("statement", "rest"),
    [
        ("from app.store import store", ""),
        ("from app.store import store as kept_jobs", ""),
        ("from .store import store", ""),
        (
            "from app.store import (\n    new_id,\n    store,\n)",
            "from app.store import (\n    new_id,\n)",
        ),
        ("from app.store import store, Store  # jobs", "from app.store import Store  # jobs"),
    ],
)
def test_whatever_it_looks_like(tmp_path: Path, statement: str, rest: str) -> None:
    name = "kept_jobs" if "kept_jobs" in statement else "store"
    call = f'    {name}.persist({{"status": "UPLOADING"}})\n'
    body = f"def begin():\n{call}    return new_id\n"
    before = f"from app.store import new_id\n{statement}\n\n\n{body}"
    result = _fix(tmp_path, before)
    head = f"from app.store import new_id\n{rest}".rstrip()
    assert result.files["app/case.py"] == f"{head}\n\n\n{body.replace(call, '')}"


def test_an_import_inside_the_function_goes_too(tmp_path: Path) -> None:
    call = 'store.persist({"status": "UPLOADING"})'
    before = f"def begin():\n    from app.store import store\n\n    {call}\n    return 1\n"
    assert _fix(tmp_path, before).files["app/case.py"] == "def begin():\n    return 1\n"


@pytest.mark.parametrize(
    "more",
    [
        "\n\ndef later():\n    return store\n",
        "\n\ndef later(jobs: 'store'):\n    return jobs\n",
        '\n\n__all__ = ["begin", "store"]\n',
        '\n\nPATCHED = "app.case.store"\n',
        "\n\nstore = store\n",
        "\n\nlast = begin()  # type: store\n",
        '\n\ndef later():\n    """Later.\n\n    >>> store.saved\n    []\n    """\n',
    ],
)
def test_what_is_needed_in_the_file_stays(tmp_path: Path, more: str) -> None:
    result = _fix(tmp_path, BEFORE + more)
    assert result.fixed("DBC201") == 1
    assert "import new_id, store\n" in result.files["app/case.py"]


@pytest.mark.parametrize(
    "other",
    [
        "from app.case import store\n",
        "from app.case import *\n",
        "from app import case\n\n\ndef later():\n    return case.store\n",
        "import app.case\n\n\ndef later():\n    return app.case.store\n",
        "import app.case as jobs\n\n\ndef later():\n    return jobs.store\n",
        "from unittest import mock\n\nmock.patch('app.case.store').start()\n",
    ],
)
def test_what_another_file_takes_from_here_stays(tmp_path: Path, other: str) -> None:
    result = _fix(tmp_path, BEFORE, other=other)
    assert result.fixed("DBC201") == 1
    assert "import new_id, store\n" in result.files["app/case.py"]


@pytest.mark.parametrize(
    "other",
    [
        "from app.store import store\n\n\ndef later():\n    return store\n",
        "from app import case\n\n\ndef later():\n    return case.begin\n",
    ],
)
def test_what_another_file_takes_from_elsewhere_does_not_count(tmp_path: Path, other: str) -> None:
    assert _fix(tmp_path, BEFORE, other=other).files["app/case.py"] == AFTER


@pytest.mark.parametrize("comment", ["noqa", "noqa: F401", "connlint: ignore[DBC102] wanted"])
def test_an_import_that_a_comment_wants_stays(tmp_path: Path, comment: str) -> None:
    before = BEFORE.replace("new_id, store\n", f"new_id, store  # {comment}\n")
    assert f"store  # {comment}\n" in _fix(tmp_path, before).files["app/case.py"]


def test_an_import_that_nothing_used_before_stays(tmp_path: Path) -> None:
    before = BEFORE.replace("new_id, store\n", "Store, new_id, store\n")
    assert "import Store, new_id\n" in _fix(tmp_path, before).files["app/case.py"]


def test_what_a_class_offers_stays(tmp_path: Path) -> None:
    before = """\
class Jobs:
    from app.store import store

    store.persist({"status": "UPLOADING"})

    def all(self):
        return self.store
"""
    result = _fix(tmp_path, before)
    assert result.fixed("DBC201") == 1
    assert "    from app.store import store\n" in result.files["app/case.py"]


def test_what_imports_a_module_stays(tmp_path: Path) -> None:
    before = BEFORE.replace("import logging\n", "import logging\nimport app.store\n")
    before = before.replace("new_id, store\n", "new_id\n").replace(
        "    store.persist", "    app.store.store.persist"
    )
    result = _fix(tmp_path, before)
    assert result.fixed("DBC201") == 1
    assert "import app.store\n" in result.files["app/case.py"]


def test_what_a_package_offers_stays(tmp_path: Path) -> None:
    result = _fix(tmp_path, BEFORE, "app/case/__init__.py")
    assert result.fixed("DBC201") == 1
    assert "import new_id, store\n" in result.files["app/case/__init__.py"]


@pytest.mark.parametrize(
    ("guard", "ending"),
    [("try", "except ImportError:\n    raise"), ("if True", "else:\n    store = None")],
)
def test_an_import_that_asks_whether_something_is_there_stays(
    tmp_path: Path, guard: str, ending: str
) -> None:
    call = '    store.persist({"status": "UPLOADING"})\n'
    before = (
        f"{guard}:\n    from app.store import store\n{ending}\n\n\n"
        f"def begin():\n{call}    return 1\n"
    )
    assert _fix(tmp_path, before).files["app/case.py"] == before.replace(call, "")


RUN = """
import app.jobs
print(app.jobs.start(3), app.jobs.queue(4), app.jobs.store.saved)
print(sorted(name for name in vars(app.jobs) if not name.startswith("_")))
"""
JOBS = {
    "app/__init__.py": "",
    "app/store.py": """\
class Store:
    def __init__(self):
        self.saved = []

    def persist(self, job):
        self.saved.append(job)


store = Store()


def announce(job):
    return job
""",
    "app/notes.py": """\
from app.store import announce, store


def note(job):
    announced = announce({"status": "UPLOADING", "id": job})
    store.persist(announced)
    return announced
""",
    "app/jobs.py": """\
from app.notes import note
from app.store import announce, store


def start(job):
    note(job)
    return announce(job)


def queue(job):
    store.persist({"status": "QUEUED", "id": job})
    return job
""",
}


def test_the_code_does_the_same_without_them(tmp_path: Path) -> None:
    standard = """
    [states]
    fields = ["status"]
    persist = ["QUEUED"]
    persist-functions = ["app.store.Store.persist"]
    """
    project = Project.of(tmp_path, "DBC201", standard, JOBS)
    project.run(RUN)
    project.fix(unsafe=True)
    assert project.read("app/notes.py") == JOBS["app/notes.py"].replace(", store", "").replace(
        "    store.persist(announced)\n", ""
    )
    assert project.read("app/jobs.py") == JOBS["app/jobs.py"]
    assert project.run(RUN).splitlines() == [
        "3 4 [{'status': 'QUEUED', 'id': 4}]",
        "['announce', 'note', 'queue', 'start', 'store']",
    ]
