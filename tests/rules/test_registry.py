"""Rules are found by looking, called by code or name, and refused when they are not sound."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import msgspec
import pytest

from connlint.errors import RuleLoadError, UsageError
from connlint.rules import registry
from connlint.rules.card import RuleCard, card_of
from connlint.rules.registry import Registry, discover, load_rules
from triage.making import REGISTRY, PerEventWrite

RULE = """
from connlint.rules.base import Rule


class {name}(Rule):
    code = {code!r}
    {more}

    def suspects(self, project):
        return ()
"""


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A folder for rules, in a package of its own."""
    package = f"rules_of_{request.node.name.partition('[')[0]}_{tmp_path.name}".replace("-", "_")
    folder = tmp_path / package / "writes"
    folder.mkdir(parents=True)
    for init in (folder.parent, folder):
        (init / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def _discover(family: Path) -> list[str]:
    importlib.invalidate_caches()
    package = importlib.import_module(family.parent.name)
    return [rule.code for rule in discover(package)]


def _write(family: Path, stem: str, name: str, code: str, more: str = "") -> None:
    (family / f"{stem}.py").write_text(RULE.format(name=name, code=code, more=more))


def test_a_rule_is_found_because_its_file_is_there(family: Path) -> None:
    assert _discover(family) == []
    for module in [name for name in sys.modules if name.startswith(family.parent.name)]:
        del sys.modules[module]
    _write(family, "lost_write", "LostWrite", "DBC399")
    (family / "counting.py").write_text("LIMIT = 1")
    assert _discover(family) == ["DBC399"]


@pytest.mark.parametrize(
    ("stem", "name", "code", "more", "reason"),
    [
        ("lost_write", "LostWrite", "DBC39", "", "is not DBC and three digits"),
        ("lost_write", "LostWrites", "DBC399", "", "does not match the file's name"),
        ("lost_write", "LostWrite", "DBC399", "severity = 'fatal'", "unknown severity 'fatal'"),
        ("lost_write", "LostWrite", "DBC399", "x = 1 / 0", "ZeroDivisionError"),
    ],
)
def test_an_unsound_rule_is_refused(
    family: Path, stem: str, name: str, code: str, more: str, reason: str
) -> None:
    _write(family, stem, name, code, more)
    with pytest.raises(RuleLoadError, match=reason):
        _discover(family)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def broken(:\n", "SyntaxError"),
        ("import no_such_module_anywhere\n", "ModuleNotFoundError"),
        ("LIMIT = 1\n", "expected one rule in the file, found 0"),
        (
            "from connlint.rules.base import Rule\nclass LostWrite(Rule):\n    code = 'DBC399'\n",
            "abstract",
        ),
    ],
)
def test_a_page_without_a_rule_is_refused(family: Path, source: str, reason: str) -> None:
    (family / "lost_write.md").write_text("# lost-write")
    (family / "lost_write.py").write_text(source)
    with pytest.raises(RuleLoadError, match=reason):
        _discover(family)


def test_two_rules_in_one_file_are_refused(family: Path) -> None:
    _write(family, "lost_write", "LostWrite", "DBC399")
    other = RULE.format(name="Other", code="DBC398", more="")
    with (family / "lost_write.py").open("a") as file:
        file.write(other)
    with pytest.raises(RuleLoadError, match="found 2"):
        _discover(family)


def test_one_code_for_two_rules_is_refused() -> None:
    class OtherWrite(PerEventWrite):
        pass

    with pytest.raises(RuleLoadError, match="two rules are called DBC301"):
        Registry([card_of(PerEventWrite), card_of(OtherWrite)])


@pytest.mark.parametrize("word", ["DBC301", "dbc301", "per-event-write", "Per-Event-Write"])
def test_a_rule_is_called_by_code_or_name(word: str) -> None:
    found = REGISTRY.find(word)
    assert found is not None
    assert found.code == "DBC301"
    assert REGISTRY.named([word]) == [found]


def test_every_unknown_word_is_told() -> None:
    with pytest.raises(UsageError) as caught:
        REGISTRY.named(["DBC301", "per-event-wrote", "qqq"])
    assert str(caught.value).splitlines() == [
        "no rule is called 'per-event-wrote'; did you mean \"per-event-write\"?",
        "no rule is called 'qqq'",
    ]


def test_the_shipped_rules_load_in_order() -> None:
    codes = [rule.code for rule in load_rules().rules]
    assert codes == sorted(codes)
    assert {"DBC900", "DBC901", "DBC902", "DBC903", "DBC904"} <= set(codes)


def test_what_was_found_is_remembered_for_the_same_files_of_connlint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(package: object) -> list[RuleCard]:
        raise AssertionError("looked again")

    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path))
    load = load_rules.__wrapped__
    first = load()
    monkeypatch.setattr(registry, "discover", looked)
    assert load().rules == first.rules
    with pytest.raises(AssertionError, match="looked again"):
        load(use_cache=False)
    monkeypatch.setattr(registry, "own_code", lambda: b"another version")
    with pytest.raises(AssertionError, match="looked again"):
        load()


def test_a_card_loads_its_rule_and_says_when_it_cannot() -> None:
    card = card_of(PerEventWrite)
    assert isinstance(card.load(), PerEventWrite)
    gone = msgspec.structs.replace(card, module="connlint.rules.writes.no_such_rule")
    with pytest.raises(RuleLoadError, match=r"DBC301: connlint\.rules\.writes\.no_such_rule can't"):
        gone.load()
    with pytest.raises(RuleLoadError, match="its page can't be read"):
        gone.page_text()
