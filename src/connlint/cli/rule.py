"""``connlint rule``: codes or names in, the documentation of those rules out."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import click

from connlint.cli.options import completed_rules
from connlint.cli.output import note, write_report
from connlint.cli.surroundings import Surroundings, look_around
from connlint.errors import ConfigError

if TYPE_CHECKING:
    from connlint.config.loading import LoadedStandard
    from connlint.rules.registry import Registry

_FILE_NAME = re.compile(r'^(`{3,}\w+) title="([^"\n]+)"', re.MULTILINE)


@click.command()
@click.argument("rules", nargs=-1, metavar="[CODE]...", shell_complete=completed_rules)
@click.option("--all", "every", is_flag=True, help="All rules, in full.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="json holds the metadata as well.",
)
def command(rules: tuple[str, ...], every: bool, form: str) -> None:
    """Explain rules by code or name; without any, list them all.

    Where a rule is off in the project of the working folder, or silent for want of a setting, it
    says so and names the place in the configuration.
    """
    from connlint.report.rule_pages import render_json, render_list, render_pages

    registry, loaded = _project()
    chosen = registry.named(rules) if rules and not every else registry.rules
    surroundings = look_around()
    if form == "json":
        text = render_json(chosen, loaded)
    elif not rules and not every:
        text = render_list(chosen, loaded)
    elif surroundings.is_terminal:
        text = _typeset(render_pages(chosen, loaded), surroundings)
    else:
        text = render_pages(chosen, loaded)
    write_report(text, None)


def _project() -> tuple[Registry, LoadedStandard | None]:
    """The rules, and the standard of the project; ``None`` with a note where that is unsound."""
    from connlint.rules.plugins import all_rules
    from connlint.rules.project import load_project

    try:
        return load_project([])
    except ConfigError as error:
        note(f"nothing is said about this project, its configuration is unsound: {error.lines[0]}")
        return all_rules(), None


def _typeset(markdown: str, surroundings: Surroundings) -> str:
    """``markdown`` as a terminal shows it best."""
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        no_color=not surroundings.colour,
        width=surroundings.width,
        # The terminal's own ground: a black one looks broken on a light terminal.
        theme=Theme({"markdown.code": "bold cyan"}),
    )
    named = _FILE_NAME.sub(r"*\2*\n\n\1", markdown)
    with console.capture() as captured:
        console.print(Markdown(named, code_theme="ansi_dark"))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
