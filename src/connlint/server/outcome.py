"""What became of a run, on its way from the analyses to what is shown of it."""

from __future__ import annotations

from typing import NamedTuple

from connlint.findings import Finding
from connlint.pipeline import Analysis
from connlint.server.buffers import Buffer


class Checked(NamedTuple):
    """A buffer that was analysed, as ``content``.

    ``path`` is that of its file, relative to the project root.
    """

    buffer: Buffer
    path: str
    content: bytes
    analysis: Analysis
    findings: tuple[Finding, ...]


class Round(NamedTuple):
    """What became of a run: ``errors`` are lines that the user has to see, such as about standards
    that do not hold.

    ``left_out`` are the buffers that are none of their project's business. ``remarks`` are for a
    log. A buffer whose project could not be analysed is in none of them.
    """

    checked: list[Checked]
    left_out: list[Buffer]
    errors: list[str]
    remarks: list[str]
