"""Markdown files below ``cases`` in, the cases in them out.

A case is a heading, a list with the provider it is about and the reason that is told, and one or
blocks of code: the file before and, when it changes, after.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from fix.analyser import SYNC

_CASE = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!^## ).*\n?)+)", re.MULTILINE)
_ITEM = re.compile(r"^- (\w+): (.+)$", re.MULTILINE)
_CODE = re.compile(r"^```(?:before|after)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

_COMMITS = {"commits": "yes", "does not commit": "no", "may commit": "unknown"}


class Case(NamedTuple):
    """One case. ``after`` is ``before`` where nothing changes."""

    title: str
    data: dict[str, str]
    reason: str
    before: str
    after: str


def cases(name: str) -> list[Case]:
    """The cases in ``cases/<name>.md``."""
    text = (Path(__file__).parent / "cases" / f"{name}.md").read_text("utf-8")
    return [_case(found["title"], found["body"]) for found in _CASE.finditer(text)]


def _case(title: str, body: str) -> Case:
    items = dict(_ITEM.findall(body))
    codes = _CODE.findall(body)
    assert codes, title
    assert items.keys() <= {"provider", "factory", "reason", "name"}, title
    data = dict(SYNC)
    if "provider" in items:
        shape, commits = items["provider"].split(", ")
        data["provider_shape"] = shape
        data["provider_async"] = "yes" if shape.startswith(("async-", "coroutine")) else "no"
        data["provider_commits"] = {"commits": "yes", "does not commit": "no"}.get(
            commits, "unknown"
        )
        data["factory_async"] = data["provider_async"]
    data["factory_async"] = items.get("factory", data["factory_async"])
    data["provider"] = items.get("name", data["provider"]).replace("none", "")
    return Case(title, data, items.get("reason", ""), codes[0], codes[-1])
