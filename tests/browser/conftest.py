"""A browser for the tests of each module, and the reports that they open in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from audit.auditing import audit
from browser.chromium import chromium, find_chromium
from browser.projects import write_hostile, write_large
from connlint.report.audit_html import page as audit_page
from connlint.report.audit_view import AuditView

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FIXTURES = Path(__file__).parents[2] / "fixtures"
LARGE = 3_000


class Report:
    """A page that has been opened, with its requests, and its messages, errors and dialogs."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.messages: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("dialog", self._on_dialog)

    def _on_dialog(self, dialog: Any) -> None:
        self.messages.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def texts(self, selector: str) -> list[str]:
        """The text of every element that ``selector`` names."""
        return [text.strip() for text in self.page.locator(selector).all_text_contents()]

    def shown(self, section: str, item: str = "[data-item]") -> int:
        """How many items of a chapter can be seen."""
        return self.page.locator(f"#{section} {item}:not([hidden])").count()

    def search(self, words: str) -> None:
        """Type into the search field and wait until it has done its work."""
        self.page.locator("#search").fill(words)
        found = "#found:not(:empty)" if words else "#found:empty"
        self.page.locator(found).wait_for(state="attached")


OpenReport = Callable[..., Report]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for longer than a module: while it lives, other tests can't run an event loop."""
    pytest.importorskip("playwright", reason="needs playwright: pip install 'connlint[dev]'")
    program = find_chromium()
    if not program:
        pytest.skip("no Chromium or Chrome on this machine: CONNLINT_CHROMIUM can name one")
    with chromium(program) as started:
        yield started


@pytest.fixture
def open_report(browser: Browser) -> Iterator[OpenReport]:
    """Opens a file in a context of its own; the arguments are those of Playwright's contexts."""
    contexts = []

    def opened(path: Path, anchor: str = "", **options: Any) -> Report:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        report = Report(context.new_page())
        report.page.goto(f"{path.as_uri()}{anchor}")
        return report

    yield opened
    for context in contexts:
        context.close()


class Rendered:
    """An audit and the file that shows it."""

    def __init__(self, view: AuditView, folder: Path) -> None:
        self.view = view
        self.path = folder / "audit.html"
        self.path.write_text(audit_page.render(view), encoding="utf-8")


@pytest.fixture(scope="session")
def job_store(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return Rendered(audit(FIXTURES / "job_store", form="html"), tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="session")
def presentation(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return Rendered(audit(FIXTURES / "presentation", form="html"), tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    root = tmp_path_factory.mktemp("hostile")
    write_hostile(root)
    return Rendered(audit(root, form="html"), tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    root = tmp_path_factory.mktemp("large")
    write_large(root, LARGE)
    return Rendered(audit(root), tmp_path_factory.mktemp("page"))
