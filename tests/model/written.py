"""Written code in, the linked project out, and what tests ask of it in terms of lines and names."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from connlint.config.standard import Standard
from connlint.discover.layout import lay_out
from connlint.facts.extract import extract
from connlint.location import unpack
from connlint.model.effects import Operation
from connlint.model.names import ScopeId
from connlint.model.project import Project

Place = tuple[str, int]
"""A path and a line."""

DB = """
    from sqlalchemy import create_engine
    from sqlalchemy.orm import sessionmaker

    engine = create_engine("sqlite://")
    SessionLocal = sessionmaker(bind=engine)
"""
"""A module with a session factory, as most projects have one."""


def linked(files: Mapping[str, str], standard: Standard | None = None) -> Project:
    """The project that these files, by path, make up."""
    standard = standard or Standard()
    layout = lay_out(files, standard.src)
    facts = {path: extract(dedent(text).encode()) for path, text in files.items()}
    triples = [(path, layout.names[path], facts[path]) for path in sorted(facts)]
    return Project.link(triples, standard, layout.paths)


def scope_of(project: Project, symbol: str) -> ScopeId:
    """The function, class or module with this dotted name; raises ``LookupError`` without one."""
    for module in project.program.modules.values():
        for number in range(len(module.facts.scopes)):
            if module.symbol(number) == symbol:
                return module.name, number
    raise LookupError(symbol)


def operations(project: Project, symbol: str, kind: str) -> list[Operation]:
    """What a function does of this kind, itself and through calls, in order."""
    run = project.run(scope_of(project, symbol))
    found = [each for each in run.operations if each.effect.kind == kind]
    return sorted(found, key=lambda each: each.at)


def lines(project: Project, symbol: str, kind: str) -> list[int]:
    """The lines of a function at which it does something of this kind, itself or by a call."""
    return sorted({unpack(each.at)[0] for each in operations(project, symbol, kind)})


def own_places(project: Project, kind: str) -> set[Place]:
    """Where any function does something of this kind itself."""
    return {
        (project.path(scope), unpack(operation.at)[0])
        for scope, operation in project.operations()
        if operation.own and operation.effect.kind == kind
    }


def opened_through(project: Project, factory: str) -> set[Place]:
    """Where a session or connection is opened through the factory with this dotted name."""
    return {
        (project.path(scope), unpack(operation.at)[0])
        for scope, operation in project.operations()
        if operation.own
        and operation.effect.kind == "acquire"
        and operation.effect.provider == factory
    }


def marked(files: Mapping[str, str], mark: str) -> set[Place]:
    """The lines that end in a comment with this word."""
    return {
        (path, number)
        for path, text in files.items()
        for number, line in enumerate(dedent(text).splitlines(), start=1)
        if line.endswith(f"# {mark}")
    }
