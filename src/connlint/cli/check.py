"""``connlint check``: the options of the command in, the exit code of the run out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connlint.cli.options import (
    config_options,
    output_option,
    quiet_option,
    selection_options,
    speed_options,
)

_FORMATS = (
    "text", "concise", "grouped", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown",
)  # fmt: skip


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@selection_options
@click.option("--fix", is_flag=True, help="Apply the fixes that keep behaviour.")
@click.option(
    "--unsafe-fixes", is_flag=True, help="With --fix or --diff: those that need an eye as well."
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option(
    "--verify-with",
    metavar="CMD",
    help="With --fix: put back each file with whose fix the command CMD fails.",
)
@click.option("--add-noqa", is_flag=True, help="Silence all findings with comments in the code.")
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
@click.option(
    "--reason",
    default="",
    metavar="TEXT",
    help="Why the baseline is extended, or findings are silenced.",
)
@click.option(
    "--since",
    default="",
    metavar="REV",
    help="Report only what the change since this git revision touches or newly reaches.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="warning",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even with findings.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 if anything was fixed.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@click.option("--timings", is_flag=True, help="Say how long each stage and the slowest rules take.")
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
def command(context: click.Context, /, **given: Any) -> None:
    """Hold the code at PATHS against the standard.

    The whole project is analysed whatever PATHS are: they say which files the report is about. By
    default these are the import roots of the project.
    """
    from connlint.cli.baseline import BaselineOptions
    from connlint.cli.check_options import CheckOptions
    from connlint.cli.checking import run

    baseline = BaselineOptions(
        path=given.pop("baseline_path"),
        write=given.pop("write_baseline"),
        extend=given.pop("extend_baseline"),
        reason="" if given["add_noqa"] else given["reason"],
    )
    context.exit(run(CheckOptions(baseline=baseline, **given)))
