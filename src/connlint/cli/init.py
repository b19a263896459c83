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
    from connlint.config.loading import LoadedStandard
    from connlint.detect.detection import Detection
    from connlint.rules.registry import Registry

_OWN, _SHARED = "connlint.toml", "pyproject.toml"


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
    from connlint.cli.output import note, write_report
    from connlint.report.proposal import render
    from connlint.rules.registry import load_rules

    registry = load_rules(use_cache=not no_cache)
    loaded = _undeclared(path, registry)
    detection = _detect(loaded, registry, jobs or 0, use_cache=not no_cache, quiet=quiet)
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
    note(f"written to {target}; connlint check holds the code against it", quiet=quiet)


def _undeclared(path: Path | None, registry: Registry) -> LoadedStandard:
    """The project without any standard; raises :class:`UsageError` when it declares one."""
    from connlint.config.loading import load_standard

    paths = [path] if path else []
    declared = load_standard(paths, registry.infos)
    if declared.file is not None:
        raise UsageError(
            f"{declared.file} declares a standard already: connlint config shows it, and "
            "connlint check --isolated says what would be assumed without it"
        )
    return declared


def _detect(
    loaded: LoadedStandard, registry: Registry, jobs: int, *, use_cache: bool, quiet: bool
) -> Detection:
    from connlint.cli.progress import watching
    from connlint.cli.surroundings import look_around
    from connlint.pipeline import Analysis, Request

    request = Request(loaded=loaded, registry=registry, jobs=jobs, use_cache=use_cache)
    with watching(look_around().animates and not quiet) as watch:
        detection = Analysis(request, watch).detection
    assert detection is not None, "nothing is declared"
    return detection


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
