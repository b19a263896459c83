"""``connlint check``: paths and options in, findings in the chosen format and the exit code out."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connlint.cli.baseline import BaselineOptions
from connlint.cli.options import (
    config_options,
    output_option,
    quiet_option,
    selection_options,
    speed_options,
)
from connlint.errors import UsageError

if TYPE_CHECKING:
    from connlint.cli.surroundings import Surroundings
    from connlint.findings import Severity
    from connlint.pipeline import Analysis, Request
    from connlint.report.view import CheckView
    from connlint.triage.verdict import Verdict

_FORMATS = (
    "text", "concise", "grouped", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown",
)  # fmt: skip
_READ_BY_PEOPLE = frozenset({"text", "concise", "grouped"})
_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """The options of one run of the command, as they were given."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    form: str
    output: Path | None
    statistics: bool
    baseline: BaselineOptions
    fail_on: Severity
    exit_zero: bool
    stdin_filename: Path | None
    config: Path | None
    isolated: bool
    jobs: int | None
    no_cache: bool
    quiet: bool


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@selection_options
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="text", help="How to report."
)
@output_option
@click.option("--statistics", is_flag=True, help="Count findings by rule instead of listing them.")
@click.option(
    "--baseline",
    "baseline_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Accept the findings that FILE names.",
)
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Remove from the baseline what is gone; write it if there is none.",
)
@click.option(
    "--extend-baseline", is_flag=True, help="Add all findings to the baseline; needs --reason."
)
@click.option("--reason", default="", metavar="TEXT", help="Why the baseline is extended.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="warning",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even with findings.")
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read what is not saved yet of FILE from standard input.",
)
@config_options
@speed_options
@quiet_option
@click.pass_context
def command(
    context: click.Context,
    /,
    baseline_path: Path | None,
    write_baseline: bool,
    extend_baseline: bool,
    reason: str,
    **given: Any,
) -> None:
    """Hold the code at PATHS against the standard.

    The whole project is analysed whatever PATHS are: they say which files the report is about. By
    default these are the import roots of the project.
    """
    baseline = BaselineOptions(baseline_path, write_baseline, extend_baseline, reason)
    context.exit(run(CheckOptions(baseline=baseline, **given)))


def run(options: CheckOptions) -> int:
    """Check, report and return the exit code."""
    from connlint.cli.baseline import under_baseline
    from connlint.cli.output import note, write_report
    from connlint.cli.progress import watching
    from connlint.cli.surroundings import look_around
    from connlint.pipeline import Analysis
    from connlint.report.view import summary_line

    options.baseline.check()
    _check_statistics(options)
    surroundings = look_around()
    request = _request(options)
    with watching(surroundings.animates and not options.quiet) as watch:
        analysis = Analysis(request, watch)
        verdict = analysis.verdict
    verdict, remark = under_baseline(verdict, options.baseline, analysis.terms, request.loaded.root)
    view = _view(analysis, verdict)
    write_report(_render(view, options, surroundings), options.output)
    _write_step_summary(view, options)
    for line in (*verdict.notes, remark):
        if line:
            note(line, quiet=options.quiet)
    for problem in verdict.problems:
        place = f"{problem.path}: " if problem.path else ""
        note(f"{'error' if problem.fatal else 'warning'}: {place}{problem.message}")
    if options.form in _READ_BY_PEOPLE:
        note(summary_line(view), quiet=options.quiet)
    code = verdict.exit_code(options.fail_on)
    return 0 if options.exit_zero and code == 1 else code


def _request(options: CheckOptions) -> Request:
    """What the pipeline is asked for; raises :class:`ConnlintError` for what can't be."""
    from connlint.config.loading import load_standard, with_command_line
    from connlint.config.selection import Selection
    from connlint.pipeline import Request
    from connlint.rules.registry import load_rules
    from connlint.triage.scope import relative_to

    paths = tuple(path for path in options.paths if str(path) != "-")
    unsaved = {}
    if options.stdin_filename is not None:
        if paths:
            raise UsageError("--stdin-filename and PATHS exclude each other")
        paths = (options.stdin_filename,)
    elif len(paths) < len(options.paths):
        raise UsageError("- needs --stdin-filename FILE")
    registry = load_rules(use_cache=not options.no_cache)
    loaded = load_standard(paths, registry.infos, config=options.config, isolated=options.isolated)
    if options.stdin_filename is not None:
        name = relative_to(loaded.root, options.stdin_filename)
        unsaved = {name: sys.stdin.buffer.read()}
    selection = Selection(options.select or None, options.extend_select, options.ignore)
    return Request(
        loaded=with_command_line(loaded, selection, registry.infos),
        registry=registry,
        paths=paths,
        jobs=options.jobs or 0,
        use_cache=not options.no_cache,
        unsaved=unsaved,
    )


def _check_statistics(options: CheckOptions) -> None:
    from connlint.report.formats import STATISTICS_FORMATS

    if options.statistics and options.form not in STATISTICS_FORMATS:
        formats = ", ".join(STATISTICS_FORMATS)
        raise UsageError(f"--statistics goes with --format {formats}, not {options.form}")


def _view(analysis: Analysis, verdict: Verdict) -> CheckView:
    from connlint.report.view import CheckView

    return CheckView(verdict, analysis.request.registry.rules, analysis.source_lines)


def _render(view: CheckView, options: CheckOptions, surroundings: Surroundings) -> str:
    from connlint.report.formats import check_renderer

    is_shown = surroundings.is_terminal and options.output is None
    if options.form == "text" and is_shown and not options.statistics:
        from connlint.report import terminal

        return terminal.render(view, surroundings.width, surroundings.colour)
    return check_renderer(options.form, statistics=options.statistics)(view)


def _write_step_summary(view: CheckView, options: CheckOptions) -> None:
    """Add the report to the page of the workflow run, where GitHub has one."""
    path = os.environ.get(_STEP_SUMMARY)
    if options.form != "github" or not path:
        return
    from connlint.report.github import step_summary

    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(step_summary(view))
    except OSError as error:
        raise UsageError(f"{_STEP_SUMMARY}: {path} can't be written: {error.strerror}") from error
