"""The standard: what a project allows, as frozen types. ``loading`` builds it from TOML.

These types are the only list of keys: checking, the JSON Schema and the reference in the
documentation are derived from them, the descriptions included.
"""

# Annotations are not postponed here: evaluating them from text would double what loading costs.
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from connlint.config import formats
from connlint.findings import Severity

Role = Literal[
    "router",
    "service",
    "repository",
    "task",
    "event",
    "middleware",
    "owner",
    "model",
    "migration",
    "script",
    "test",
]


def _meta(form: formats.TextFormat) -> Meta:
    """What is attached to texts of this format, for checking and for the JSON Schema."""
    return Meta(description=form.expected, extra={"format": form})


Identifier = Annotated[str, _meta(formats.IDENTIFIER)]
DottedName = Annotated[str, _meta(formats.DOTTED_NAME)]
DottedPath = Annotated[str, _meta(formats.DOTTED_PATH)]
DottedGlob = Annotated[str, _meta(formats.DOTTED_GLOB)]
PathGlob = Annotated[str, _meta(formats.PATH_GLOB)]
Folder = Annotated[str, _meta(formats.FOLDER)]
RoutePattern = Annotated[str, _meta(formats.ROUTE)]
Word = Annotated[str, _meta(formats.WORD)]
State = Annotated[str, _meta(formats.STATE)]
Title = Annotated[str, _meta(formats.TITLE)]
Host = Annotated[str, _meta(formats.HOST)]
Username = Annotated[str, _meta(formats.USERNAME)]
Source = Annotated[str, _meta(formats.SOURCE)]
Selector = Annotated[str, _meta(formats.SELECTOR)]
EngineArgument = bool | int | float | str


class Sessions(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Who may open a session."""

    providers: Annotated[
        tuple[DottedName, ...],
        Meta(description="The sanctioned ways to get a session; the first is what fixes put in."),
    ] = ()
    dependencies: Annotated[
        tuple[DottedName, ...],
        Meta(description="Providers that a framework injects, such as what `Depends` is given."),
    ] = ()
    task_providers: Annotated[
        tuple[DottedName, ...],
        Meta(description="Providers for background tasks; empty: `providers` serve tasks too."),
    ] = ()
    forbidden: Annotated[
        tuple[DottedGlob, ...],
        Meta(description="Factories that nobody but an owner may call, import or hand on."),
    ] = ()
    owners: Annotated[
        tuple[PathGlob, ...],
        Meta(description="Modules that may define providers, factories and engines."),
    ] = ()
    names: Annotated[
        tuple[Identifier, ...],
        Meta(
            description="Names of parameters, attributes and properties that hold a session "
            "where they are also used as one."
        ),
    ] = ("db", "session", "conn", "connection", "cursor", "db_session")
    parameter_bundles: Annotated[
        tuple[Identifier, ...],
        Meta(description="Names of arguments that carry connection settings, as `db_params`."),
    ] = ()


class Transactions(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Who may end a transaction."""

    owners: Annotated[
        tuple[DottedPath, ...],
        Meta(description="Classes, decorators and modules that may commit."),
    ] = ()


class States(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Which states of an entity deserve the database and which do not."""

    fields: Annotated[
        tuple[Identifier, ...],
        Meta(description="Attributes and columns that hold the state."),
    ] = ("status",)
    persist: Annotated[
        tuple[State, ...],
        Meta(description="States worth a commit: names or values of the enum's members."),
    ] = ()
    transient: Annotated[
        tuple[State, ...],
        Meta(
            description="States that are not worth a commit. Unset: every known state that is "
            "not in `persist`."
        ),
    ] = ()
    persist_functions: Annotated[
        tuple[DottedName, ...],
        Meta(description="Functions and methods whose call counts as a commit of the entity."),
    ] = ()
    exempt_roles: Annotated[
        tuple[Role, ...],
        Meta(description="Roles that may commit in any state, as workers that show progress."),
    ] = ()


class Events(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Per-event entry points on top of the built-in frameworks, and exemptions."""

    decorators: Annotated[
        tuple[DottedName, ...],
        Meta(description="Decorators that make a function run once per event."),
    ] = ()
    functions: Annotated[
        tuple[DottedGlob, ...],
        Meta(description="Functions that run once per event."),
    ] = ()
    base_classes: Annotated[
        tuple[DottedName, ...],
        Meta(description="Classes whose subclasses' methods run once per event."),
    ] = ()
    routes: Annotated[
        tuple[RoutePattern, ...],
        Meta(
            description="Full paths of routes that are called per chunk or per tick, prefixes "
            "included."
        ),
    ] = ()
    exempt: Annotated[
        tuple[DottedGlob, ...],
        Meta(description="Functions that do not count as run once per event."),
    ] = ()


class Connection(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """How connections have to be configured; empty means that nothing is demanded."""

    username: Annotated[
        Username,
        Meta(description="What user names look like; text in brackets stands for any text."),
    ] = ""
    ssl_verify: Annotated[
        Literal["", "required", "disabled"],
        Meta(description="Whether the server's certificate has to be verified, or must not be."),
    ] = ""
    pooler_hosts: Annotated[
        tuple[Host, ...],
        Meta(description="The hosts that connections may go to, with the port where it matters."),
    ] = ()
    statement_cache: Annotated[
        Literal["", "enabled", "disabled"],
        Meta(description="Whether drivers may cache prepared statements; poolers forbid it."),
    ] = ""
    engine_arguments: Annotated[
        dict[Identifier, EngineArgument],
        Meta(description="Arguments that every engine has to be created with."),
    ] = {}


class Queries(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """What queries must not do."""

    tenant_names: Annotated[
        tuple[Word, ...],
        Meta(description="Columns and parameters that queries must not filter by."),
    ] = ()


class Api(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """What may leave the application."""

    internal_fields: Annotated[
        tuple[Word, ...],
        Meta(description="Fields that no response may carry."),
    ] = ()


class Audit(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """How the audit report presents itself."""

    title: Annotated[Title, Meta(description="The report's heading.")] = "Database connection audit"


class Standard(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Everything under ``[tool.connlint]``; the defaults are those of an empty table."""

    extends: Annotated[
        tuple[Source, ...],
        Meta(
            description="Standards to build on, the later over the earlier: shipped presets by "
            "name, or paths of TOML files relative to the file that names them."
        ),
    ] = ()
    src: Annotated[
        tuple[Folder, ...],
        Meta(
            description="Import roots, relative to the project root. Folders that the code's own "
            "imports show to be roots count as well."
        ),
    ] = (".", "src")
    exclude: Annotated[
        tuple[PathGlob, ...],
        Meta(description="Files to leave out, on top of .gitignore and the usual folders."),
    ] = ()
    select: Annotated[
        tuple[Selector, ...],
        Meta(description="The rules that are on: codes, beginnings of codes, names, or `ALL`."),
    ] = ("DBC",)
    extend_select: Annotated[
        tuple[Selector, ...],
        Meta(description="Rules that are on as well, whatever `select` of a preset says."),
    ] = ()
    ignore: Annotated[
        tuple[Selector, ...],
        Meta(description="The rules that are off; a longer selector wins over a shorter one."),
    ] = ()
    per_file_ignores: Annotated[
        dict[PathGlob, tuple[Selector, ...]],
        Meta(description="Rules that are off in the files that a glob matches."),
    ] = {}
    severity: Annotated[
        dict[Selector, Severity],
        Meta(description="Severities other than the rules' own; the longest selector wins."),
    ] = {}
    local_rules: Annotated[
        tuple[Folder, ...],
        Meta(description="Folders with rules of the project's own, relative to the project root."),
    ] = ()
    sessions: Sessions = Sessions()
    transactions: Transactions = Transactions()
    states: States = States()
    events: Events = Events()
    roles: Annotated[
        dict[Role, tuple[PathGlob, ...]],
        Meta(
            description="What part files play; the most specific glob wins.",
            extra_json_schema={"propertyNames": {"enum": list(get_args(Role))}},
        ),
    ] = {}
    connection: Connection = Connection()
    queries: Queries = Queries()
    api: Api = Api()
    audit: Audit = Audit()
