"""``python -m connlint``: the same command line as the ``connlint`` script."""

from __future__ import annotations

import sys

from connlint.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
