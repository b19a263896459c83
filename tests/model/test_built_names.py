"""Names lead to the session factory, or do not, on facts that no parser has seen.

The traps of names, each as the nodes that it comes down to.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connlint.facts import types as f
from connlint.location import unpack
from model.built import (
    File,
    call,
    const,
    do,
    give,
    item,
    let,
    linked,
    param,
    table,
    typed,
    when,
)
from model.built import attempt as attempt_
from model.built_factory import FACTORY, factory_file, jobs
from model.written import opened_through

Case = Callable[[], tuple[list[File], list[f.Call]]]
"""Builds files, and gives the calls in them that open a session with the factory."""

CASES: dict[str, Case] = {}


def trap(build: Case) -> Case:
    """Register a case under its name."""
    CASES[build.__name__.replace("_", " ")] = build
    return build


@trap
def an_alias_of_the_import() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("make")
    work = file.function("work", (), let("s", opening), do(call("s.commit")))
    return [file.holds(file.take("app.db", make="SessionLocal"), work)], [opening]


@trap
def a_relative_import() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("SessionLocal")
    work = file.function("work", (), do(opening))
    return [file.holds(file.take("db", "SessionLocal", level=1), work)], [opening]


@trap
def a_module_under_another_name() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("place.SessionLocal")
    work = file.function("work", (), do(opening))
    return [file.holds(file.load("app.db", "place"), work)], [opening]


@trap
def a_module_by_its_whole_path() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("app.db.SessionLocal")
    work = file.function("work", (), do(opening))
    return [file.holds(file.load("app.db"), work)], [opening]


@trap
def a_name_that_the_package_passes_on() -> tuple[list[File], list[f.Call]]:
    package = File("app/__init__.py", "app")
    package.holds(package.take("db", level=1, open_session="SessionLocal"))
    file, opening = jobs(), call("open_session")
    work = file.function("work", (), do(opening))
    return [package, file.holds(file.take("app", "open_session"), work)], [opening]


@trap
def a_star_with_all() -> tuple[list[File], list[f.Call]]:
    between = File("app/names.py", "app.names", exports=("SessionLocal",))
    between.holds(between.take("app.db", "SessionLocal"), let("_hidden", "SessionLocal"))
    file, opening, other = jobs(), call("SessionLocal"), call("_hidden")
    work = file.function("work", (), do(opening), do(other))
    return [between, file.holds(file.take("app.names", "*"), work)], [opening]


@trap
def a_star_that_all_leaves_the_name_out_of() -> tuple[list[File], list[f.Call]]:
    between = File("app/names.py", "app.names", exports=("other",))
    between.holds(between.take("app.db", "SessionLocal"), let("other", const(1)))
    file = jobs()
    work = file.function("work", (), do(call("SessionLocal")))
    return [between, file.holds(file.take("app.names", "*"), work)], []


@trap
def an_import_in_the_function() -> tuple[list[File], list[f.Call]]:
    file, opening, outside = jobs(), call("make"), call("make")
    work = file.function("work", (), file.take("app.db", make="SessionLocal"), do(opening))
    other = file.function("other", (), do(outside))
    return [file.holds(work, other)], [opening]


@trap
def an_import_under_a_condition() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("make")
    either = when(
        "FLAG",
        [file.take("app.db", make="SessionLocal")],
        [file.take("elsewhere", "make")],
    )
    work = file.function("work", (), do(opening))
    return [file.holds(either, work)], [opening]


@trap
def an_import_with_a_fallback() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("make")
    tried = attempt_(
        [file.take("app.db", make="SessionLocal")],
        ("ImportError", [file.take("elsewhere", "make", fallback=True)]),
    )
    work = file.function("work", (), do(opening))
    return [file.holds(tried, work)], [opening]


@trap
def an_import_for_type_checkers_that_another_follows() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("SessionLocal")
    checking = when("TYPE_CHECKING", [file.take("app.db", "SessionLocal", checking=True)])
    work = file.function("work", (), file.take("app.db", "SessionLocal"), do(opening))
    return [file.holds(file.take("typing", "TYPE_CHECKING"), checking, work)], [opening]


@trap
def an_alias_in_the_module_and_one_in_the_function() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("local")
    work = file.function("work", (), let("local", "make"), do(opening))
    return [file.holds(file.take("app.db", "SessionLocal"), let("make", "SessionLocal"), work)], [
        opening
    ]


@trap
def a_local_name_that_hides_the_import() -> tuple[list[File], list[f.Call]]:
    file = jobs()
    work = file.function("work", (param("SessionLocal"),), do(call("SessionLocal")))
    return [file.holds(file.take("app.db", "SessionLocal"), work)], []


@trap
def a_partial() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("make")
    work = file.function("work", (), do(opening))
    make = let("make", call("partial", "SessionLocal", autoflush=const(False)))
    imports = file.take("functools", "partial"), file.take("app.db", "SessionLocal")
    return [file.holds(*imports, make, work)], [opening]


@trap
def an_attribute_of_the_class() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("self.make")
    run = file.function("run", ("self",), do(opening))
    store = file.class_("Store", (), let("make", "SessionLocal"), run)
    return [file.holds(file.take("app.db", "SessionLocal"), store)], [opening]


@trap
def an_attribute_of_the_instance() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("self.make")
    init = file.function("__init__", ("self",), let("self.make", "SessionLocal"))
    run = file.function("run", ("self",), do(opening))
    store = file.class_("Store", (), init, run)
    return [file.holds(file.take("app.db", "SessionLocal"), store)], [opening]


@trap
def a_property() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("self.make")
    make = file.function("make", ("self",), give("SessionLocal"), decorators=["property"])
    run = file.function("run", ("self",), do(opening))
    store = file.class_("Store", (), make, run)
    return [file.holds(file.take("app.db", "SessionLocal"), store)], [opening]


@trap
def a_field_of_a_dataclass() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("self.make")
    run = file.function("run", ("self",), do(opening))
    store = file.class_(
        "Store", (), typed("make", "object", "SessionLocal"), run, decorators=["dataclass"]
    )
    imports = file.take("dataclasses", "dataclass"), file.take("app.db", "SessionLocal")
    return [file.holds(*imports, store)], [opening]


@trap
def the_default_of_a_parameter() -> tuple[list[File], list[f.Call]]:
    file, opening = jobs(), call("make")
    work = file.function("work", (param("make", default="SessionLocal"),), do(opening))
    return [file.holds(file.take("app.db", "SessionLocal"), work)], [opening]


@trap
def a_dictionary_of_factories() -> tuple[list[File], list[f.Call]]:
    file = jobs()
    opening, other = call(item("MAKERS", const("main"))), call(item("MAKERS", const("other")))
    makers = let("MAKERS", table(main="SessionLocal", other="print"))
    work = file.function("work", (), do(opening), do(other))
    return [file.holds(file.take("app.db", "SessionLocal"), makers, work)], [opening]


@trap
def a_namesake_of_another_module() -> tuple[list[File], list[f.Call]]:
    other = File("lib/db.py", "lib.db")
    other.holds(other.class_("SessionLocal", ()))
    file = jobs()
    work = file.function("work", (), do(call("SessionLocal")))
    return [other, file.holds(file.take("lib.db", "SessionLocal"), work)], []


@trap
def a_package_without_an_init() -> tuple[list[File], list[f.Call]]:
    file, opening = File("tools/deep/run.py", "tools.deep.run"), call("db.SessionLocal")
    work = file.function("work", (), do(opening))
    return [file.holds(file.take("app", "db"), work)], [opening]


@pytest.mark.parametrize("name", CASES)
def test_calls_of_the_factory_are_those_that_resolve_to_it(name: str) -> None:
    files, expected = CASES[name]()
    found = opened_through(linked(factory_file(), *files), FACTORY)
    paths = {file.path for file in files} - {"app/__init__.py", "app/names.py"}
    opened = {(path, line) for path, line in found if path in paths}
    assert {line for _, line in opened} == {unpack(node.at)[0] for node in expected}
