"""A Chromium of this machine in, a browser that tests can drive out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str:
    """The program to start, which CONNLINT_CHROMIUM can name; empty when there is none."""
    if given := os.environ.get("CONNLINT_CHROMIUM"):
        return given
    named = (found for name in _NAMES if (found := shutil.which(name)))
    placed = (place for place in _PLACES if Path(place).exists())
    return next(named, "") or next(placed, "")


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """A headless browser of its own, which asks nobody for anything."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=list(_QUIET), chromium_sandbox=False
        )
        yield browser
        browser.close()
