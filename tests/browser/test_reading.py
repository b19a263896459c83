"""A person reads the HTML report: searching, narrowing, sorting, unfolding, following links."""

from __future__ import annotations

from collections import Counter

import pytest

from browser.conftest import OpenReport, Rendered, Report

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def report(open_report: OpenReport, job_store: Rendered) -> Report:
    return open_report(job_store.path)


def test_nothing_is_wrong_and_nothing_is_fetched(
    open_report: OpenReport, job_store: Rendered, presentation: Rendered
) -> None:
    for rendered in (job_store, presentation):
        report = open_report(rendered.path)
        assert report.messages == []
        assert report.requests == [rendered.path.as_uri()]


def test_the_search_narrows_every_chapter(report: Report, job_store: Rendered) -> None:
    points, findings = job_store.view.tables.points, job_store.view.tables.findings
    assert report.shown("points") == len(points)
    report.search("websocket.py commit")
    assert 0 < report.shown("points") < len(points)
    assert 0 < report.shown("findings") < len(findings)
    for text in report.texts("#points tbody tr:not([hidden])"):
        assert "websocket.py" in text
        assert "commit" in text
    told = report.page.locator("#found").text_content() or ""
    assert f"{report.shown('points')} points" in told
    shown = f"{report.shown('points')} of {len(points)}"
    assert report.page.locator("#points h2 [data-count]").text_content() == shown
    report.page.keyboard.press("Escape")
    assert report.page.locator("#search").input_value() == ""
    assert report.shown("points") == len(points)


def test_a_search_without_a_hit_says_so(report: Report) -> None:
    report.search("no-such-word-anywhere")
    assert report.shown("points") == report.shown("findings") == report.shown("flows") == 0
    assert report.page.locator("#points .none").is_visible()
    assert report.page.locator("#found").text_content() == "nothing found"


def test_a_flow_is_found_by_its_name(report: Report, job_store: Rendered) -> None:
    flows = [flow for section in job_store.view.tables.sections for flow in section.flows]
    wanted = next(flow for flow in flows if flow.entry == "POST /jobs")
    report.search("post /jobs create")
    assert report.shown("flows") >= len(wanted.rows)
    assert report.page.locator(f"h4:has-text('{wanted.title} (POST /jobs)')").is_visible()


def test_facets_narrow_together(report: Report, job_store: Rendered) -> None:
    points = job_store.view.tables.points
    verdicts = Counter(point.verdict for point in points)
    section = report.page.locator("#points")
    section.locator("button[data-value=fix]").click()
    assert report.shown("points") == verdicts["fix"]
    section.locator("button[data-value=move]").click()
    assert report.shown("points") == verdicts["fix"] + verdicts["move"]
    section.locator("select[data-facet=kind]").select_option("commit")
    both = [p for p in points if p.verdict in ("fix", "move") and p.kind == "commit"]
    assert report.shown("points") == len(both)
    assert section.locator("button[data-value=fix]").get_attribute("aria-pressed") == "true"


def test_a_bar_of_a_chart_narrows_to_what_it_counts(report: Report, job_store: Rendered) -> None:
    codes = Counter(finding.code for finding in job_store.view.tables.findings)
    (code, number), *_ = codes.most_common(1)
    report.page.locator(f".charts a[data-choose='findings:rule:{code}']").click()
    assert report.shown("findings") == number
    assert report.page.locator("#findings select[data-facet=rule]").input_value() == code
    report.page.locator(".tiles a[href='#findings']").click()
    assert report.shown("findings") == len(job_store.view.tables.findings)


def test_a_pattern_leads_to_its_findings(report: Report, job_store: Rendered) -> None:
    first = job_store.view.tables.patterns[0]
    report.page.locator(f"#pattern-{first.code} summary a").first.click()
    assert report.shown("findings") == first.findings
    assert report.page.evaluate("location.hash") == "#findings"


def _column(report: Report, number: int) -> list[str]:
    return report.texts(f"#points tbody td:nth-child({number})")


def test_tables_sort_up_down_and_back(report: Report) -> None:
    original = _column(report, 2)
    assert original != sorted(original)
    control = report.page.locator("#points th:nth-child(2) button")
    head = report.page.locator("#points th:nth-child(2)")
    control.focus()
    report.page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert _column(report, 2) == sorted(original)
    report.page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "descending"
    assert _column(report, 2) == sorted(original, reverse=True)
    control.click()
    assert head.get_attribute("aria-sort") is None
    assert _column(report, 2) == original


def test_lines_sort_as_numbers(report: Report, job_store: Rendered) -> None:
    report.page.locator("#points th:nth-child(1) button").click()
    places = [place.rsplit(":", 1) for place in _column(report, 1)]
    lines = [int(line) for path, line in places if path == "routes.py"]
    assert len(lines) > 10
    assert lines == sorted(lines)
    assert [str(line) for line in lines] != sorted(str(line) for line in lines)


def test_a_finding_unfolds_to_excerpt_and_chain(report: Report, job_store: Rendered) -> None:
    findings = job_store.view.tables.findings
    number = next(n for n, finding in enumerate(findings) if len(finding.trace) > 1)
    finding = report.page.locator(f"#finding-{number}")
    chain = finding.locator(".chain ol")
    assert not chain.is_visible()
    finding.locator("> summary").focus()
    report.page.keyboard.press("Enter")
    assert chain.is_visible()
    assert chain.locator("> li").count() == len(findings[number].trace)
    assert finding.locator("pre .meant").count() > 0
    assert report.page.locator("#source pre .k").count() > 10
    finding.locator(".chain > summary").click()
    assert not chain.is_visible()


def test_everything_unfolds_and_folds_at_once(report: Report) -> None:
    folded = report.page.locator("main details:not([open])")
    assert folded.count() > 0
    button = report.page.locator("#unfold")
    button.click()
    assert folded.count() == 0
    assert button.text_content() == "Fold all"
    button.click()
    assert report.page.locator("main details[open]").count() == 0


def test_links_lead_around_between_finding_point_flow_and_file(
    report: Report, job_store: Rendered
) -> None:
    findings = job_store.view.tables.findings
    number = next(n for n, finding in enumerate(findings) if finding.code == "DBC201")
    path, line = findings[number].path, findings[number].span.line
    page = report.page
    page.locator(f"#finding-{number} > summary").click()
    page.locator(f"#finding-{number} .links a[href^='#point-']").click()
    point = page.locator("tr:target")
    assert point.is_visible()
    assert f"{path}:{line}" in (point.text_content() or "")
    point.locator("td:nth-child(4) a[href^='#flow-']").first.click()
    assert page.locator(".flow:target").is_visible()
    page.go_back()
    page.locator("tr:target td:nth-child(1) a").click()
    shown = page.locator(".line:target")
    assert shown.is_visible()
    assert (shown.locator("> a").text_content() or "") == str(line)
    shown.locator("> a").click()
    assert page.locator("tr:target").is_visible()
    page.locator(f"tr:target a[href='#finding-{number}']").click()
    assert page.locator(f"#finding-{number}").get_attribute("open") is not None


def test_what_a_link_leads_to_shows_although_a_search_hides_it(report: Report) -> None:
    report.search("no-such-word-anywhere")
    report.page.evaluate("location.hash = '#point-3'")
    report.page.locator("#point-3").wait_for(state="visible")
    assert report.page.locator("#search").input_value() == ""


def test_an_address_with_a_place_opens_there(open_report: OpenReport, job_store: Rendered) -> None:
    report = open_report(job_store.path, "#finding-5")
    assert report.page.locator("#finding-5").get_attribute("open") is not None
    assert report.page.locator("#finding-5 pre").first.is_visible()


def test_the_contents_tell_where_one_is(report: Report) -> None:
    report.page.locator(".contents a[href='#findings']").click()
    report.page.locator(".contents a[aria-current][href='#findings']").wait_for()
    assert report.page.locator(".contents a[aria-current]").count() == 1


def test_three_thousand_points_can_be_worked_with(open_report: OpenReport, large: Rendered) -> None:
    report = open_report(large.path)
    points = large.view.tables.points
    assert len(points) >= 3_000
    report.search("service_7.py session.commit")
    assert report.shown("points") == sum(
        point.path.endswith("service_7.py") and point.kind == "commit" for point in points
    )
    report.search("")
    report.page.locator("#points th:nth-child(2) button").click()
    assert report.page.locator("#points tbody tr:first-child td:nth-child(2)").text_content() == (
        min(point.kind for point in points)
    )
    assert report.messages == []
