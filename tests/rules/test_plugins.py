"""Rules of installed plug-ins and of the project itself work like connlint's, or end the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.running import Done, run, run_process
from connlint.errors import RuleLoadError
from connlint.rules.plugins import all_rules, installed_plugins
from rules.written_plugins import STORE, write_distribution, write_rule

Capture = pytest.CaptureFixture[bytes]
STANDARD = 'src = ["."]\nselect = ["DBC7", "DBC9"]\nlocal-rules = ["tools/rules"]\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a rule of its own that it breaks; the working folder is its root."""
    root = tmp_path / "project"
    write_rule(root / "tools" / "rules")
    (root / "app").mkdir()
    (root / "app" / "store.py").write_text(STORE)
    (root / "connlint.toml").write_text(STANDARD)
    monkeypatch.chdir(root)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))
    return root


def check(capfdbinary: Capture, *arguments: str) -> Done:
    return run(capfdbinary, "check", *arguments)


# rules of the project


def test_a_rule_of_the_project_reports(capfdbinary: Capture, project: Path) -> None:
    done = check(capfdbinary)
    assert done.code == 1
    assert done.out.startswith("app/store.py:5:5: DBC701 nobody commits here")
    assert not list((project / "tools").rglob("*.pyc"))


def test_it_can_be_selected_silenced_and_explained(capfdbinary: Capture, project: Path) -> None:
    assert check(capfdbinary, "--ignore", "no-commit").code == 0
    store = project / "app" / "store.py"
    store.write_text(STORE.replace("commit()", "commit()  # noqa: DBC701 the owner"))
    assert check(capfdbinary).out == ""
    page = run(capfdbinary, "rule", "DBC701").out
    assert page == (project / "tools" / "rules" / "no_commit.md").read_text()
    (item,) = json.loads(run(capfdbinary, "rule", "no-commit", "--format", "json").out)
    assert item["family"] == "local"


def test_a_changed_rule_is_not_answered_from_memory(capfdbinary: Capture, project: Path) -> None:
    assert "nobody commits here" in check(capfdbinary).out
    rule = project / "tools" / "rules" / "no_commit.py"
    rule.write_text(rule.read_text().replace("nobody commits", "not a single commit"))
    assert "not a single commit here" in check(capfdbinary).out


def test_rules_of_a_project_share_code(capfdbinary: Capture, project: Path) -> None:
    rules = project / "tools" / "rules"
    (rules / "wording.py").write_text('WORDS = "said once"\n')
    rule = rules / "no_commit.py"
    text = rule.read_text().replace('"nobody commits here"', "WORDS")
    rule.write_text(text.replace("\nclass", "from .wording import WORDS\n\n\nclass"))
    assert "DBC701 said once" in check(capfdbinary).out


def test_isolated_runs_none_of_them(capfdbinary: Capture, project: Path) -> None:
    rule = project / "tools" / "rules" / "no_commit.py"
    rule.write_text("raise SystemExit(7)\n")
    assert check(capfdbinary, "--isolated", "--select", "DBC9").code == 0
    assert check(capfdbinary).code == 2


def test_every_format_knows_them(capfdbinary: Capture, project: Path) -> None:
    log = json.loads(check(capfdbinary, "--format", "sarif").out)
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    (own,) = [rule for rule in rules if rule["id"] == "DBC701"]
    assert own["properties"]["tags"] == ["database", "local"]


@pytest.mark.parametrize(
    ("standard", "message"),
    [
        ('local-rules = ["tools/rulez"]', 'local-rules[0]: there is no folder "tools/rulez" in'),
        ("local-rules = 3", "local-rules: expected an array of strings, got 3"),
        ('local-rules = ["/tools"]', "local-rules[0]: expected a folder relative to the project"),
        ('local-rules = ["app"]', "local rules in app: there is no rule in it"),
    ],
)
def test_an_unsound_setting_is_told(
    capfdbinary: Capture, project: Path, standard: str, message: str
) -> None:
    (project / "connlint.toml").write_text(standard + "\n")
    done = check(capfdbinary)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert message in done.err


def test_only_the_project_s_own_file_names_folders(capfdbinary: Capture, project: Path) -> None:
    (project / "shared.toml").write_text('local-rules = ["tools/rules"]\n')
    (project / "connlint.toml").write_text('extends = ["shared.toml"]\n')
    done = check(capfdbinary)
    assert done.err == (
        "error: shared.toml:1: local-rules: has to stand in the project's own file\n"
    )


@pytest.mark.parametrize(
    ("stem", "source", "message"),
    [
        ("no_commit", "def broken(:\n", "can't be loaded: SyntaxError"),
        ("no_commit", "import no_such_module_anywhere\n", "can't be loaded: ModuleNotFoundError"),
        ("no_commit", "raise SystemExit(0)\n", "can't be loaded: SystemExit"),
        ("no_commit", "LIMIT = 1\n", "expected one rule in the file, found 0"),
    ],
)
def test_a_rule_that_can_not_be_loaded_ends_the_run(
    capfdbinary: Capture, project: Path, stem: str, source: str, message: str
) -> None:
    (project / "tools" / "rules" / f"{stem}.py").write_text(source)
    done = check(capfdbinary)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("error: local rules in rules: ")
    assert message in done.err


@pytest.mark.parametrize(
    ("stem", "code", "message"),
    [
        ("other", "DBC701", "two rules are called DBC701: NoCommit of local and Other of local"),
        ("other", "DBC301", "Other: code DBC301 is kept for connlint; other rules take DBC700"),
        ("other", "DBC7", "code 'DBC7' is not DBC and three digits"),
        ("per_event_write", "DBC702", "two rules are called per-event-write: PerEventWrite and"),
    ],
)
def test_a_code_or_name_that_is_taken_ends_the_run(
    capfdbinary: Capture, project: Path, stem: str, code: str, message: str
) -> None:
    write_rule(project / "tools" / "rules", stem=stem, code=code)
    done = check(capfdbinary)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert message in done.err


def test_a_rule_without_a_page_ends_the_run(capfdbinary: Capture, project: Path) -> None:
    (project / "tools" / "rules" / "no_commit.md").unlink()
    assert check(capfdbinary).err == (
        "error: local rules in rules: NoCommit has no page: no_commit.md is missing\n"
    )


# rules of distributions


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed distributions, one of which offers a package of rules."""
    site = tmp_path / "site"
    write_rule(site / "acme_rules", code="DBC801")
    (site / "acme_rules" / "__init__.py").write_text("")
    write_distribution(site, "acme", "acme_rules")
    return site


def in_environment(site: Path, project: Path, *arguments: str) -> Done:
    from cli.running import SOURCE

    return run_process(*arguments, cwd=project, environment={"PYTHONPATH": f"{SOURCE}:{site}"})


def test_an_installed_rule_reports_until_it_is_uninstalled(project: Path, site: Path) -> None:
    (project / "connlint.toml").write_text('src = ["."]\nselect = ["DBC8"]\n')
    for _ in range(2):
        done = in_environment(site, project, "check")
        assert (done.code, done.out.partition(" DBC")[2][:3]) == (1, "801")
    (site / "acme-1.0.dist-info" / "entry_points.txt").unlink()
    (site / "acme-1.0.dist-info" / "METADATA").unlink()
    (site / "acme-1.0.dist-info").rmdir()
    gone = in_environment(site, project, "check")
    assert (gone.code, gone.out) == (2, "")
    assert 'no rule is called "DBC8"' in gone.err


def test_an_entry_point_may_name_the_module_of_one_rule(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rule(site, stem="lone_rule", code="DBC802")
    write_distribution(site, "lone", "lone_rule")
    monkeypatch.syspath_prepend(site)
    registry = all_rules(use_cache=False)
    own = [(rule.code, rule.family) for rule in registry.rules if rule.plugin]
    assert own == [("DBC801", "acme"), ("DBC802", "lone")]
    assert registry.digest


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("no_such_rules", "plug-in bad: rule module no_such_rules can't be loaded: ModuleNotFound"),
        ("acme_rules:Rule", "plug-in bad: its entry point names no module: acme_rules:Rule"),
        ("json", "plug-in bad: there is no rule in it"),
        ("acme_rules", "two rules are called DBC801: NoCommit of acme and NoCommit of bad"),
    ],
)
def test_a_plug_in_that_can_not_be_used_is_one_line(
    site: Path, module: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_distribution(site, "bad", module)
    monkeypatch.syspath_prepend(site)
    with pytest.raises(RuleLoadError) as caught:
        all_rules(use_cache=False)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_plug_ins_are_looked_for_once(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))
    first = installed_plugins()
    assert ("acme", "acme_rules") in first

    def looked(**given: object) -> None:
        raise AssertionError("looked again")

    monkeypatch.setattr("importlib.metadata.entry_points", looked)
    assert installed_plugins() == first
    with pytest.raises(AssertionError, match="looked again"):
        installed_plugins(use_cache=False)
