"""The options of a check in; findings reported, files changed if asked for, exit code out."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from connlint.errors import UsageError

if TYPE_CHECKING:
    from connlint.cli.changes import Changed
    from connlint.cli.check_options import CheckOptions
    from connlint.cli.surroundings import Surroundings
    from connlint.cli.watch import Analyse
    from connlint.pipeline import Analysis, Request
    from connlint.report.view import CheckView

_READ_BY_PEOPLE = frozenset({"text", "concise", "grouped"})
_WITH_EDITS = frozenset({"json", "jsonl", "sarif"})
_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


def run(options: CheckOptions) -> int:
    """Check once, or whenever something changes, and return the exit code."""
    options.check()
    if options.watch:
        from connlint.cli.watch import watch

        watch(options, _request, _answer)
    return _answer(options, _request(options))


def _answer(options: CheckOptions, request: Request, analyse: Analyse | None = None) -> int:
    """Check, change what is to be changed, report, and return the exit code."""
    from connlint.cli.changes import change
    from connlint.cli.output import note, write_bytes, write_report
    from connlint.cli.progress import watching
    from connlint.cli.surroundings import look_around
    from connlint.pipeline import Analysis

    surroundings = look_around()
    with watching(surroundings.animates and not options.quiet) as watch:
        changed = change((analyse or Analysis)(request, watch), options)
        view = _view(changed, options)
    for remark in changed.remarks:
        note(remark, quiet=options.quiet)
    if options.diff:
        write_bytes(changed.diff, options.output)
    else:
        write_report(_render(view, options, surroundings), options.output)
        _write_step_summary(view, options)
    _say(view, options)
    if options.timings:
        _say_timings(changed.analysis)
    return _exit_code(changed, options)


def _request(options: CheckOptions) -> Request:
    """What the pipeline is asked for; raises :class:`ConnlintError` for what can't be."""
    from connlint.cli.recovering import take_back_unfinished
    from connlint.config.loading import with_command_line
    from connlint.config.selection import Selection
    from connlint.pipeline import Request
    from connlint.rules.project import load_project
    from connlint.triage.scope import relative_to

    unsaved_path = options.stdin_filename
    paths = (unsaved_path,) if unsaved_path else options.paths
    use_cache = not options.no_cache
    registry, loaded = load_project(
        paths, config=options.config, isolated=options.isolated, use_cache=use_cache
    )
    take_back_unfinished(loaded.root)
    unsaved = {}
    if unsaved_path:
        unsaved[relative_to(loaded.root, unsaved_path)] = sys.stdin.buffer.read()
    selection = Selection(options.select or None, options.extend_select, options.ignore)
    return Request(
        loaded=with_command_line(loaded, selection, registry.infos),
        registry=registry,
        paths=paths,
        jobs=options.jobs or 0,
        use_cache=use_cache,
        unsaved=unsaved,
        timed=options.timings,
    )


def _view(changed: Changed, options: CheckOptions) -> CheckView:
    from connlint.report.view import CheckView

    analysis, verdict = changed.analysis, changed.verdict
    fixes = {}
    if options.form in _WITH_EDITS and not options.statistics:
        from connlint.proposals import proposals

        fixes = proposals(analysis, verdict.findings)
    source = lru_cache(maxsize=1)(analysis.source_lines)  # findings of one file stand together
    folder = _folder_in_repository(analysis.request.loaded.root)
    return CheckView(verdict, analysis.request.registry.rules, source, fixes, folder=folder)


def _folder_in_repository(root: Path) -> str:
    """The way from the top of the repository to the project; empty without one."""
    from connlint.discover.ignore import repository_of
    from connlint.triage.scope import relative_to

    real = os.path.realpath(root)
    top = repository_of(Path(real).as_posix())
    return relative_to(Path(top), Path(real)) if top else ""


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


def _say(view: CheckView, options: CheckOptions) -> None:
    """What belongs on standard error: notes, problems and, for people, the summary."""
    from connlint.cli.output import note
    from connlint.report.view import summary_line

    for remark in view.verdict.notes:
        note(remark, quiet=options.quiet)
    for problem in view.verdict.problems:
        place = f"{problem.path}: " if problem.path else ""
        note(f"{'error' if problem.fatal else 'warning'}: {place}{problem.message}")
    if options.form in _READ_BY_PEOPLE:
        note(summary_line(view), quiet=options.quiet)


def _say_timings(analysis: Analysis) -> None:
    from connlint.cli.output import note
    from connlint.report.timings import render

    names = {rule.code: rule.name for rule in analysis.request.registry.rules}
    for line in render(analysis.stopwatch.spent, names):
        note(line)


def _exit_code(changed: Changed, options: CheckOptions) -> int:
    """2 for a broken run, whatever was asked for; else 1 for what the options fail on."""
    code = changed.verdict.exit_code(options.fail_on)
    if code == 2 or options.exit_zero:
        return code if code == 2 else 0
    if options.diff:
        return int(bool(changed.diff))
    return int(code == 1 or (options.exit_non_zero_on_fix and changed.fixed > 0))
