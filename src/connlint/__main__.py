"""``python -m connlint``: the same command line as the ``connlint`` script."""

from __future__ import annotations

from connlint.cli.app import process

if __name__ == "__main__":
    process()
