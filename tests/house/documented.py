"""A page of the documentation in, the same page with what its commands really say out.

A code block with ``title="path"`` is a file of the page's own small project, a later one of the
same name replaces it; in ``console`` blocks, lines that start with ``$`` are run there, in order.
``PYTHONPATH=tests python -m house.documented docs/standard.md`` brings a page up to date.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
_BLOCK = re.compile(r"^(?P<ticks>`{3,})(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=ticks)$", re.M | re.S)
_TITLE = re.compile(r'\btitle="([^"]+)"')
_PROMPT = "$ "
_CONNLINT = '#!/bin/sh\nexec "{python}" -m connlint "$@"\n'


def rewritten(page: str, folder: Path) -> str:
    """``page`` with the output of its commands made anew, in a project laid out in ``folder``."""
    project = folder / "project"
    project.mkdir()
    shell = _Shell(project, folder)
    return _BLOCK.sub(lambda block: _done(block, shell), page)


class _Shell:
    """Runs commands in the project as a reader would, with connlint on the path."""

    def __init__(self, project: Path, folder: Path) -> None:
        self.project = project
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "connlint"
        program.write_text(_CONNLINT.format(python=sys.executable), "utf-8")
        program.chmod(0o755)
        self._environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": str(SOURCE),
            "CONNLINT_CACHE_DIR": str(folder / "cache"),
            "HOME": str(folder),
            "COLUMNS": "100",
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def run(self, command: str) -> str:
        """What ``command`` says, on both streams."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.project, env=self._environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, timeout=120, check=False,
        )  # fmt: skip
        lines = done.stdout.replace(str(self.project), "…").splitlines()
        return "".join(f"{line.rstrip()}\n" for line in lines)


def _done(block: re.Match[str], shell: _Shell) -> str:
    info, body = block["info"].strip(), block["body"]
    if title := _TITLE.search(info):
        path = shell.project / title[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, "utf-8")
    elif info == "console":
        commands = [line for line in body.splitlines() if line.startswith(_PROMPT)]
        said = (f"{line}\n{shell.run(line.removeprefix(_PROMPT))}" for line in commands)
        body = "\n".join(said)
    return f"{block['ticks']}{block['info']}\n{body}{block['ticks']}"


def main(names: list[str]) -> None:
    """Bring the pages with these names up to date."""
    for name in names:
        file = Path(name)
        with tempfile.TemporaryDirectory() as folder:
            text = rewritten(file.read_text("utf-8"), Path(folder))
        file.write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
