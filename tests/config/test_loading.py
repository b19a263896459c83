"""Where the configuration is found, which folder is the root, how layers merge, where values come
from."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.projects import RULES, Load
from connlint.config.loading import COMMAND_LINE, load_standard, with_command_line
from connlint.config.selection import ActiveRules, Selection
from connlint.config.standard import Connection, Sessions, Standard, States
from connlint.errors import ConfigError, UsageError

EXAMPLE = """\
[tool.connlint]
extends = ["fastapi-async"]
src = [".", "src"]
exclude = ["**/migrations/**"]
select = ["DBC"]
ignore = ["DBC302"]
[tool.connlint.per-file-ignores]
"scripts/**" = ["DBC101"]
[tool.connlint.severity]
DBC303 = "info"
[tool.connlint.sessions]
providers = ["src.session.async_session.get_session"]
dependencies = ["src.session.async_session.get_session_dependency"]
task-providers = ["src.session.async_session.get_background_session"]
forbidden = ["src.session.async_session.async_session_factory", "src.db.direct_session.*"]
owners = ["src/session/async_session.py", "src/db/engine.py"]
names = ["db", "session", "conn", "connection", "cursor", "db_session"]
parameter-bundles = ["db_params"]
[tool.connlint.transactions]
owners = ["app.db.UnitOfWork", "app.db.transaction"]
[tool.connlint.states]
fields = ["status"]
persist = ["QUEUED", "COMPLETE", "ERROR", "CANCELLED"]
transient = ["UPLOADING"]
persist-functions = ["utils.redis_job_store.RedisJobStore.persist_to_db"]
exempt-roles = []
[tool.connlint.events]
decorators = []
functions = []
base-classes = []
routes = []
exempt = []
[tool.connlint.roles]
router = ["src/routers/**"]
service = ["src/services/**"]
task = ["src/tasks/**"]
[tool.connlint.connection]
username = "postgres.[project-ref]"
ssl-verify = "required"
pooler-hosts = ["*.pooler.supabase.com:6543"]
statement-cache = "disabled"
engine-arguments = { pool_pre_ping = true, pool_recycle = 3600 }
[tool.connlint.queries]
tenant-names = ["tenant_id"]
[tool.connlint.api]
internal-fields = ["id", "celery_task_id"]
[tool.connlint.audit]
title = "Database connection audit"
"""


def test_the_whole_example_of_the_specification_loads(load: Load) -> None:
    loaded = load({"pyproject.toml": EXAMPLE})
    standard = loaded.standard
    assert standard.extends == ("fastapi-async",)
    assert standard.per_file_ignores == {"scripts/**": ("DBC101",)}
    assert standard.severity == {"DBC303": "info"}
    assert standard.sessions.parameter_bundles == ("db_params",)
    assert standard.states.persist_functions == (
        "utils.redis_job_store.RedisJobStore.persist_to_db",
    )
    assert standard.roles["router"] == ("src/routers/**",)
    assert standard.connection == Connection(
        username="postgres.[project-ref]",
        ssl_verify="required",
        pooler_hosts=("*.pooler.supabase.com:6543",),
        statement_cache="disabled",
        engine_arguments={"pool_pre_ping": True, "pool_recycle": 3600},
    )
    lines = EXAMPLE.splitlines()
    for key, origin in loaded.origins.items():
        file, _, line = origin.partition(":")
        if line:
            assert file == "pyproject.toml"
            assert key.split(".")[-1].strip('"') in lines[int(line) - 1]
    assert loaded.origins["connection.engine-arguments.pool_recycle"].endswith(":42")
    assert loaded.origins["roles.repository"] == "preset fastapi-async"


def test_keys_may_stand_at_the_top_level_of_connlint_toml(load: Load, project: Path) -> None:
    loaded = load('src = ["lib"]\n[states]\npersist = ["DONE"]\n')
    assert loaded.standard == Standard(src=("lib",), states=States(persist=("DONE",)))
    assert loaded.file == project / "connlint.toml"
    assert loaded.declared


def test_or_under_its_section(load: Load) -> None:
    loaded = load('[tool.connlint]\nsrc = ["lib"]\n')
    assert loaded.standard == Standard(src=("lib",))
    assert loaded.origins["src"] == "connlint.toml:2"


@pytest.mark.parametrize("text", ["", "[tool.connlint]\n", "# nothing\n", "\ufeff", "\r\n"])
def test_an_empty_configuration_is_one(load: Load, text: str) -> None:
    loaded = load(text)
    assert loaded.standard == Standard()
    assert loaded.declared
    assert set(loaded.origins.values()) == {"default"}


def test_windows_newlines_and_a_byte_order_mark_are_fine(load: Load) -> None:
    loaded = load('\ufeff# c\r\nexclude = [\r\n  "a/**",\r\n]\r\n[states]\r\nfields = ["s"]\r\n')
    assert loaded.standard == Standard(exclude=("a/**",), states=States(fields=("s",)))
    assert loaded.origins["exclude"] == "connlint.toml:2"
    assert loaded.origins["states.fields"] == "connlint.toml:6"


def test_the_nearest_file_counts(load: Load, project: Path) -> None:
    load(
        {
            "connlint.toml": 'src = ["outer"]',
            "pyproject.toml": '[tool.connlint]\nsrc = ["shadowed"]',
            "app/pyproject.toml": '[tool.connlint]\nsrc = ["inner"]',
            "app/web/pyproject.toml": "[tool.ruff]\nline-length = 100",
            "app/web/views.py": "",
        }
    )
    inner = load_standard([project / "app" / "web" / "views.py"], RULES)
    assert inner.standard.src == ("inner",)
    assert inner.root == project / "app"
    assert inner.origins["src"] == "pyproject.toml:2"
    assert load_standard([project, project / "app"], RULES).standard.src == ("outer",)


def test_without_paths_the_working_folder_counts(load: Load, project: Path) -> None:
    load('src = ["lib"]')
    assert load_standard([], RULES).file == project / "connlint.toml"


def test_a_path_may_lead_up_or_not_exist(load: Load, project: Path) -> None:
    load({"connlint.toml": 'src = ["lib"]', "app/a.py": ""})
    for path in ("app/..", "app/../app/a.py", "app/none/at/all.py"):
        assert load_standard([Path(path)], RULES).root == project


def test_a_pyproject_that_only_mentions_the_tool_is_passed_over(load: Load) -> None:
    loaded = load({"pyproject.toml": '[project]\ndependencies = ["connlint"]\n[tool.x]\ny = 1\n'})
    assert not loaded.declared


def test_a_broken_pyproject_about_something_else_is_passed_over(load: Load) -> None:
    assert not load({"pyproject.toml": "[project\n"}).declared


@pytest.mark.parametrize("mark", ["pyproject.toml", ".git"])
def test_without_configuration_the_root_is_the_nearest_mark(tmp_path: Path, mark: str) -> None:
    inner = tmp_path / "project" / "app" / "web"
    inner.mkdir(parents=True)
    (tmp_path / "project" / mark).touch()
    loaded = load_standard([inner], RULES)
    assert loaded.root == tmp_path / "project"
    assert (loaded.file, loaded.declared, loaded.standard) == (None, False, Standard())
    assert loaded.origins["sessions.names"] == "default"


def test_isolated_ignores_every_file(load: Load, project: Path) -> None:
    load('src = ["lib"]')
    loaded = load_standard([project], RULES, isolated=True)
    assert (loaded.standard, loaded.declared, loaded.root) == (Standard(), False, project)


def test_a_named_file_overrides_what_would_be_found(load: Load, project: Path) -> None:
    load({"connlint.toml": 'src = ["found"]', "strict.toml": 'src = ["named"]', "app/a.py": ""})
    loaded = load_standard([project / "app"], RULES, config=Path("strict.toml"))
    assert loaded.standard.src == ("named",)
    assert (loaded.root, loaded.file) == (project, project / "strict.toml")


def test_a_named_file_elsewhere_does_not_move_the_root(load: Load, project: Path) -> None:
    load({"../house/standard.toml": 'src = ["named"]'})
    loaded = load_standard([project], RULES, config=Path("../house/standard.toml"))
    assert loaded.root == project
    assert loaded.origins["src"] == "../house/standard.toml:1"


def test_a_named_pyproject_has_to_have_the_section(load: Load, project: Path) -> None:
    load({"pyproject.toml": "[tool.ruff]"})
    with pytest.raises(ConfigError, match=r"^pyproject\.toml: there is no \[tool\.connlint\]"):
        load_standard([project], RULES, config=project / "pyproject.toml")


def test_a_named_file_that_is_missing_is_an_error(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"^none\.toml: can't be read: No such file"):
        load_standard([project], RULES, config=Path("none.toml"))


def test_config_and_isolated_exclude_each_other(project: Path) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        load_standard([project], RULES, config=Path("a.toml"), isolated=True)


def test_a_lost_working_folder_is_wrong_use(project: Path) -> None:
    project.joinpath(".git").rmdir()
    project.rmdir()
    with pytest.raises(UsageError):
        load_standard([], RULES)


def test_tables_merge_key_by_key_and_lists_replace(load: Load) -> None:
    loaded = load(
        {
            "connlint.toml": """\
extends = ["base.toml"]
exclude = ["own/**"]
[sessions]
owners = ["own.py"]
[roles]
router = ["own/**"]
[connection]
engine-arguments = { pool_recycle = 60 }
""",
            "base.toml": """\
exclude = ["base/**", "more/**"]
[sessions]
owners = ["base.py"]
names = ["db"]
[roles]
router = ["base/**"]
task = ["tasks/**"]
[connection]
username = "base"
engine-arguments = { pool_recycle = 3600, pool_pre_ping = true }
""",
        }
    )
    assert loaded.standard == Standard(
        extends=("base.toml",),
        exclude=("own/**",),
        sessions=Sessions(owners=("own.py",), names=("db",)),
        roles={"router": ("own/**",), "task": ("tasks/**",)},
        connection=Connection(
            username="base", engine_arguments={"pool_recycle": 60, "pool_pre_ping": True}
        ),
    )
    assert loaded.origins["exclude"] == "connlint.toml:2"
    assert loaded.origins["sessions.names"] == "base.toml:4"
    assert loaded.origins["roles.task"] == "base.toml:7"
    assert loaded.origins["connection.engine-arguments.pool_recycle"] == "connlint.toml:8"
    assert loaded.origins["connection.engine-arguments.pool_pre_ping"] == "base.toml:10"
    assert loaded.origins["select"] == "default"


def test_of_several_the_later_overrides_the_earlier(load: Load) -> None:
    loaded = load(
        {
            "connlint.toml": 'extends = ["shared/a.toml", "shared/b.toml", "supavisor"]\n',
            "shared/a.toml": 'exclude = ["a"]\nsrc = ["a"]\n[connection]\nusername = "a"',
            "shared/b.toml": 'extends = ["c.toml"]\nexclude = ["b"]\n',
            "shared/c.toml": '[tool.connlint]\nexclude = ["c"]\n[tool.connlint.audit]\ntitle = "c"',
        }
    )
    assert loaded.standard.exclude == ("b",)
    assert loaded.standard.src == ("a",)
    assert loaded.standard.audit.title == "c"
    assert loaded.standard.connection.username == "postgres.[project-ref]"
    assert loaded.standard.extends == ("shared/a.toml", "shared/b.toml", "supavisor")
    assert loaded.origins["audit.title"] == "shared/c.toml:4"
    assert loaded.origins["connection.username"] == "preset supavisor"


def test_what_is_reached_twice_counts_at_its_first_place(load: Load) -> None:
    loaded = load(
        {
            "connlint.toml": 'extends = ["a.toml", "b.toml"]',
            "a.toml": 'extends = ["base.toml"]\nsrc = ["a"]',
            "b.toml": 'extends = ["base.toml"]\nexclude = ["b"]',
            "base.toml": 'src = ["base"]\nexclude = ["base"]',
        }
    )
    assert (loaded.standard.src, loaded.standard.exclude) == (("a",), ("b",))


def test_an_own_name_beats_the_code_of_a_preset(load: Load) -> None:
    loaded = load(
        {
            "connlint.toml": 'extends = ["a.toml"]\n[severity]\ncommit-in-loop = "error"\n',
            "a.toml": '[severity]\nDBC302 = "info"\ncommit-in-loop = "warning"\nDBC3 = "info"\n',
        }
    )
    assert list(loaded.standard.severity) == ["DBC302", "DBC3", "commit-in-loop"]


def test_what_a_preset_demands_can_be_taken_back(load: Load) -> None:
    loaded = load(
        'extends = ["supavisor"]\n[connection]\nssl-verify = ""\npooler-hosts = []\nusername = ""\n'
    )
    assert loaded.standard.connection == Connection(statement_cache="disabled")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Selection(("DBC1",)), (("DBC1",), (), ())),
        (Selection(("DBC1",), (), ("DBC101",)), (("DBC1",), (), ("DBC101",))),
        (Selection(None, ("DBC101",)), (("DBC3",), ("DBC902", "DBC101"), ("DBC302",))),
        (Selection(None, (), ("DBC301",)), (("DBC3",), ("DBC902",), ("DBC302", "DBC301"))),
        (Selection(), (("DBC3",), ("DBC902",), ("DBC302",))),
    ],
)
def test_the_command_line_is_part_of_the_resolved_standard(
    load: Load, chosen: Selection, expected: tuple[tuple[str, ...], ...]
) -> None:
    declared = load('select = ["DBC3"]\nextend-select = ["DBC902"]\nignore = ["DBC302"]\n')
    resolved = with_command_line(declared, chosen, RULES)
    standard = resolved.standard
    assert (standard.select, standard.extend_select, standard.ignore) == expected
    for key, old in (("select", "connlint.toml:1"), ("ignore", "connlint.toml:3")):
        changed = getattr(standard, key) != getattr(declared.standard, key)
        assert resolved.origins[key] == (COMMAND_LINE if changed else old)
    once = ActiveRules(RULES, declared.standard, chosen)
    again = ActiveRules(RULES, standard, resolved.command_line)
    assert again.codes == once.codes


def test_an_unknown_rule_on_the_command_line_is_wrong_use(load: Load) -> None:
    with pytest.raises(UsageError, match='--ignore: no rule is called "DBC3o2"; did you mean'):
        with_command_line(load(), Selection(None, (), ("DBC3o2",)), RULES)
