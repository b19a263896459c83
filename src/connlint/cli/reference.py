"""The command line in, its page of the documentation out.

``python -m connlint.cli.reference docs/command-line.md`` brings the page up to date.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from connlint.cli.app import cli

_OPENING = """\
# Command line

Standard output carries the report alone; progress, notes and errors go to standard error. What the
exit codes mean is told in [CI and hooks](ci.md).

Shells complete commands, options, formats and rules with one line in their start-up file:

```text
eval "$(_CONNLINT_COMPLETE=bash_source connlint)"     # ~/.bashrc
eval "$(_CONNLINT_COMPLETE=zsh_source connlint)"      # ~/.zshrc
_CONNLINT_COMPLETE=fish_source connlint | source      # ~/.config/fish/config.fish
```
"""


def reference() -> str:
    """The page: each command with what it does, its arguments and its options."""
    context = click.Context(cli, info_name="connlint", **cli.context_settings)
    parts = [_OPENING]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        parts.append(_command(command, click.Context(command, context, name)))
    return "\n".join(parts)


def _command(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    rows = [f"| `{spelling}` | {text} |\n" for spelling, text in _options(command, context)]
    text = inspect.cleandoc(command.help or "")
    return (
        f"## connlint {context.info_name}\n\n```text\n{usage}\n```\n\n{text}\n\n"
        f"| option | |\n|---|---|\n{''.join(rows)}"
    )


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        # Newer versions of click have a record for arguments too; the usage shows those already.
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record:
            spelling, text = record
            yield spelling.replace("|", "\\|"), text.replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Write the page to the files with these names; the exit code."""
    for name in arguments:
        Path(name).write_text(reference(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
