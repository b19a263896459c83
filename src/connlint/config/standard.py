"""The standard: what a project allows, as frozen types. ``loading`` builds it from TOML."""

from __future__ import annotations

import msgspec

from connlint.findings import Severity

EngineArgument = bool | int | float | str


class Sessions(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Who may open a session. Dotted names; ``forbidden`` and ``owners`` may hold globs."""

    providers: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    task_providers: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    names: tuple[str, ...] = ("db", "session", "conn", "connection", "cursor", "db_session")
    parameter_bundles: tuple[str, ...] = ()


class Transactions(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """``owners``: dotted classes, decorators and modules that may commit."""

    owners: tuple[str, ...] = ()


class States(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Which states of an entity deserve the database (``persist``) and which do not."""

    fields: tuple[str, ...] = ("status",)
    persist: tuple[str, ...] = ()
    transient: tuple[str, ...] = ()
    persist_functions: tuple[str, ...] = ()
    exempt_roles: tuple[str, ...] = ()


class Events(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Per-event entry points on top of the built-in frameworks, and exemptions."""

    decorators: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    base_classes: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()


class Connection(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """How connections have to be configured; empty means that nothing is demanded."""

    username: str = ""
    ssl_verify: str = ""
    pooler_hosts: tuple[str, ...] = ()
    statement_cache: str = ""
    engine_arguments: dict[str, EngineArgument] = {}


class Queries(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    tenant_names: tuple[str, ...] = ()


class Api(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    internal_fields: tuple[str, ...] = ()


class Audit(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    title: str = "Database connection audit"


class Standard(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Everything under ``[tool.connlint]``; the defaults are those of an empty table."""

    extends: tuple[str, ...] = ()
    src: tuple[str, ...] = (".", "src")
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ("DBC",)
    ignore: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    severity: dict[str, Severity] = {}
    sessions: Sessions = Sessions()
    transactions: Transactions = Transactions()
    states: States = States()
    events: Events = Events()
    roles: dict[str, tuple[str, ...]] = {}
    connection: Connection = Connection()
    queries: Queries = Queries()
    api: Api = Api()
    audit: Audit = Audit()
