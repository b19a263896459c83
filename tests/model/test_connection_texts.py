"""Texts are followed to where they are written, and keep gaps for what the code does not show."""

from __future__ import annotations

import pytest

from connlint.facts import types as f
from connlint.model.connections.sources import Source
from connlint.model.connections.texts import Gap, Text, shown
from connlint.model.connections.urls import parse_url
from connlint.model.names import walk
from model.written import linked


def _texts(files: dict[str, str], name: str = "WANTED") -> list[str]:
    """The texts that a variable of ``app.py`` may be, gaps in braces."""
    project = linked(files)
    module = project.module("app")
    (node,) = module.assignments[name]
    return [shown(text) for text in project.connections.texts.of(Source(module, 0, node))]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a' + 'b'", ["ab"]),
        ("f'a{B}c'", ["aBVALUEc"]),
        ("'%s/%s' % (B, unknown)", ["BVALUE/{unknown}"]),
        ("'%(x)s!' % {'x': B}", ["BVALUE!"]),
        ("'{}-{y}'.format(B, y='z')", ["BVALUE-z"]),
        ("'{0}{0}'.format(B)", ["BVALUEBVALUE"]),
        ("os.environ['KEY']", ["{KEY}"]),
        ("os.getenv('KEY', 'else')", ["{KEY}", "else"]),
        ("os.getenv('KEY')", ["{KEY}"]),
        ("B if unknown else 'c'", ["BVALUE", "c"]),
        ("unknown or 'c'", ["{unknown}", "c"]),
        ("'postgres://x'.replace('postgres', 'mysql')", ["mysql://x"]),
        ("str(B)", ["BVALUE"]),
        ("D['k']", ["v"]),
        ("Settings.name", ["n"]),
        ("Settings().joined", ["n-n"]),
        ("helper('x')", ["x!"]),
        ("helper()", ["default!"]),
        ("other.NAME", ["from another file"]),
    ],
)
def test_expressions_are_followed(expression: str, expected: list[str]) -> None:
    app = f"""
        import os

        import other

        B = "BVALUE"
        D = {{"k": "v"}}


        class Settings:
            name = "n"

            @property
            def joined(self):
                return f"{{self.name}}-{{self.name}}"


        def helper(part="default"):
            text = part + "!"
            return text


        WANTED = {expression}
    """
    assert _texts({"app.py": app, "other.py": 'NAME = "from another file"'}) == expected


def test_a_text_that_is_made_from_itself_ends() -> None:
    app = """
        def make(url):
            url = url.replace("a", "b")
            url = f"{url}?x=1"
            url = url + url + url
            return url


        WANTED = make("a")
    """
    assert len(_texts({"app.py": app})) <= 8


def test_a_text_that_is_added_to_has_a_gap() -> None:
    app = """
        WANTED = "postgresql://host/app"
        WANTED += unknown()
        COPY = WANTED
    """
    project = linked({"app.py": app})
    module = project.module("app")
    texts = project.connections.texts.of(Source(module, 0, module.assignments["COPY"][0]))
    assert any(isinstance(part, Gap) for text in texts for part in text)


def test_a_helper_that_has_the_number_of_its_caller_is_followed() -> None:
    files = {
        "app.py": "from other import make\n\n\ndef use():\n    name = make()\n    return name\n",
        "other.py": "def make():\n    return 'made'\n",
    }
    project = linked(files)
    module = project.module("app")
    value = next(s.value for s in walk(module.body(1)) if isinstance(s, f.Assign))
    assert project.connections.texts.of(Source(module, 1, value)) == (("made",),)


def test_the_parts_of_a_url() -> None:
    text: Text = ("postgresql+asyncpg://app:", Gap("pw"), "@db.", Gap("ref"), ".co:5432/x?ssl=on")
    url = parse_url(text)
    assert url is not None
    assert (url.dialect, url.driver) == ("postgres", "asyncpg")
    assert (url.username, url.password) == (("app",), (Gap("pw"),))
    assert (url.host, url.port) == (("db.", Gap("ref"), ".co"), ("5432",))
    assert (url.query, url.query_open, url.is_template) == ((("ssl", "on"),), False, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://localhost/x", "local"),
        ("postgresql://127.0.0.1:5432/x", "local"),
        ("postgresql:///x", "local"),
        ("postgresql://user:password@host:port/dbname", "example"),
        ("mysql://me:secret@db.example.com/x", "example"),
        ("postgresql://app@db.internal:5432/x", ""),
        ("sqlite:///x.db", "embedded local"),
    ],
)
def test_where_a_url_leads(text: str, expected: str) -> None:
    url = parse_url((text,))
    assert url is not None
    found = {"embedded": url.is_embedded, "example": url.is_example, "local": url.is_local}
    words = [word for word in ("embedded", "example", "local") if found[word]]
    assert words == expected.split()


@pytest.mark.parametrize("text", ["https://x", "redis://x", "", "see postgresql://x"])
def test_other_texts_are_no_database_urls(text: str) -> None:
    assert parse_url((text,) if text else ()) is None


WRITTEN = {
    "at once": 'return f"postgresql://{user}:{word}@db.example.org:5432/app"',
    "in pieces": (
        'base = f"postgresql://{user}:{word}"\n    host = "@db.example.org:5432/app"\n'
        '    return base + host + "?sslmode=require"'
    ),
}


@pytest.mark.parametrize("body", WRITTEN.values(), ids=WRITTEN)
def test_a_url_is_found_once_and_whole(body: str) -> None:
    project = linked({"app/urls.py": f"def url(user, word):\n    {body}\n"})
    (written,) = project.written_urls
    (found,) = written.urls
    assert shown(found.host or ()) == "db.example.org"
    assert found.username and found.password and shown(found.port or ()) == "5432"
