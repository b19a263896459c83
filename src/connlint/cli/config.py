"""``connlint config``: a folder in, the standard that holds there and its origins out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connlint.cli.options import config_options
from connlint.cli.output import write_report

if TYPE_CHECKING:
    from connlint.config.loading import LoadedStandard
    from connlint.rules.project import Held


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "toml", "json", "schema"]),
    default="text",
    help="text says where each value comes from; toml can be used as a configuration; "
    "schema is the JSON Schema of all configurations, for editors.",
)
@config_options
def command(path: Path | None, form: str, config: Path | None, isolated: bool) -> None:
    """Show the standard that holds for PATH, by default for the working folder.

    Where no configuration declares one, it is what connlint check assumes from the code.
    """
    from connlint.config.schema import schema_text
    from connlint.report.standard import render_json, render_text, render_toml
    from connlint.rules.project import load_project

    if form == "schema":
        write_report(schema_text(), None)
        return
    held = load_project([path] if path else [], config=config, isolated=isolated)
    loaded = held.loaded if held.loaded.declared else _assumed(held)
    render = {"text": render_text, "toml": render_toml, "json": render_json}[form]
    write_report(render(loaded), None)


def _assumed(held: Held) -> LoadedStandard:
    """The standard that holds without a declared one, as ``connlint check`` assumes it."""
    from connlint.cli.assumed import detected, with_assumed
    from connlint.pipeline import Request

    request = Request(loaded=held.loaded, registry=held.registry)
    return with_assumed(held.loaded, detected(request, quiet=False))
