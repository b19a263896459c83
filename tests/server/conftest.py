"""What the tests of the server share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for all servers of a run, so that only the first looks for the rules."""
    return tmp_path_factory.mktemp("server") / "cache"
