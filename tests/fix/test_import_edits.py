"""Where the provider's import goes, under which name, and what becomes of the forbidden one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.analyser import SYNC, fix
from fix.case_files import Case, cases

USE = "\n\ndef f():\n    with SessionLocal() as db:\n        db.a()\n"
ELSEWHERE = {**SYNC, "provider": "app.session.get_session"}
CASES = cases("imports")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_import_of_the_provider(tmp_path: Path, case: Case) -> None:
    result = fix(tmp_path, case.before, case.data)
    assert result.reasons == []
    assert result.text == case.after


def test_relative_imports_start_from_the_package(tmp_path: Path) -> None:
    before = "from ...db import SessionLocal\n" + USE
    deep = fix(tmp_path, before, ELSEWHERE, path="app/api/v1/routes.py")
    assert deep.text.startswith("from ...session import get_session\n")
    init = fix(tmp_path, before, ELSEWHERE, path="app/api/v2/__init__.py")
    assert init.text.startswith("from ...session import get_session\n")


KEPT = {
    "still used": (
        "from app.db import SessionLocal\nx = SessionLocal\n",
        "SessionLocal is still used on line 2",
    ),
    "bound again": (
        "from app.db import SessionLocal\nSessionLocal = None\n",
        "SessionLocal is still bound on line 2",
    ),
    "named in __all__": (
        'from app.db import SessionLocal\n__all__ = ["SessionLocal"]\n',
        "SessionLocal is named in a string on line 2",
    ),
    "named in an annotation": (
        'from app.db import SessionLocal\ndef f(x: "dict[str, SessionLocal]"): ...\n',
        "SessionLocal is named in a string on line 2",
    ),
    "named for patching": (
        'from app.db import SessionLocal\npatch("app.service.SessionLocal")\n',
        "SessionLocal is named in a string on line 2",
    ),
    "exported by its own name": (
        "from app.db import SessionLocal as SessionLocal\n",
        "importing a name as itself exports it",
    ),
    "wanted": (
        "from app.db import SessionLocal  # noqa: F401\n",
        "a comment says that the import is wanted",
    ),
    "wanted without a code": (
        "from app.db import (\n    SessionLocal,\n    x,  # noqa\n)\n",
        "a comment says that the import is wanted",
    ),
    "shared line": (
        "from app.db import SessionLocal; import os\n",
        "its import shares a line",
    ),
    "header's line": (
        "if x: from app.db import SessionLocal\n",
        "its import shares a line",
    ),
}


@pytest.mark.parametrize(("source", "reason"), KEPT.values(), ids=KEPT)
def test_an_import_that_is_needed_stays(tmp_path: Path, source: str, reason: str) -> None:
    result = fix(tmp_path, source)
    assert result.text == source
    assert any(reason in each for each in result.reasons), result.reasons


REMOVED = {
    "alone": ("import os\nfrom app.db import SessionLocal\nx = 1\n", "import os\nx = 1\n"),
    "mentioned in prose": (
        '"""Not SessionLocal any more."""\nfrom app.db import SessionLocal\n',
        '"""Not SessionLocal any more."""\n',
    ),
    "with its own lines": (
        "import os\n\nfrom app.db import SessionLocal\n\n\ndef f(): ...\n",
        "import os\n\n\ndef f(): ...\n",
    ),
    "the comment above stays": (
        "import os\n\n# why\nfrom app.db import SessionLocal\n\n\ndef f(): ...\n",
        "import os\n\n# why\n\n\ndef f(): ...\n",
    ),
    "the comment above stays at the end": (
        "import os\n# why\nfrom app.db import SessionLocal\n",
        "import os\n# why\n",
    ),
    "the only statement of a block": (
        "def f():\n    from app.db import SessionLocal\n",
        "def f():\n    pass\n",
    ),
    "a style comment behind": (
        "from app.db import SessionLocal  # noqa: E501\nx = 1\n",
        "x = 1\n",
    ),
    "a local of the same name": (
        "from app.db import SessionLocal\ndef f(SessionLocal):\n    SessionLocal.a()\n",
        "def f(SessionLocal):\n    SessionLocal.a()\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), REMOVED.values(), ids=REMOVED)
def test_an_import_that_nothing_uses_goes(tmp_path: Path, before: str, after: str) -> None:
    result = fix(tmp_path, before)
    assert result.reasons == []
    assert result.text == after


def test_a_reexport_stays(tmp_path: Path) -> None:
    source = "from app.db import SessionLocal\n"
    result = fix(tmp_path, source, {**SYNC, "reexported": "yes"})
    assert result.text == source
    assert result.reasons == ["other modules import the name from here"]


def test_a_provider_that_looks_like_a_method_is_refused(tmp_path: Path) -> None:
    source = "from app.db import SessionLocal\nwith SessionLocal() as db:\n    db.a()\n"
    data = {**SYNC, "provider": "app.db.Database.session"}
    result = fix(tmp_path, source, data)
    assert result.text == source
    assert (
        "the provider app.db.Database.session is a method, which can't be imported"
        in result.reasons
    )


@pytest.mark.parametrize("provider", ["app.db.outer.<locals>.session", "shop.db.session"])
def test_a_provider_that_its_module_does_not_hold_is_refused(tmp_path: Path, provider: str) -> None:
    source = "from app.db import SessionLocal\nwith SessionLocal() as db:\n    db.a()\n"
    data = {**SYNC, "provider": provider, "provider_module": "app.db"}
    result = fix(tmp_path, source, data)
    assert result.text == source
    assert f"the provider {provider} can't be imported by its name" in result.reasons


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from app.db import SessionLocal\n\nwith SessionLocal() as s:\n    s.a()\n",
         "from app.db import database\n\nwith database.session() as s:\n    s.a()\n"),
        ("from app import db\n\nwith db.SessionLocal() as s:\n    s.a()\n",
         "from app import db\n\nwith db.database.session() as s:\n    s.a()\n"),
    ],
    ids=["from", "module"],
)  # fmt: skip
def test_the_object_of_a_method_is_imported(tmp_path: Path, before: str, after: str) -> None:
    data = {**SYNC, "provider": "app.db.database.session", "provider_module": "app.db"}
    result = fix(tmp_path, before, data)
    assert result.text == after
    assert result.reasons == []


def test_the_object_of_a_method_gets_a_name_that_is_free(tmp_path: Path) -> None:
    source = (
        "from app.db import SessionLocal\n\ndatabase = 1\nwith SessionLocal() as s:\n    s.a()\n"
    )
    data = {**SYNC, "provider": "app.db.database.session", "provider_module": "app.db"}
    assert fix(tmp_path, source, data).text == source.replace(
        "import SessionLocal", "import database as provide_database"
    ).replace("SessionLocal()", "provide_database.session()")


def test_a_module_that_is_written_like_a_class(tmp_path: Path) -> None:
    source = "from app.db import SessionLocal\nwith SessionLocal() as db:\n    db.a()\n"
    data = {**SYNC, "provider": "App.Db.session", "provider_module": "App.Db"}
    assert fix(tmp_path, source, data).text.startswith("from App.Db import session\n")


PROVIDER = "\n@contextmanager\ndef get_session():\n    {}\n"
LOAD = "def load():\n    with {}() as db:\n        db.a()\n"
OWN = {**SYNC, "provider": "app.service.get_session"}


def test_a_provider_of_the_same_file_is_not_imported(tmp_path: Path) -> None:
    head = "from app.db import SessionLocal\n"
    result = fix(tmp_path, head + LOAD.format("SessionLocal") + PROVIDER.format("yield"), OWN)
    assert result.text == LOAD.format("get_session") + PROVIDER.format("yield")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            PROVIDER.format("with SessionLocal() as db: yield db"),
            "it is the provider that opens the session",
        ),
        (
            "with SessionLocal() as db:\n    db.a()\n" + PROVIDER.format("yield"),
            "it is run before the provider is defined",
        ),
        (
            LOAD.format("SessionLocal").replace("()", "(get_session)", 1)
            + PROVIDER.format("yield"),
            "get_session means something else in the file that defines the provider",
        ),
    ],
    ids=["the provider itself", "too early", "another meaning"],
)
def test_a_provider_of_the_same_file_that_cannot_be_used(
    tmp_path: Path, source: str, reason: str
) -> None:
    source = "from app.db import SessionLocal\n" + source
    result = fix(tmp_path, source, OWN, unsafe=True)
    assert result.text == source
    assert reason in result.reasons
