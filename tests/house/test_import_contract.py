"""The import contract of docs/design.md, and proof that breaking it would be noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from house.imports import Package, breaches, layers_of, rings, strangers

ROOT = Path(__file__).parents[2]
CONTRACT = layers_of((ROOT / "docs" / "design.md").read_text("utf-8"))
TERMINAL_REPORTS = ("connlint.report.terminal", "connlint.report.audit_terminal")
LIBRARY_HOMES = {
    "libcst": ("connlint.visit", "connlint.fix"),
    "click": ("connlint.cli",),
    "rich": ("connlint.cli", *TERMINAL_REPORTS),
    "jinja2": ("connlint.report",),
    "lsprotocol": ("connlint.server",),
    "pygls": ("connlint.server",),
}


@pytest.fixture(scope="module")
def connlint() -> Package:
    return Package(ROOT / "src" / "connlint")


def test_every_part_has_its_place_in_the_contract(connlint: Package) -> None:
    assert strangers(connlint, CONTRACT) == set()


def test_imports_go_one_way(connlint: Package) -> None:
    assert list(map(str, breaches(connlint, CONTRACT))) == []


def test_no_modules_import_one_another(connlint: Package) -> None:
    assert rings(connlint) == []


def test_rule_families_know_nothing_of_one_another(connlint: Package) -> None:
    def family(module: str) -> Path | None:
        folder = connlint.modules[module].parent
        return folder if folder.parent == connlint.folder / "rules" else None

    crossing = [
        each
        for each in connlint.inner
        if family(each.importer) and family(each.target) not in {None, family(each.importer)}
    ]
    assert crossing == []


@pytest.mark.parametrize("library", LIBRARY_HOMES)
def test_libraries_stay_where_they_belong(connlint: Package, library: str) -> None:
    users = {each.importer for each in connlint.imports if _is_in(each.target, library)}
    assert users, f"nothing imports {library}: does connlint still need it?"
    assert {user for user in users if not _is_in(user, *LIBRARY_HOMES[library])} == set()


def _is_in(module: str, *packages: str) -> bool:
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


def _package(folder: Path, **sources: str) -> Package:
    """A package ``app`` with these modules; ``a__b`` stands for ``a/b.py``."""
    for name, source in {"__init__": "", **sources}.items():
        parts = [name] if name.startswith("__") else name.split("__", 1)
        path = folder.joinpath("app", *parts).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    return Package(folder / "app")


LAYERS = [{"top"}, {"left", "right"}, {"bottom"}]
UPWARD = {
    "plain": "import app.top",
    "from the package": "from app import top",
    "relative": "from . import top",
    "from inside": "from app.top import start",
    "in a function": "def f():\n    from app import top",
    "for type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import app.top",
    "by its dotted name": "COMMANDS = {'run': 'app.top:start'}",
}


@pytest.mark.parametrize("source", UPWARD.values(), ids=UPWARD)
def test_an_import_that_goes_up_is_noticed(tmp_path: Path, source: str) -> None:
    package = _package(tmp_path, top="start = 1", left="", right="", bottom=source)
    assert [each.target for each in breaches(package, LAYERS)] == ["app.top"]


def test_an_import_of_the_package_itself_is_noticed(tmp_path: Path) -> None:
    package = _package(tmp_path, top="", left="", right="", bottom="from app import version")
    assert list(map(str, breaches(package, LAYERS))) == ["app.bottom:1 imports app"]


def test_an_import_of_a_sibling_is_noticed(tmp_path: Path) -> None:
    package = _package(tmp_path, top="", left__one="from ..right import x", right="", bottom="")
    assert list(map(str, breaches(package, LAYERS))) == ["app.left.one:1 imports app.right"]


def test_imports_that_go_down_are_fine(tmp_path: Path) -> None:
    package = _package(
        tmp_path,
        __init__="from app.bottom import value",
        __main__="from app.top import start",
        top="from app import left, right\nimport json",
        left="from .bottom import value",
        right="'app is no import'",
        bottom="",
    )
    assert breaches(package, LAYERS) == []
    assert strangers(package, LAYERS) == set()
    assert rings(package) == []


def test_a_part_outside_the_contract_is_noticed(tmp_path: Path) -> None:
    package = _package(tmp_path, top="", left="", right="", bottom="", new__part="")
    assert strangers(package, LAYERS) == {"new"}


def test_a_part_of_the_contract_that_is_gone_is_noticed(tmp_path: Path) -> None:
    assert strangers(_package(tmp_path, top="", left="", right=""), LAYERS) == {"bottom"}


def test_a_ring_is_noticed_even_when_half_of_it_is_for_type_checking(tmp_path: Path) -> None:
    half = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.left.two import b"
    package = _package(
        tmp_path,
        top="import app.left.one",
        left__one=half,
        left__two="import app.right, app.bottom",
        right="from app.left import one",
        bottom="",
    )
    assert rings(package) == [["app.left.one", "app.left.two", "app.right"]]


def test_a_document_without_one_contract_is_refused() -> None:
    assert layers_of("It is `a > b |\n c > d`.") == [{"a"}, {"b", "c"}, {"d"}]
    with pytest.raises(ValueError, match="unpack"):
        layers_of("no chain")
