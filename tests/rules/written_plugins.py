"""A rule as somebody else would write it, and the folders and distributions that hold it."""

from __future__ import annotations

from pathlib import Path

RULE = '''\
"""Engines whose URL is written down in the code."""

from collections.abc import Iterator

from connlint.findings import Suspect
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect


class {name}(Rule):
    """Calls of a function that the project has banned."""

    code = "{code}"
    severity = "error"
    {more}

    def suspects(self, project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            for operation in run.operations:
                if operation.effect.kind == "commit" and operation.own:
                    yield suspect(
                        project, self.code, scope, operation.at, operation.end, shape="call",
                        message="nobody commits here", matched="commit",
                    )
'''
PAGE = """\
# {name}

`{code}` · error · fix: none

## What it does

Reports every commit.

## Why it matters

The project says so.

## Examples

**A commit.**

```python title="app/store.py"
from sqlalchemy.orm import Session


def save(session: Session) -> None:
    session.commit(){marker}
```

## Allowed

**A flush.**

```python title="app/store.py"
from sqlalchemy.orm import Session


def save(session: Session) -> None:
    session.flush()
```

**A commit of something else.**

```python title="app/store.py"
def save(repository) -> None:
    repository.commit()
```

## Options

None.

## Limits

None is known.

## Fix safety

There is no fix.
"""
STORE = """\
from sqlalchemy.orm import Session


def save(session: Session) -> None:
    session.commit()
"""


def write_rule(
    folder: Path, *, code: str = "DBC701", stem: str = "no_commit", more: str = ""
) -> None:
    """A rule with its page in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(map(str.capitalize, stem.split("_")))
    rule = RULE.format(name=name, code=code, more=more)
    (folder / f"{stem}.py").write_text(rule, encoding="utf-8")
    page = PAGE.format(name=stem.replace("_", "-"), code=code, marker=f"  # error: {code}")
    (folder / f"{stem}.md").write_text(page, encoding="utf-8")


def write_distribution(site: Path, name: str, module: str) -> None:
    """The metadata of an installed distribution that offers ``module``."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[connlint.rules]\n{name} = {module}\n")
