"""Every mistake in a configuration is told at once, each in one line with its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.projects import RULES, Errors, Load
from connlint.config.loading import load_standard
from connlint.config.render import toml_value
from connlint.errors import ConfigError

SHIPPED = "fastapi-async, fastapi-sync, flask-jobs, sqlite-pool, store-migration, supavisor"
MISTAKES = {
    'selct = ["DBC"]': 'selct: unknown key; did you mean "select"?',
    "task_providers = []": "task_providers: unknown key; did you mean sessions.task-providers?",
    'persist = ["DONE"]': "persist: unknown key; did you mean states.persist?",
    "zzz = 1": "zzz: unknown key",
    '"a b".c = 1': '"a b": unknown key',
    "select = 1": "select: expected an array of strings, got 1",
    'select = "DBC"': 'select: expected an array of strings, got "DBC"; write ["DBC"]',
    "select = [true]": "select[0]: expected a string, got true",
    'ignore = ["DBC3o1"]': 'ignore[0]: no rule is called "DBC3o1"; did you mean "DBC301"?',
    'severity = { DBC301 = "eror" }': 'severity.DBC301: expected "error", "warning" or "info", '
    'got "eror"; did you mean "error"?',
    'severity.nothing-at-all = "info"': "severity.nothing-at-all: "
    'no rule is called "nothing-at-all"',
    "sessions = 3": "sessions: expected a table, got 3",
    "sessions.names = [1979-05-27]": "sessions.names[0]: expected a string, got a date",
    'sessions.names = ["db", "d b"]': "sessions.names[1]: expected an identifier such as "
    'db_session, but "d b" is not an identifier',
    'sessions.providers = ["app.db:get"]': "sessions.providers[0]: expected a dotted name such as "
    'app.db.get_session, but "app.db:get" has the part "db:get", which is not an identifier; '
    'did you mean "app.db.get"?',
    'sessions.providers = ["get_session"]': "sessions.providers[0]: expected a dotted name such "
    'as app.db.get_session, but "get_session" names no module',
    'sessions.providers = ["app.db.*"]': "sessions.providers[0]: expected a dotted name such as "
    'app.db.get_session, but "app.db.*" has the part "*", which is not an identifier',
    'sessions.dependencies = ["app..get"]': "sessions.dependencies[0]: expected a dotted name such "
    'as app.db.get_session, but "app..get" has an empty part between dots',
    'sessions.forbidden = ["app.class.make"]': "sessions.forbidden[0]: expected a dotted name or "
    'glob such as app.db.direct.*, but "app.class.make" has the part "class", which is a keyword '
    "of Python",
    'sessions.forbidden = ["app.a**"]': "sessions.forbidden[0]: expected a dotted name or glob "
    'such as app.db.direct.*, but "app.a**" has ** next to other text; it has to be a whole part',
    'sessions.owners = ["/src/db.py"]': "sessions.owners[0]: expected a glob relative to the "
    'project root such as src/routers/**, but "/src/db.py" is absolute; '
    'did you mean "src/db.py"?',
    'exclude = [""]': "exclude[0]: expected a glob relative to the project root such as "
    'src/routers/**, but "" is empty',
    'src = ["packages/*"]': "src[0]: expected a folder relative to the project root such as src, "
    'but "packages/*" has wildcards; did you mean "packages"?',
    'per-file-ignores = { "../x" = [] }': 'per-file-ignores."../x": expected a glob relative to '
    'the project root such as src/routers/**, but "../x" leaves the project with ..',
    'per-file-ignores."x" = ["DBC0"]': 'per-file-ignores.x[0]: no rule is called "DBC0"; '
    'did you mean "DBC902"?',
    'roles.ruoter = ["x"]': 'roles.ruoter: expected "router", "service", "repository", "task", '
    '"event", "middleware", "owner", "model", "migration", "script" or "test", got "ruoter"; '
    'did you mean "router"?',
    'states.exempt-roles = ["worker"]': 'states.exempt-roles[0]: expected "router", "service", '
    '"repository", "task", "event", "middleware", "owner", "model", "migration", "script" or '
    '"test", got "worker"',
    'states.persist = [" DONE"]': "states.persist[0]: expected a state such as COMPLETE, but "
    '" DONE" has blanks around it; did you mean "DONE"?',
    'states.persist = ["A\\nB"]': "states.persist[0]: expected a state such as COMPLETE, but "
    '"A\\nB" has characters that can\'t be printed',
    'events.routes = ["POST /jobs"]': "events.routes[0]: expected a full route path such as "
    '/jobs/*/chunk, but "POST /jobs" names a method; did you mean "/jobs"?',
    'connection.ssl-verify = "require"': 'connection.ssl-verify: expected "required" or '
    '"disabled", got "require"; did you mean "required"?',
    "connection.statement-cache = false": 'connection.statement-cache: expected "enabled" or '
    '"disabled", got false',
    'connection.pooler-hosts = ["postgresql://u:p@db.x.com:6543/a"]': "connection.pooler-hosts[0]: "
    "expected a host with or without port such as *.pooler.example.com:6543, but "
    '"postgresql://u:p@db.x.com:6543/a" is a URL; did you mean "db.x.com:6543"?',
    'connection.pooler-hosts = ["db:70000"]': "connection.pooler-hosts[0]: expected a host with or "
    'without port such as *.pooler.example.com:6543, but "db:70000" has an impossible port',
    'connection.pooler-hosts = [""]': "connection.pooler-hosts[0]: expected a host with or "
    'without port such as *.pooler.example.com:6543, but "" is empty',
    'transactions.owners = [""]': "transactions.owners[0]: expected a dotted name such as "
    'app.db.UnitOfWork, but "" is empty',
    'connection.username = "postgres.[ref"': "connection.username: expected a user name such as "
    'postgres.[project-ref], but "postgres.[ref" has blanks or a bracket without its partner',
    "connection.engine-arguments.x = []": "connection.engine-arguments.x: expected true or false, "
    "an integer, a float or a string, got an array",
    "connection.engine-arguments.x = nan": "connection.engine-arguments.x: expected a finite "
    "number, got nan",
    "connection.engine-arguments.x-y = 1": "connection.engine-arguments.x-y: expected an "
    'identifier such as db_session, but "x-y" is not an identifier',
    'audit.title = ""': 'audit.title: expected one line of text such as Audit of the API, but "" '
    "is empty",
    'extends = ["fastapi_asnyc"]': 'extends[0]: there is no preset "fastapi_asnyc"; '
    'did you mean "fastapi-async"?',
    'extends = ["django"]': f'extends[0]: there is no preset "django"; there are {SHIPPED}',
    'extends = ["none.toml"]': 'extends[0]: there is no file "none.toml"',
    'extends = ["a/../../x.toml"]': 'extends[0]: there is no file "a/../../x.toml"',
    'extends = ["connlint.toml"]': "extends[0]: extends itself: connlint.toml -> connlint.toml",
    'states = { persist = ["A", "B"], transient = ["B"] }': 'states.transient: "B" is in '
    "states.persist too (connlint.toml:1)",
    'sessions = { providers = ["a.b"], forbidden = ["a.b", "a.*"] }': 'sessions.forbidden: "a.b" '
    "is in sessions.providers too (connlint.toml:1)",
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.items(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line(errors: Errors, text: str, message: str) -> None:
    assert errors(text + "\n") == [f"connlint.toml:1: {message}"]


@pytest.mark.parametrize(
    ("setting", "text", "flaw"),
    [
        ("sessions.names", "", "is empty"),
        ("api.internal-fields", "", "is empty"),
        ("queries.tenant-names", "a\tb", "has characters that can't be printed"),
        ("connection.pooler-hosts", "a b", "is neither a host nor host:port"),
        ("connection.pooler-hosts", "db:0", "has an impossible port"),
    ],
)
def test_an_unsound_item_of_a_list_is_told(
    errors: Errors, setting: str, text: str, flaw: str
) -> None:
    (line,) = errors(f"{setting} = [{toml_value(text)}]")
    assert line.startswith(f"connlint.toml:1: {setting}[0]: expected ")
    assert line.endswith(f"{toml_value(text)} {flaw}")


def test_all_mistakes_are_told_at_once_each_with_its_line(errors: Errors) -> None:
    lines = errors(
        """\
selct = []
select = [
  "DBC3",
  "DBC999",
]

[sessions]
providers = ["x"]
[states]
persist = ["A"]
transient = ["A"]
exempt-roles = ["boss"]
[connection]
ssl-verify = "on"
engine-arguments = { good = 1,  "not good" = 1 }
"""
    )
    assert [line.split(": ")[:2] for line in lines] == [
        ["connlint.toml:1", "selct"],
        ["connlint.toml:4", "select[1]"],
        ["connlint.toml:8", "sessions.providers[0]"],
        ["connlint.toml:12", "states.exempt-roles[0]"],
        ["connlint.toml:14", "connection.ssl-verify"],
        ["connlint.toml:15", 'connection.engine-arguments."not good"'],
        ["connlint.toml:11", "states.transient"],
    ]


def test_the_mistakes_of_extended_files_are_told_too(errors: Errors) -> None:
    lines = errors(
        {
            "connlint.toml": 'extends = ["a.toml", "nope", "b.toml"]\nx = 1\n',
            "a.toml": "\ny = 1\n",
            "b.toml": "= 1\n",
        }
    )
    assert lines == [
        "connlint.toml:2: x: unknown key",
        "a.toml:2: y: unknown key",
        f'connlint.toml:1: extends[1]: there is no preset "nope"; there are {SHIPPED}',
        "b.toml:1:1: not valid TOML: Invalid statement",
    ]


def test_a_circle_is_told_where_it_closes(errors: Errors) -> None:
    lines = errors(
        {
            "connlint.toml": 'extends = ["x/a.toml"]',
            "x/a.toml": 'extends = ["b.toml"]',
            "x/b.toml": 'extends = ["../x/./a.toml"]',
        }
    )
    assert lines == [
        "x/b.toml:1: extends[0]: extends itself: connlint.toml -> x/a.toml -> x/b.toml -> x/a.toml"
    ]


def test_a_contradiction_is_blamed_on_the_stronger_side(errors: Errors) -> None:
    (line,) = errors('extends = ["flask-jobs"]\n[states]\npersist = ["UPLOADING"]\n')
    place, message = line.split(": states.persist: ")
    assert place == "connlint.toml:3"
    assert message == '"UPLOADING" is in states.transient too (preset flask-jobs)'


def test_an_extended_pyproject_has_to_have_the_section(errors: Errors) -> None:
    lines = errors({"connlint.toml": 'extends = ["lib/pyproject.toml"]', "lib/pyproject.toml": ""})
    assert lines == [
        'connlint.toml:1: extends[0]: there is no [tool.connlint] in "lib/pyproject.toml"'
    ]


def test_keys_beside_the_section_are_told(errors: Errors) -> None:
    lines = errors('select = []\n[tool.connlin]\n[tool.connlint]\nsrc = ["a"]\n')
    assert lines == [
        "connlint.toml:1: select: has to stand under [tool.connlint], as others do",
        'connlint.toml:2: tool.connlin: unknown table; did you mean "connlint"?',
    ]


def test_the_section_has_to_be_a_table(errors: Errors) -> None:
    assert errors({"pyproject.toml": "[tool]\n\nconnlint = 1\n"}) == [
        "pyproject.toml:3: tool.connlint: expected a table"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nb = ?\n", "2:5: not valid TOML: Invalid value"),
        ("a = 1\na = 2\n", "2:6: not valid TOML: Cannot overwrite a value"),
        ("a = [1,\n", "2: not valid TOML: Invalid value at the end of the file"),
        ("a = " + "[" * 9000, ": not valid TOML: nested too deeply"),
        ("a = 1" + "0" * 9000, ": not valid TOML: Exceeds the limit"),
    ],
    ids=["value", "twice", "end", "deep", "digits"],
)
def test_broken_toml_is_told_with_its_place(errors: Errors, text: str, message: str) -> None:
    (line,) = errors(text)
    expected = message.removeprefix(": ")
    assert line.startswith(("connlint.toml:" + message, "connlint.toml: " + expected))


def test_a_file_that_is_no_utf8_is_told_with_its_place(load: Load, project: Path) -> None:
    for data in (b"# \xe9\n", b"a = 1\n# \xff", "[tool]".encode("utf-16")):
        (project / "connlint.toml").write_bytes(data)
        with pytest.raises(ConfigError, match=r"^connlint\.toml:[12]: not UTF-8: byte 0x"):
            load({})


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_without_permission_is_an_error(load: Load, project: Path) -> None:
    (project / "connlint.toml").touch(0o000)
    with pytest.raises(ConfigError, match=r"^connlint\.toml: can't be read: Permission denied"):
        load({})


def test_a_folder_in_place_of_a_named_file_is_an_error(project: Path) -> None:
    (project / "conf.toml").mkdir()
    with pytest.raises(ConfigError, match=r"^conf\.toml: can't be read: Is a directory"):
        load_standard([project], RULES, config=Path("conf.toml"))


def test_a_name_too_long_for_a_file_is_just_missing(errors: Errors) -> None:
    name = "x" * 5000 + ".toml"
    (line,) = errors(f'extends = ["{name}"]')
    assert line.startswith("connlint.toml:1: extends[0]: there is no file ")


def test_places_are_told_from_the_working_folder(
    load: Load, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError):
        load({"connlint.toml": "x = 1", "app/a.py": ""})
    monkeypatch.chdir(project / "app")
    with pytest.raises(ConfigError, match=r"^\.\./connlint\.toml:1: x: unknown key$"):
        load_standard([], RULES)
