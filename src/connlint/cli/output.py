"""A report's text in, the report on standard output or in a file out."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from connlint.errors import UsageError
from connlint.writing import write_atomically

_INTERRUPTED = 130


def write_report(text: str, output: Path | None) -> None:
    """Write ``text`` as UTF-8, whatever the locale; else as :func:`write_bytes`."""
    write_bytes(text.encode("utf-8", "backslashreplace"), output)


def write_bytes(data: bytes, output: Path | None) -> None:
    """Write ``data`` to ``output`` or to standard output.

    A reader that went away ends the process quietly; a file that can't be written is a
    :class:`UsageError`, and an older one stays as it was.
    """
    if output is not None:
        try:
            write_atomically(output, data)
        except OSError as error:
            raise UsageError(f"{output} can't be written: {error.strerror or error}") from error
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise click.exceptions.Exit(_INTERRUPTED) from None


def note(text: str, *, quiet: bool = False) -> None:
    """Say ``text`` on standard error, unless the user wants silence."""
    if not quiet:
        click.echo(text, err=True)
