"""An audit in, how many milliseconds a browser takes to show and to work with its page out.

A command, not a test: ``PYTHONPATH=tests python -m measure.first_paint [REPORT.html]``. Without a
report it audits a project that it writes itself, with as many points as ``--points`` says.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from audit.auditing import audit
from browser.chromium import chromium, find_chromium
from browser.projects import write_large
from connlint.report.audit_html import page as audit_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_MEASURE = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const timed = async (act) => {
    const start = performance.now();
    act();
    await frame();
    return performance.now() - start;
  };
  await frame();
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const [navigation] = performance.getEntriesByType("navigation");
  const points = document.querySelector("#points");
  const select = points.querySelector("select[data-facet=kind]");
  return {
    "first paint": paint.startTime,
    "loaded": navigation.loadEventEnd,
    "jump to the points": await timed(() => points.scrollIntoView()),
    "narrow to a kind": await timed(() => {
      select.selectedIndex = 1;
      select.dispatchEvent(new Event("change"));
    }),
    "show all again": await timed(() => {
      select.selectedIndex = 0;
      select.dispatchEvent(new Event("change"));
    }),
    "sort": await timed(() => points.querySelector("th:nth-child(2) button").click()),
  };
}"""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a table; 2 without a browser."""
    parser = argparse.ArgumentParser(description="How quickly a browser shows an HTML report.")
    parser.add_argument("report", type=Path, nargs="?", help="what audit --format html has written")
    parser.add_argument("--points", type=int, default=3_000, help="connection points without it")
    parser.add_argument("--runs", type=int, default=5, help="how often to open the report")
    options = parser.parse_args(arguments)
    program = find_chromium()
    if not program:
        print(
            "no Chromium or Chrome on this machine: CONNLINT_CHROMIUM can name one", file=sys.stderr
        )
        return 2
    with tempfile.TemporaryDirectory() as folder, chromium(program) as browser:
        report = options.report or _large_report(Path(folder), options.points)
        size = report.stat().st_size / 1_000_000
        print(f"Chromium {browser.version}, {size:.1f} MB, median of {options.runs} runs\n")
        print("| step | ms |\n|---|---|")
        for step, times in measure(browser, report.resolve(), options.runs).items():
            print(f"| {step} | {statistics.median(times):.0f} |")
    return 0


def measure(browser: Browser, report: Path, runs: int) -> dict[str, list[float]]:
    """What each step took in each run, every time in a new page."""
    found: dict[str, list[float]] = {}
    for _ in range(runs):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(report.as_uri())
        for step, milliseconds in page.evaluate(_MEASURE).items():
            found.setdefault(step, []).append(milliseconds)
        page.close()
    return found


def _large_report(folder: Path, points: int) -> Path:
    write_large(folder, points)
    view = audit(folder, form="html")
    print(f"{len(view.tables.points)} connection points in {len(view.files)} files")
    report = folder / "audit.html"
    report.write_text(audit_page.render(view), encoding="utf-8")
    return report


if __name__ == "__main__":
    sys.exit(main())
