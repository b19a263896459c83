"""Settings that are handed down the call chain go from every file, or stay in all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.fixed_project import Project
from fix.scans import FILES, RUN, STORE, TASKS


def _project(root: Path, **changed: str) -> Project:
    files = {**FILES, **{f"app/{name}.py": text for name, text in changed.items()}}
    return Project.of(root, "DBC107", "", files)


def test_the_settings_go_from_every_file(tmp_path: Path) -> None:
    pytest.importorskip("fastapi")
    project = _project(tmp_path)
    before = project.run(RUN).splitlines()[-1]
    assert before == "{'url': 'a'} [('a', 0), ('a', 1)]"
    outcome = project.fix(unsafe=True)
    assert [each.reason for each in outcome.refused] == []
    assert "db_params" not in project.read("app/tasks.py") + project.read("app/routes.py").replace(
        "get_db_params", ""
    )
    assert "    tasks: BackgroundTasks,\n):\n" in project.read("app/routes.py")
    assert "    tasks.add_task(scan_site, url, depth=2)\n" in project.read("app/routes.py")
    assert "def scan_site(url, *, depth: int = 1):\n" in project.read("app/tasks.py")
    assert '    logger.info("scan %s (%s)", url, "defaults")\n' in project.read("app/tasks.py")
    assert "        store.save(url, number)\n" in project.read("app/tasks.py")
    assert "def save(url, number):\n" in project.read("app/store.py")
    assert "        save(url, 0)\n" in project.read("app/store.py")
    assert "Depends" not in project.read("app/routes.py")
    assert project.run(RUN).splitlines()[-1] == before
    assert project.fix(unsafe=True).changes == ()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"store": STORE.replace("saved.append((url, number))", "saved.append(settings)")},
         "line 5 works with settings"),
        ({"store": f"{STORE}\n\nkeep = [save]\n"}, "app.store.save may be called otherwise"),
        ({"other": "from app.store import save\n\n\ndef go(url, *rest):\n    save(url, *rest)\n"},
         "line 5 of app/other.py hands arguments over with a star"),
        ({"other": "from app import store\n\nstore.save('a', 1, {'host': 'x'})\n"},
         "line 3 of app/other.py hands over what is worked out there"),
        ({"store": STORE.replace("def save(", "@traced\ndef save(")},
         "app.store.save is decorated"),
        ({"tasks": TASKS.replace("db_params=None, *", "db_params, *")},
         "line 9 logs db_params, which has no default"),
    ],
    ids=["used", "handed on", "star", "worked out", "decorated", "logged"],
)  # fmt: skip
def test_one_place_that_needs_them_keeps_all(
    tmp_path: Path, changed: dict[str, str], reason: str
) -> None:
    reasons = _project(tmp_path, **changed).reasons(unsafe=True)
    assert reasons
    assert any(reason in each for each in reasons), reasons


def test_methods_that_are_overridden_keep_their_parameters(tmp_path: Path) -> None:
    source = """\
    class Store:
        def save(self, url, db_params):
            print(url)


    class Other(Store):
        def save(self, url, db_params):
            print(url, len(db_params))


    def work(store: Store, db_params):
        store.save("a", db_params)
    """
    project = Project.of(tmp_path, "DBC107", "", {"work.py": source})
    (reason,) = project.reasons(unsafe=True)
    assert "overrides another method, or is overridden" in reason


def test_a_method_loses_its_last_parameter(tmp_path: Path) -> None:
    source = """\
    class Store:
        def save(
            self,
            url,  # where
            db_params,  # how
        ):
            print(url)

        def work(self, db_params):
            self.save(
                "a",
                db_params,
            )
    """
    project = Project.of(tmp_path, "DBC107", "", {"work.py": source})
    assert len(project.fix(unsafe=True).fixed) == 1
    text = project.read("work.py")
    assert "            url,  # where\n    ):\n".replace("            ", "        ") in text
    assert 'self.save(\n            "a",\n        )\n' in text
