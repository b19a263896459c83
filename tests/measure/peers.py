"""Other tools, asked to find the same defect. In: a corpus. Out: a command to measure for each.

Each gets the cheapest configuration that finds the planted defect and, for semgrep, three more
rules of the kind that connlint has. Nothing is fetched while they run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from measure.corpus import DEFECT, FACTORY
from measure.meter import Command

RUFF = f"""\
[lint]
select = ["E4", "E7", "E9", "F", "TID251"]

[lint.flake8-tidy-imports.banned-api]
"{FACTORY}".msg = "forbidden session factory"
"""

SEMGREP = f"""\
rules:
  - id: forbidden-session-factory
    languages: [python]
    severity: ERROR
    message: forbidden session factory
    pattern: {FACTORY}(...)
  - id: commit-in-loop
    languages: [python]
    severity: WARNING
    message: a commit per iteration
    patterns:
      - pattern: $SESSION.commit()
      - pattern-inside: |
          for $ITEM in $ITEMS:
              ...
  - id: swallowed-database-error
    languages: [python]
    severity: WARNING
    message: a commit whose failure nobody learns of
    pattern: |
      try:
          ...
          $SESSION.commit()
          ...
      except Exception:
          pass
  - id: engine-without-pre-ping
    languages: [python]
    severity: WARNING
    message: an engine without pool_pre_ping
    patterns:
      - pattern: sqlalchemy.create_engine(...)
      - pattern-not: sqlalchemy.create_engine(..., pool_pre_ping=True, ...)
"""

PYLINT = f'''\
from astroid import nodes
from pylint.checkers import BaseChecker
from pylint.checkers.utils import safe_infer


class SessionFactoryChecker(BaseChecker):
    name = "session-factory"
    msgs = {{
        "E9901": ("Forbidden session factory", "forbidden-session-factory", "Use the provider.")
    }}

    def visit_call(self, node: nodes.Call) -> None:
        called = safe_infer(node.func)
        if called is not None and called.qname() == "{FACTORY}":
            self.add_message("forbidden-session-factory", node=node)


def register(linter):
    linter.register_checker(SessionFactoryChecker(linter))
'''

FIXIT = f'''\
import libcst
from fixit import LintRule
from libcst.metadata import QualifiedNameProvider


class ForbiddenSessionFactory(LintRule):
    MESSAGE = "forbidden session factory"
    METADATA_DEPENDENCIES = (QualifiedNameProvider,)

    def visit_Call(self, node: libcst.Call) -> None:
        names = self.get_metadata(QualifiedNameProvider, node.func, set())
        if any(name.name == "{FACTORY}" for name in names):
            self.report(node)
'''


@dataclass(frozen=True)
class Peer:
    """A tool at a pinned version; ``report`` is what it prints on the line of the defect."""

    name: str
    version: str
    configuration: str
    file: str
    report: str
    is_slow: bool = False

    def find(self, folder: Path) -> Path | None:
        """Its executable: from an environment in ``folder``, else the one on the path."""
        installed = folder / self.name / "bin" / self.name
        on_path = shutil.which(self.name)
        return installed if installed.exists() else Path(on_path) if on_path else None

    def install(self, folder: Path) -> None:
        """Install the pinned version into its own environment below ``folder``."""
        environment = folder / self.name
        if not (environment / "bin" / self.name).exists():
            subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
            install = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet"]
            subprocess.run([*install, f"{self.name}=={self.version}"], check=True)

    def command(self, executable: Path, corpus: Path, scratch: Path) -> Command:
        """The full check of ``corpus`` on one core, its configuration written below ``scratch``."""
        folder = scratch / self.name
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / self.file
        configuration.write_text(self.configuration, "utf-8")
        arguments = {
            "ruff": ["check", "--no-cache", "--output-format=concise", "--config", self.file],
            "semgrep": ["scan", "--metrics=off", "--disable-version-check", "--no-git-ignore",
                        "--quiet", "--emacs", "--jobs=1", "--config", self.file],
            "pylint": ["--rcfile=", "--jobs=1", "--persistent=n", "--recursive=y", "--disable=all",
                       "--load-plugins", Path(self.file).stem,
                       "--enable=forbidden-session-factory"],
            "fixit": ["--rules", Path(self.file).stem, "lint"],
        }[self.name]  # fmt: skip
        words = [str(configuration) if word == self.file else word for word in arguments]
        environment = {"PYTHONPATH": str(folder), "SEMGREP_SETTINGS_FILE": str(folder / "settings")}
        return Command([str(executable), *words, "."], corpus, environment)

    def sees_defect(self, output: str) -> bool:
        """Whether what it printed names the defect, and the file where it is."""
        return any(self.report in line and DEFECT in line for line in output.splitlines())


PEERS = (
    Peer("ruff", "0.17.5", RUFF, "ruff.toml", "TID251"),
    Peer("semgrep", "1.170.0", SEMGREP, "rules.yml", "forbidden-session-factory"),
    Peer("pylint", "4.1.4", PYLINT, "session_factory.py", "E9901", is_slow=True),
    Peer("fixit", "2.2.1", FIXIT, "session_factory.py", "ForbiddenSessionFactory", is_slow=True),
)
