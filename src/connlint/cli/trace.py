"""``connlint trace``: a function or a place in, its role, what reaches it and what it does out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connlint.cli.options import config_options, quiet_option, speed_options

if TYPE_CHECKING:
    from connlint.pipeline import Analysis


@click.command()
@click.argument("target")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@config_options
@speed_options
@quiet_option
def command(
    target: str,
    form: str,
    config: Path | None,
    isolated: bool,
    jobs: int | None,
    no_cache: bool,
    quiet: bool,
) -> None:
    """Show what a function does to the database, and what leads to it.

    TARGET is a dotted name (app.routes.create_job), the end of one, or a place (app/routes.py:120).
    """
    from connlint.audit.trace import find_function, trace_function
    from connlint.cli.output import write_report
    from connlint.cli.progress import watching
    from connlint.cli.recovering import take_back_unfinished
    from connlint.cli.surroundings import look_around
    from connlint.pipeline import Analysis, Request
    from connlint.report.trace import render_json, render_text
    from connlint.rules.project import load_project

    registry, loaded = load_project(
        _folders(target), config=config, isolated=isolated, use_cache=not no_cache
    )
    take_back_unfinished(loaded.root)
    request = Request(loaded=loaded, registry=registry, jobs=jobs or 0, use_cache=not no_cache)
    with watching(look_around().animates and not quiet) as watch:
        analysis = Analysis(request, watch)
        scope = find_function(analysis.project, _from_root(target, analysis))
        trace = trace_function(analysis.project, scope)
    write_report(render_json(trace) if form == "json" else render_text(trace), None)


def _folders(target: str) -> list[Path]:
    """Where to look for the configuration: at the file of the target, if it names one."""
    path, _, line = target.rpartition(":")
    return [Path(path)] if line.isdigit() and Path(path).exists() else []


def _from_root(target: str, analysis: Analysis) -> str:
    """A ``FILE:LINE`` target as seen from the project's root; a dotted name as it is."""
    from connlint.triage.scope import relative_to

    path, _, line = target.rpartition(":")
    if not line.isdigit():
        return target
    return f"{relative_to(analysis.request.loaded.root, Path(path))}:{line}"
