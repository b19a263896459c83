"""The HTML report in both themes, on a phone, on paper and under the fingers of a keyboard user."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from browser.conftest import OpenReport, Rendered

pytestmark = pytest.mark.xdist_group("browser")

_GROUND = "getComputedStyle(document.body).backgroundColor"
_FOCUS = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  return [one.tagName, style.outlineStyle !== "none" && seen];
}"""
_UNNAMED = """() => [...document.querySelectorAll("button, input, select, a[href], svg[role=img]")]
  .filter((each) => !(each.textContent.trim() || each.labels?.length || each.ariaLabel
                      || each.getAttribute("aria-label")))
  .map((each) => each.outerHTML)"""


def _brightness(colour: str) -> float:
    parts = colour[colour.index("(") + 1 : colour.index(")")].split(",")
    return sum(float(part) for part in parts[:3]) / 3


def test_the_theme_follows_the_system_until_somebody_chooses(
    open_report: OpenReport, job_store: Rendered
) -> None:
    light = open_report(job_store.path, color_scheme="light").page
    dark = open_report(job_store.path, color_scheme="dark").page
    assert _brightness(light.evaluate(_GROUND)) > 200
    assert _brightness(dark.evaluate(_GROUND)) < 60
    button = dark.locator("#theme")
    assert button.text_content() == "Theme: auto"
    button.click()
    assert button.text_content() == "Theme: light"
    assert _brightness(dark.evaluate(_GROUND)) > 200
    dark.reload()
    assert button.text_content() == "Theme: light"
    button.click()
    assert _brightness(dark.evaluate(_GROUND)) < 60


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_sticks_out_sideways(
    open_report: OpenReport, job_store: Rendered, presentation: Rendered, width: int
) -> None:
    for rendered in (job_store, presentation):
        page = open_report(rendered.path, viewport={"width": width, "height": 844}).page
        page.locator("#unfold").click()
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_every_cell_says_what_it_is(
    open_report: OpenReport, job_store: Rendered
) -> None:
    page = open_report(job_store.path, viewport={"width": 390, "height": 844}).page
    cells = page.locator("table.cards td")
    labels = page.locator("table.cards td[data-label]")
    assert cells.count() == labels.count() > 100
    heads = page.locator("#points th button").all_text_contents()
    row = "[...document.querySelector('#points tbody tr').cells].map((cell) => cell.dataset.label)"
    assert page.evaluate(row) == heads


def test_paper_gets_everything_but_the_controls(
    open_report: OpenReport, job_store: Rendered
) -> None:
    page = open_report(job_store.path, color_scheme="dark").page
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not page.locator(".top").is_visible()
    assert not page.locator("#points .tools").is_visible()
    assert page.locator("main details:not([open])").count() == 0
    assert page.locator(".finding pre").last.is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("main details:not([open])").count() > 0
    assert page.pdf().startswith(b"%PDF")


def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    open_report: OpenReport, job_store: Rendered
) -> None:
    page = open_report(job_store.path).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(60):
        tag, is_seen = page.evaluate(_FOCUS)
        assert is_seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        reached.add(tag)
        page.keyboard.press("Tab")
    assert {"A", "INPUT", "BUTTON"} <= reached
    page.evaluate("document.activeElement.blur()")  # in a list of choices, / chooses
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("a/b")
    assert page.locator("#search").input_value() == "a/b"


def test_the_first_key_skips_to_the_audit(open_report: OpenReport, job_store: Rendered) -> None:
    page = open_report(job_store.path).page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_controls_have_names_and_headings_an_order(
    open_report: OpenReport, job_store: Rendered, presentation: Rendered
) -> None:
    for rendered in (job_store, presentation):
        page = open_report(rendered.path).page
        assert page.evaluate(_UNNAMED) == []
        tags = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => h.tagName)")
        levels = [int(tag[1]) for tag in tags]
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_without_scripts_the_report_can_still_be_read(
    open_report: OpenReport, job_store: Rendered
) -> None:
    page = open_report(job_store.path, java_script_enabled=False).page
    assert page.locator("#points tbody tr").count() == len(job_store.view.tables.points)
    assert page.locator(".contents").is_visible()


def test_the_file_says_what_it_is(job_store: Rendered) -> None:
    text = Path(job_store.path).read_text("utf-8")
    assert text.startswith("<!doctype html>")
