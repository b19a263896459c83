"""``connlint audit``: paths and options in, the audit report in the chosen format out."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connlint.cli.options import config_options, output_option, quiet_option, speed_options
from connlint.errors import UsageError

if TYPE_CHECKING:
    from connlint.cli.surroundings import Surroundings
    from connlint.pipeline import Analysis, Request
    from connlint.report.audit_view import AuditView

_FORMATS = ("text", "markdown", "html", "json", "csv")
_WITH_FIXES = frozenset({"markdown", "html", "json", "findings"})
_PLAIN_WIDTH = 120
_CSV_TABLES = (
    "points",
    "patterns",
    "files",
    "priorities",
    "configuration",
    "stores",
    "findings",
    "trend",
)


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """The options of one run of the command, as they were given."""

    paths: tuple[Path, ...]
    form: str
    output: Path | None
    table: str | None
    config: Path | None
    isolated: bool
    previous: Path | None
    coverage: Path | None
    jobs: int | None
    no_cache: bool
    quiet: bool


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="text", help="How to report."
)
@output_option
@click.option(
    "--table",
    type=click.Choice(_CSV_TABLES),
    help="Which table --format csv writes; the connection points if not given.",
)
@click.option(
    "--previous",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE",
    help="Compare with the JSON of an earlier audit: fixed, new, removed. A folder of such files "
    "is a series in order of their names: compare with the last, and show the trend.",
)
@click.option(
    "--coverage",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Say what the tests executed, from a coverage database or JSON report.",
)
@config_options
@speed_options
@quiet_option
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """List every place where the code at PATHS touches a connection, with verdict and reason.

    The whole project is analysed whatever PATHS are: they say which files the report is about. By
    default these are the import roots of the project. The exit code does not depend on what was
    found.
    """
    context.exit(run(AuditOptions(**given)))


def run(options: AuditOptions) -> int:
    """Audit, report and return the exit code."""
    from connlint.cli.output import note, write_report
    from connlint.cli.progress import watching
    from connlint.cli.surroundings import look_around
    from connlint.pipeline import Analysis

    if options.table and options.form != "csv":
        raise UsageError("--table goes with --format csv: the other formats have all tables")
    surroundings = look_around()
    request = _request(options)
    with watching(surroundings.animates and not options.quiet) as watch:
        view = audit_view(Analysis(request, watch), options)
    write_report(_render(view, options, surroundings), options.output)
    for remark in view.verdict.notes:
        note(remark, quiet=options.quiet)
    for problem in view.verdict.problems:
        place = f"{problem.path}: " if problem.path else ""
        note(f"{'error' if problem.fatal else 'warning'}: {place}{problem.message}")
    return 2 if view.verdict.is_broken else 0


def _render(view: AuditView, options: AuditOptions, surroundings: Surroundings) -> str:
    if options.form == "text":
        from connlint.report.audit_terminal import report

        shown = surroundings.is_terminal and options.output is None
        unicode = options.output is not None or _takes_unicode(sys.stdout.encoding)
        width = surroundings.width if shown else _PLAIN_WIDTH
        return report.render(view, width, surroundings.colour and shown, unicode)
    if options.form == "csv":
        from connlint.report import audit_csv

        return audit_csv.render(view, options.table or "points")
    from connlint.report.audit_formats import audit_renderer

    return audit_renderer(options.form)(view)


def _takes_unicode(encoding: str | None) -> bool:
    """Whether a stream shows more than ASCII."""
    return (encoding or "").lower().replace("-", "").startswith("utf")


def _request(options: AuditOptions) -> Request:
    """What the pipeline is asked for; raises :class:`ConnlintError` for what can't be."""
    from connlint.cli.recovering import take_back_unfinished
    from connlint.pipeline import Request
    from connlint.rules.project import load_project

    registry, loaded = load_project(
        options.paths,
        config=options.config,
        isolated=options.isolated,
        use_cache=not options.no_cache,
    )
    take_back_unfinished(loaded.root)
    return Request(
        loaded=loaded,
        registry=registry,
        paths=options.paths,
        jobs=options.jobs or 0,
        use_cache=not options.no_cache,
    )


def audit_view(analysis: Analysis, options: AuditOptions) -> AuditView:
    """The audit of an analysis, as the formats see it.

    Raises :class:`UsageError` for an earlier audit or coverage that can't be read.
    """
    from connlint.audit.earlier import load_history
    from connlint.audit.executed import load_coverage
    from connlint.audit.patterns import pages_of
    from connlint.audit.tables import Scope, compute
    from connlint.cli.assumed import with_assumed
    from connlint.proposals import Proposals, planned
    from connlint.report.audit_view import AuditView, chosen_settings
    from connlint.version import __version__

    loaded = analysis.request.loaded
    if analysis.detection is not None:
        loaded = with_assumed(loaded, analysis.detection)
    scope = Scope(
        covers=analysis.scope.covers,
        page_of=pages_of(analysis.request.registry),
        settings=chosen_settings(loaded),
        version=__version__,
        history=load_history(options.previous) if options.previous else None,
        covered=load_coverage(options.coverage, loaded.root) if options.coverage else None,
    )
    verdict = analysis.verdict
    accepted = [(item.finding, item.justification) for item in verdict.suppressed]
    source = analysis.source_lines
    tables = compute(analysis.project, verdict.findings, accepted, source, scope)
    analysis.forget_model()
    skipped = tuple((item.path, item.reason) for item in analysis.found.skipped)
    found = Proposals({}, {})
    if options.form in _WITH_FIXES or options.table in _WITH_FIXES:
        found = planned(analysis, verdict.findings)
    return AuditView(tables, loaded, verdict, source, skipped, found.fixes, found.refusals)
