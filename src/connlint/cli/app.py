"""The arguments of the process in, its exit code out; the one place where errors become lines.

Exit code 2 stands for everything that keeps the run from giving an answer, so that a gate fails
closed. Commands are imported when they are called for.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from connlint.errors import ConnlintError
from connlint.version import __version__

TRACEBACK_VARIABLE = "CONNLINT_TRACEBACK"
INTERRUPTED = 130
_COMMANDS = {
    "check": "connlint.cli.check",
    "audit": "connlint.cli.audit",
    "trace": "connlint.cli.trace",
    "rule": "connlint.cli.rule",
    "config": "connlint.cli.config",
    "init": "connlint.cli.init",
    "server": "connlint.cli.server",
}


class _Commands(click.Group):
    """The commands by name; each module holds one, called ``command``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with; an unknown one gets the nearest."""
        if args[0] not in _COMMANDS and not args[0].startswith("-"):
            from connlint.config.spelling import did_you_mean

            hint = did_you_mean(args[0], _COMMANDS)
            raise click.UsageError(f"no command is called {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name]).command
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="connlint %(version)s")
def cli() -> None:
    """Enforce a code base's database-connection standard."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; raises nothing but ``SystemExit``."""
    try:
        code = cli.main(args=arguments, prog_name="connlint", standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"error: {' '.join(error.format_message().split())}", err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except ConnlintError as error:
        for line in str(error).splitlines():
            click.echo(f"error: {line}", err=True)
        return 2
    except Exception as error:
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        hint = f"set {TRACEBACK_VARIABLE}=1 to see where"
        click.echo(f"internal error: {what} (connlint {__version__}; {hint})", err=True)
        return 2
    return code if isinstance(code, int) else 0


def process() -> NoReturn:
    """Run the command line as a process of its own, and end it.

    The collector stays off: a run makes no cycles and ends soon. What it built is left to the
    operating system; taking it apart would cost a tenth of the run.
    """
    gc.disable()
    try:
        code = main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = INTERRUPTED
    os._exit(code)


if __name__ == "__main__":
    process()
