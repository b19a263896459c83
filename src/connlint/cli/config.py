"""``connlint config``: a folder in, the standard that holds there and its origins out."""

from __future__ import annotations

from pathlib import Path

import click

from connlint.cli.options import config_options
from connlint.cli.output import write_report


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "toml", "json"]),
    default="text",
    help="text says where each value comes from; toml can be used as a configuration.",
)
@config_options
def command(path: Path | None, form: str, config: Path | None, isolated: bool) -> None:
    """Show the standard that holds for PATH, by default for the working folder."""
    from connlint.config.loading import load_standard
    from connlint.report.standard import render_json, render_text, render_toml
    from connlint.rules.registry import load_rules

    loaded = load_standard(
        [path] if path else [], load_rules().infos, config=config, isolated=isolated
    )
    render = {"text": render_text, "toml": render_toml, "json": render_json}[form]
    write_report(render(loaded), None)
