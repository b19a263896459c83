"""``connlint init``: a project in, the standard that its code follows out, with its reasons, and
written down where the user wants it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connlint.cli.options import quiet_option, speed_options
from connlint.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from connlint.rules.project import Held

_OWN, _SHARED = "connlint.toml", "pyproject.toml"
_NEXT = """\
Read it: what is said to be likely is yours to decide. Then
  connlint check                     what the code does against it
  connlint check --baseline connlint-baseline.txt --write-baseline
                                     accept that for now; only new findings count from then on
  connlint rule CODE                 what a rule means, and why it is off or silent here
and put `connlint check --baseline connlint-baseline.txt` into the pre-commit hook and the CI job.\
"""


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the proposal; write nothing.")
@click.option(
    "--into",
    type=click.Choice([_OWN, _SHARED]),
    help="The file to write; by default pyproject.toml where there is one.",
)
@click.option("--yes", is_flag=True, help="Write without asking, in a terminal too.")
@speed_options
@quiet_option
def command(
    path: Path | None,
    dry_run: bool,
    into: str | None,
    yes: bool,
    jobs: int | None,
    no_cache: bool,
    quiet: bool,
) -> None:
    """Propose a standard for the project at PATH, by default for the working folder.

    The standard is read from the code: how it gets its sessions, which modules make them, what it
    shows of states and connections. Each value comes with its reason. A standard that is declared
    already is never changed.
    """
    from connlint.cli.assumed import detected
    from connlint.cli.output import note, write_report
    from connlint.pipeline import Request
    from connlint.report.proposal import render

    use_cache = not no_cache
    registry, loaded = _undeclared(path, use_cache=use_cache)
    request = Request(loaded=loaded, registry=registry, jobs=jobs or 0, use_cache=use_cache)
    detection = detected(request, quiet=quiet)
    if not detection.choices:
        raise UsageError(f"nothing to propose: no code below {loaded.root} makes sessions")
    target = _target(loaded.root, into)
    text = render(detection, () if target.name == _OWN else ("tool", "connlint"))
    write_report(text, None)
    if dry_run:
        return
    if not yes and _can_ask() and not click.confirm(f"Write this to {target}?", err=True):
        note("nothing written", quiet=quiet)
        return
    _write(target, text)
    note(f"written to {target}\n\n{_NEXT}", quiet=quiet)


def _undeclared(path: Path | None, *, use_cache: bool) -> Held:
    """The project without any standard; raises :class:`UsageError` when it declares one."""
    from connlint.rules.project import load_project

    held = load_project([path] if path else [], use_cache=use_cache)
    if held.loaded.file is not None:
        raise UsageError(
            f"{held.loaded.file} declares a standard already: connlint config shows it, and "
            "connlint config --isolated what would be assumed without it"
        )
    return held


def _target(root: Path, into: str | None) -> Path:
    """The file to write to."""
    shared = root / _SHARED
    if into is None:
        return shared if shared.is_file() else root / _OWN
    return root / into


def _can_ask() -> bool:
    """Whether a person is there to answer."""
    from connlint.cli.surroundings import look_around

    try:
        listens = sys.stdin.isatty()
    except (AttributeError, ValueError):
        listens = False
    return listens and look_around().animates and not os.environ.get("CI")


def _write(target: Path, text: str) -> None:
    """Put the standard at the end of the file, whose own text stays as it is."""
    from connlint.config.sources import parse
    from connlint.writing import write_atomically

    try:
        before = target.read_bytes() if target.exists() else b""
        old = before.decode("utf-8")
        line_end = "\r\n" if "\r\n" in old else "\n"
        gap = "" if not old else line_end if old.endswith("\n") else line_end * 2
        whole = old + (gap + text.replace("\n", line_end))
        parse(whole, target.name)
        write_atomically(target, whole.encode("utf-8"))
    except ConfigError as error:
        raise UsageError(f"{target} can't take the standard: {error.lines[0]}") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{target} can't be written: {reason}") from error
