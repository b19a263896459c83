"""``connlint rule``: codes or names in, the documentation of those rules out."""

from __future__ import annotations

import io

import click

from connlint.cli.output import write_report
from connlint.cli.surroundings import Surroundings, look_around


@click.command()
@click.argument("rules", nargs=-1, metavar="[CODE]...")
@click.option("--all", "every", is_flag=True, help="All rules, in full.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="json holds the metadata as well.",
)
def command(rules: tuple[str, ...], every: bool, form: str) -> None:
    """Explain rules by code or name; without any, list them all."""
    from connlint.report.rule_pages import render_json, render_list, render_pages
    from connlint.rules.registry import load_rules

    registry = load_rules()
    chosen = registry.named(rules) if rules and not every else registry.rules
    surroundings = look_around()
    if form == "json":
        text = render_json(chosen)
    elif not rules and not every:
        text = render_list(chosen)
    elif surroundings.is_terminal:
        text = _typeset(render_pages(chosen), surroundings)
    else:
        text = render_pages(chosen)
    write_report(text, None)


def _typeset(markdown: str, surroundings: Surroundings) -> str:
    """``markdown`` as a terminal shows it best."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        no_color=not surroundings.colour,
        width=surroundings.width,
    )
    with console.capture() as captured:
        console.print(Markdown(markdown))
    return captured.get()
