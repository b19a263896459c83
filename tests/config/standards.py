"""Hypothesis strategies: sound standards, and tables that are mostly unsound."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st

from config.projects import RULES
from connlint.config.standard import (
    Api,
    Audit,
    Connection,
    Events,
    Queries,
    Role,
    Sessions,
    Standard,
    States,
    Transactions,
)
from connlint.findings import Severity

_NAMES = st.from_regex(r"[a-zé_][a-z0-9_]{0,4}x", fullmatch=True)
_DOTTED = st.lists(_NAMES, min_size=2, max_size=4).map(".".join)
_DOTTED_GLOBS = st.lists(_NAMES | st.sampled_from(["*", "**"]), min_size=2, max_size=4).map(
    ".".join
)
_GLOBS = st.lists(
    st.text("aB é.-_*?", min_size=1, max_size=4).filter(lambda t: t.strip(" .") and "**" not in t)
    | st.just("**"),
    min_size=1,
    max_size=4,
).map("/".join)
_WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=5)
_SELECTORS = st.sampled_from([w for rule in RULES for w in (rule.code, rule.name, rule.code[:4])])
_ROLES = st.sampled_from(get_args(Role))
_ARGUMENTS = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)


def _several(items: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(items, max_size=4).map(tuple)


STANDARDS: st.SearchStrategy[Standard] = st.builds(
    Standard,
    src=_several(_NAMES),
    exclude=_several(_GLOBS),
    select=_several(_SELECTORS),
    extend_select=_several(_SELECTORS),
    ignore=_several(_SELECTORS),
    per_file_ignores=st.dictionaries(_GLOBS, _several(_SELECTORS), max_size=3),
    severity=st.dictionaries(_SELECTORS, st.sampled_from(get_args(Severity)), max_size=3),
    sessions=st.builds(
        Sessions,
        providers=_several(_DOTTED),
        forbidden=_several(_DOTTED_GLOBS.map(lambda glob: glob + ".*")),
        owners=_several(_GLOBS),
        names=_several(_NAMES),
    ),
    transactions=st.builds(Transactions, owners=_several(_DOTTED)),
    states=st.builds(
        States,
        fields=_several(_NAMES),
        persist=_several(_WORDS.map("p".__add__)),
        transient=_several(_WORDS.map("t".__add__)),
        exempt_roles=_several(_ROLES),
    ),
    events=st.builds(Events, routes=_several(_GLOBS.map("/".__add__))),
    roles=st.dictionaries(_ROLES, _several(_GLOBS), max_size=3),
    connection=st.builds(
        Connection,
        username=st.sampled_from(["", "postgres.[project-ref]"]),
        ssl_verify=st.sampled_from(["", "required", "disabled"]),
        pooler_hosts=_several(st.sampled_from(["db", "*.x.com:6543", "[::1]:5432"])),
        engine_arguments=st.dictionaries(_NAMES, _ARGUMENTS | st.text(), max_size=3),
    ),
    queries=st.builds(Queries, tenant_names=_several(_WORDS)),
    api=st.builds(Api, internal_fields=_several(_WORDS)),
    audit=st.builds(Audit, title=_WORDS),
)

_KEYS = st.sampled_from(
    [
        *("extends", "src", "exclude", "select", "ignore", "per-file-ignores", "severity"),
        *("sessions", "states", "events", "roles", "connection", "audit", "tool", "connlint"),
        *("providers", "owners", "persist", "transient", "engine-arguments", "title", "router"),
    ]
)
_TEXTS = st.sampled_from(["DBC3", "a.b", "src/**", "DONE", "required", "flask-jobs", "x.toml"])

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(_TEXTS, st.text(max_size=5), st.integers(), st.floats(), st.booleans()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_KEYS | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)
TABLES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    _KEYS | st.text(max_size=3), VALUES, max_size=6
)
