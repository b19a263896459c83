"""``connlint server``: standard input and output in, the language server speaking over them out."""

from __future__ import annotations

import click

from connlint.errors import UsageError


@click.command()
@click.option(
    "--baseline",
    default="",
    metavar="FILE",
    help="Leave out what FILE, in the root of each project, accepts.",
)
def command(baseline: str) -> None:
    """Serve an editor with findings, fixes and rules over the language server protocol.

    Editors start it by themselves; it talks over standard input and output. Needs the extra: pip
    install "connlint[server]".
    """
    try:
        from connlint.server.features import serve
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        message = 'the language server needs an extra: pip install "connlint[server]"'
        raise UsageError(message) from error
    serve(baseline)
