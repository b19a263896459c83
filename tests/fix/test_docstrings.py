"""What a docstring says of a parameter goes with it, and nothing else does."""

from __future__ import annotations

import textwrap
from pathlib import Path

import libcst as cst
import pytest

from connlint.fix.docstrings import undocumented
from fix.fixed_project import Project
from fix.scans import FILES, ROUTES, RUN, STORE, TASKS


def _without(text: str, name: str = "db_params") -> str | None:
    """The text between the quotes without the parameter."""
    changed = undocumented(cst.SimpleString(f'"""{text}"""'), name)
    return changed.value[3:-3] if changed else None


def _lines(text: str) -> str:
    return textwrap.dedent(text).removeprefix("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """Scan.

            Args:
                url: where to start
                db_params: host and port
                    of the database

                    and the rest
                depth (int): how far

            Returns:
                nothing
            """,
            """Scan.

            Args:
                url: where to start
                depth (int): how far

            Returns:
                nothing
            """,
        ),
        (
            """Scan.

            Args:
                db_params (dict[str, str], optional): host and port

            Returns:
                nothing
            """,
            """Scan.

            Returns:
                nothing
            """,
        ),
        (
            """Scan.

            Parameters:
                **db_params: host and port
            """,
            """Scan.
            """,
        ),
        (
            """Scan.

            :param url: where to start
            :type url: str
            :param dict db_params: host and port
                of the database
            :type db_params: dict
            :return: nothing
            """,
            """Scan.

            :param url: where to start
            :type url: str
            :return: nothing
            """,
        ),
        (
            """Scan.

            :param db_params: host and port

            :raises ValueError: never
            """,
            """Scan.

            :raises ValueError: never
            """,
        ),
        (
            """Scan.

            Parameters
            ----------
            url : str
                Where to start.

            db_params : dict, optional
                Host and port.

                And the rest.

            depth
                How far.

            Returns
            -------
            int
                How many.
            """,
            """Scan.

            Parameters
            ----------
            url : str
                Where to start.

            depth
                How far.

            Returns
            -------
            int
                How many.
            """,
        ),
        (
            """Scan.

            Parameters
            ----------
            db_params
                Host and port.

            Returns
            -------
            db_params
                The same.
            """,
            """Scan.

            Returns
            -------
            db_params
                The same.
            """,
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_entry_goes(before: str, after: str, end: str) -> None:
    assert _without(before.replace("\n", end)) == after.replace("\n", end)


def test_the_quotes_stay_behind_the_text() -> None:
    text = "Scan.\n\n    Args:\n        url: where\n        db_params: host"
    assert _without(text) == "Scan.\n\n    Args:\n        url: where"
    assert _without("Scan.\n\n    :param db_params: host") == "Scan."


@pytest.mark.parametrize(
    "text",
    [
        "Scan with db_params: host and port.",
        ":param db_params: host and port\n    :param url: where",
        "Scan.\n\n    Args:\n        db_params_too: host\n        my_db_params: port\n",
        "Scan.\n\n    Example:\n        db_params: host\n",
        "Scan.\n\n    Args:\n        url: such as\n            db_params: host\n",
        "Scan.\n\n    Args:\n        db_params: host\n        db_params: port\n",
        "Scan.\n\n    Args:\n        db_params: host\n\n    :param db_params: port\n",
        "Scan.\n\n    :param db_params: host\n    :param db_params: port\n",
        "Scan.\n\n    Parameters\n    ----------\n    url, db_params : str\n        Both.\n",
        "Scan.\n\n    Notes\n    -----\n    db_params : str\n        Both.\n",
        "Scan.\n\n    Args:\n        url: where \\\n        db_params: host\n",
        "Scan.\n\n    Args:\n",
        "Parameters\n----------",
        "",
    ],
)
def test_what_is_in_doubt_stays(text: str) -> None:
    assert _without(text) is None


@pytest.mark.parametrize("quotes", ["'", '"', "b'''"])
def test_a_string_of_another_kind_stays(quotes: str) -> None:
    end = quotes.removeprefix("b")
    assert undocumented(cst.SimpleString(f"{quotes}:param db_params: x{end}"), "db_params") is None


def test_any_text_is_dealt_with() -> None:
    whole = _lines(
        """
        Scan.

        Args:
            db_params: host

        Parameters
        ----------
        db_params : dict
            Host.
        :param db_params: host
        """
    )
    lines = whole.splitlines(keepends=True)
    for start in range(len(lines)):
        for stop in range(start, len(lines) + 1):
            text = "".join(lines[start:stop])
            after = _without(text)
            if after is not None:
                rest = iter(text.splitlines())
                assert all(line in rest for line in after.splitlines())
                assert after.count("db_params") == text.count("db_params") - 1


def test_docstrings_follow_the_code(tmp_path: Path) -> None:
    documented = (
        '"""Scan a site.\n\n    Args:\n        url: where\n        {}depth: how far\n    """\n'
    )
    google = documented.format("db_params: of the database\n        ")
    tasks = TASKS.replace("    logger.info", f"    {google}    logger.info")
    store = STORE.replace(
        "    saved.append",
        '    """Keep.\n\n    :param settings: not used\n    """\n    saved.append',
    )
    files = {**FILES, "app/routes.py": ROUTES, "app/tasks.py": tasks, "app/store.py": store}
    project = Project.of(tmp_path, "DBC107", "", files)
    before = project.run(RUN)
    assert project.fix(unsafe=True).fixed
    assert documented.format("") in project.read("app/tasks.py")
    assert '"""Keep.\n    """' in project.read("app/store.py")
    assert project.run(RUN) == before
