"""The HTML report of a project that attacks it stays a report."""

from __future__ import annotations

import pytest

from browser.conftest import OpenReport, Rendered
from browser.projects import HIT, HOSTILE_TITLE

pytestmark = pytest.mark.xdist_group("browser")


def test_markup_of_the_code_does_not_run(open_report: OpenReport, hostile: Rendered) -> None:
    report = open_report(hostile.path)
    page = report.page
    page.locator("#unfold").click()
    page.evaluate(
        """for (const each of document.querySelectorAll("body *"))
        each.dispatchEvent(new MouseEvent("mouseover"))"""
    )
    assert page.evaluate("window.hits") is None
    assert report.messages == []
    assert report.requests == [hostile.path.as_uri()]


def test_the_page_has_only_its_own_elements(open_report: OpenReport, hostile: Rendered) -> None:
    page = open_report(hostile.path).page
    counts = page.evaluate(
        """Object.fromEntries(["script", "style", "img", "iframe", "textarea", "b script"]
        .map((tag) => [tag, document.querySelectorAll(tag).length]))"""
    )
    assert counts == {
        "script": 1, "style": 1, "img": 0, "iframe": 0, "textarea": 0, "b script": 0,
    }  # fmt: skip
    handlers = page.evaluate(
        """[...document.querySelectorAll("*")].flatMap((each) => each.getAttributeNames())
        .filter((name) => name.startsWith("on"))"""
    )
    assert handlers == []


def test_the_attacks_can_be_read_as_they_are_written(
    open_report: OpenReport, hostile: Rendered
) -> None:
    page = open_report(hostile.path).page
    assert page.title() == HOSTILE_TITLE
    assert page.locator("h1").text_content() == HOSTILE_TITLE
    points = page.locator("#points").text_content() or ""
    assert "<img src=x onerror=window.hits" in points
    assert "a\"b'c&d`e.py" in points
    findings = page.locator("#findings").text_content() or ""
    assert f'GET /x"><script>{HIT}</script>' in findings
    source = page.locator("#source").text_content() or ""
    assert f'text("</script><script>{HIT}</script><!--")' in source
    assert "{{ 7 * 7 }} {% raw %} </textarea></title></style>" in source
    assert "<script>.py" in (page.locator("#files").text_content() or "")


def test_what_would_turn_text_around_is_shown(open_report: OpenReport, hostile: Rendered) -> None:
    text = open_report(hostile.path).page.locator("body").text_content() or ""
    assert "\u202e" not in text
    assert "\u2066" not in text
    assert "\N{REPLACEMENT CHARACTER}]]>&lt;b&gt;\N{REPLACEMENT CHARACTER}" in text


def test_links_and_search_take_hostile_names(open_report: OpenReport, hostile: Rendered) -> None:
    report = open_report(hostile.path)
    report.search("<img src=x onerror=")
    assert report.shown("points") > 0
    report.page.locator("#points tr:not([hidden]) td a").first.click()
    assert report.page.locator(".line:target").is_visible()
    assert report.messages == []


def test_even_markup_that_got_in_would_not_run(open_report: OpenReport, hostile: Rendered) -> None:
    """The page's own policy is a second line behind escaping."""
    report = open_report(hostile.path)
    bait = (
        f'<img src="https://example.invalid/x" onerror="{HIT}"><a onclick="{HIT}" id="bait">x</a>'
    )
    report.page.evaluate("(bait) => document.body.insertAdjacentHTML('beforeend', bait)", bait)
    report.page.locator("#bait").dispatch_event("click")
    assert report.page.evaluate("window.hits") is None
    refused = [message for message in report.messages if "Content Security Policy" in message]
    assert len(refused) >= 2
