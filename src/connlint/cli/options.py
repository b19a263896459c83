"""Options that several commands share, as decorators and parameter types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Command = TypeVar("Command", bound=Callable[..., Any])


class Words(click.ParamType):
    """Words apart by commas: ``DBC1,DBC301``."""

    name = "words"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """What help shows in place of a value."""
        return "CODE,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The words in ``value``; none at all is wrong use."""
        words = tuple(word.strip() for word in value.split(",") if word.strip())
        if not words:
            self.fail("expected codes, the beginning of codes, or names", param, ctx)
        return words

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The codes that the last of the words may become."""
        from click.shell_completion import CompletionItem

        before, comma, last = incomplete.rpartition(",")
        return [
            CompletionItem(f"{before}{comma}{item.value}", help=item.help)
            for item in completed_rules(ctx, param, last)
        ]


def completed_rules(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The rules whose code or name begins with ``incomplete``, for a shell."""
    from click.shell_completion import CompletionItem

    from connlint.rules.registry import load_rules

    infos = load_rules().infos
    codes = [i for i in infos if i.code.startswith(incomplete.upper())]
    if codes:
        return [CompletionItem(info.code, help=info.name) for info in codes]
    named = [info for info in infos if info.name.startswith(incomplete.lower())]
    return [CompletionItem(info.name, help=info.code) for info in named]


def flattened(
    ctx: click.Context, param: click.Parameter, value: tuple[tuple[str, ...], ...]
) -> tuple[str, ...]:
    """The words of an option that was given several times, as one tuple."""
    return tuple(word for words in value for word in words)


def config_options(command: Command) -> Command:
    """Add ``--config`` and ``--isolated``."""
    command = click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Read the standard from FILE.",
    )(command)
    return click.option("--isolated", is_flag=True, help="Ignore all configuration files.")(command)


def selection_options(command: Command) -> Command:
    """Add ``--select``, ``--extend-select`` and ``--ignore``."""
    for name, text in reversed(
        (
            ("--select", "Hold the code against these rules only."),
            ("--extend-select", "Hold it against these rules as well."),
            ("--ignore", "Leave these rules out."),
        )
    ):
        command = click.option(name, type=Words(), multiple=True, callback=flattened, help=text)(
            command
        )
    return command


def speed_options(command: Command) -> Command:
    """Add ``--jobs`` and ``--no-cache``."""
    command = click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="NUMBER",
        help="Processes to use; by default as many as there are cores.",
    )(command)
    return click.option(
        "--no-cache", is_flag=True, help="Neither read nor write what earlier runs have read."
    )(command)


output_option = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report to FILE instead of standard output.",
)
quiet_option = click.option(
    "-q", "--quiet", is_flag=True, help="No progress, notes or summary on standard error."
)
