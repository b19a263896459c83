"""DBC409: the code needs a database package that the project does not declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.model.names import walk
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.discover.dependencies import Declared, Dependencies
    from connlint.findings import Suspect
    from connlint.model.names import Module, ScopeId
    from connlint.model.project import Project

_DISTRIBUTIONS: dict[str, tuple[str, ...]] = {
    "sqlalchemy": (
        "sqlalchemy", "sqlmodel", "flask-sqlalchemy", "alembic", "sqlalchemy-utils", "databases",
        "fastapi-users-db-sqlalchemy", "flask-appbuilder", "geoalchemy2", "advanced-alchemy",
        "flask-migrate", "sqlalchemy2-stubs", "gino", "ormar", "apache-airflow", "piccolo",
    ),
    "sqlmodel": ("sqlmodel",),
    "flask_sqlalchemy": ("flask-sqlalchemy", "flask-migrate", "flask-appbuilder"),
    "alembic": ("alembic", "flask-migrate", "flask-alembic"),
    "psycopg2": ("psycopg2", "psycopg2-binary", "psycopg2cffi", "aiopg"),
    "psycopg": ("psycopg", "psycopg-binary", "sqlalchemy[postgresql-psycopg]"),
    "psycopg_pool": ("psycopg-pool", "psycopg[pool]"),
    "asyncpg": ("asyncpg", "databases[postgresql]", "databases[asyncpg]", "tortoise-orm[asyncpg]",
                "sqlalchemy[postgresql-asyncpg]", "gino", "piccolo[postgres]"),
    "aiosqlite": ("aiosqlite", "sqlalchemy[aiosqlite]", "databases[sqlite]", "databases[aiosqlite]",
                  "tortoise-orm"),
    "pymysql": ("pymysql", "aiomysql", "sqlalchemy[pymysql]"),
    "aiomysql": ("aiomysql", "sqlalchemy[aiomysql]", "databases[mysql]", "databases[aiomysql]"),
    "asyncmy": ("asyncmy", "sqlalchemy[asyncmy]"),
    "mysql": ("mysql-connector-python", "mysql-connector", "sqlalchemy[mysql-connector]"),
    "MySQLdb": ("mysqlclient", "sqlalchemy[mysql]"),
    "oracledb": ("oracledb", "sqlalchemy[oracle-oracledb]"),
    "pyodbc": ("pyodbc", "sqlalchemy[mssql]", "sqlalchemy[mssql-pyodbc]", "aioodbc"),
    "duckdb": ("duckdb", "duckdb-engine"),
}  # fmt: skip
"""Importable packages, and the distributions that bring them."""
_MODULES = {"psycopg_async": "psycopg", "mysqlconnector": "mysql", "mysqldb": "MySQLdb"}
"""Drivers of URLs that are not called as what they import."""


class _Need(NamedTuple):
    """One place that needs a package."""

    package: str
    scope: ScopeId
    at: int
    end: int
    shape: str
    how: str


class UndeclaredDriver(Rule):
    """Database packages that are imported, or named by a URL, without being declared."""

    code = "DBC409"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        dependencies = project.dependencies
        if dependencies is None:
            return
        first: dict[str, tuple[_Need, Declared]] = {}
        for need in _needs(project):
            declared = _lacking(project, dependencies, need)
            if declared is None:
                continue
            known = first.get(need.package)
            if known is None or (
                project.is_owner(need.scope[0]) and not project.is_owner(known[0].scope[0])
            ):
                first[need.package] = need, declared
        for package, (need, declared) in first.items():
            yield suspect(
                project, self.code, need.scope, need.at, need.end, shape=need.shape,
                message=f"{need.how} {package}, and {', '.join(declared.files)} "
                f"{'does' if len(declared.files) == 1 else 'do'} not declare "
                f"{_DISTRIBUTIONS[package][0]}",
                matched=package,
            )  # fmt: skip


def _lacking(project: Project, dependencies: Dependencies, need: _Need) -> Declared | None:
    """What is declared where a package is needed but not declared; ``None`` where all is well."""
    declared = dependencies.of(project.path(need.scope))
    if declared is None or not declared.is_whole or not declared.names:
        return None
    brings = _DISTRIBUTIONS[need.package]
    return None if declared.names.intersection(brings) else declared


def _attempted(module: Module) -> set[int]:
    """The imports of a module whose failure it handles."""
    return {
        number
        for statement in walk(module.body(0))
        if isinstance(statement, f.Try) and statement.handlers
        for inner in walk(statement.body)
        if isinstance(inner, f.ImportNames)
        for number in inner.imports
    }


def _needs(project: Project) -> Iterator[_Need]:
    """The imports that always run, then the URLs that name a driver; tests left out."""
    names = project.program.names
    for module in project.program.modules.values():
        wanted = {
            number: item.module.partition(".")[0]
            for number, item in enumerate(module.facts.imports)
            if item.module.partition(".")[0] in _DISTRIBUTIONS
            and not (item.level or item.scope or item.type_checking or item.fallback)
        }
        attempted = _attempted(module) if wanted else ()
        for number, package in wanted.items():
            item = module.facts.imports[number]
            if (
                number not in attempted
                and not names.is_module(package)
                and project.role((module.name, 0)) != "test"
            ):
                yield _Need(package, (module.name, 0), item.at, item.end, "import", "imports")
    for place in project.connections.places:
        if place.kind != "engine" or project.role(place.scope) == "test":
            continue
        urls = project.connections.urls(place)
        drivers = {_MODULES.get(url.driver, url.driver) for url in urls}
        for driver in sorted(drivers) if len(drivers) == 1 else ():
            if driver in _DISTRIBUTIONS and not names.is_module(driver):
                yield _Need(
                    driver, place.scope, place.call.at, place.call.end, "call", "connects through"
                )
