"""The HTML report: one file that needs no other, and that the analysed code can't take over."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from audit.auditing import audit, audited, write
from connlint.audit.trend import verdicts_of
from connlint.report import audit_json
from connlint.report.audit_html import page
from connlint.report.audit_html.charts import Bar, Chart, Slice
from connlint.report.audit_html.highlight import highlighted
from connlint.report.audit_html.visible import visible
from connlint.report.audit_view import AuditView, action
from report.audited_code import LOADING

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
FIXTURES = Path(__file__).parents[2] / "fixtures"
APPLICATIONS = ("clips", "job_store", "presentation", "scraper", "sqlite_server")
CODE = f"""{LOADING}
    def hostile():
        with SessionLocal() as session:
            get_session("{HOSTILE}")
"""
VOID = frozenset({"meta", "br", "wbr", "input", "link", "img", "hr"})


class Reader(HTMLParser):
    """Follows the tags of a document; ``problems`` are those that do not fit together."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> at {self.getpos()}")


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> AuditView:
    root = tmp_path_factory.mktemp("project")
    write(root, {"app.py": CODE})
    return audit(root, form="html")


@pytest.fixture(scope="module")
def text(view: AuditView) -> str:
    return page.render(view)


def test_tags_fit_together(text: str) -> None:
    reader = read(text)
    assert reader.problems == []
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))


def test_nothing_is_loaded_from_elsewhere(text: str) -> None:
    for tag, attributes in read(text).tags:
        assert tag not in ("link", "iframe", "object", "embed", "img")
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    assert "@import" not in text
    assert "url(" not in text


@pytest.mark.parametrize("name", APPLICATIONS)
def test_links_lead_somewhere_and_tags_fit(name: str) -> None:
    reader = read(page.render(audit(FIXTURES / name, form="html")))
    assert reader.problems == []
    assert len(reader.ids) == len(set(reader.ids))
    targets = {target for _, given in reader.tags if (target := given.get("href")) is not None}
    assert len(targets) > 100
    assert {target for target in targets if target[1:] not in reader.ids} == set()


def test_charts_narrow_to_what_is_there(text: str) -> None:
    reader = read(text)
    facets = {given.get("data-facet") for _, given in reader.tags} - {None}
    for _, given in reader.tags:
        section, _, rest = (given.get("data-choose") or "").partition(":")
        if section:
            assert section in reader.ids
            assert not rest or rest.partition(":")[0] in facets


def test_analysed_code_stays_text(text: str) -> None:
    reader = read(text)
    assert [tag for tag, _ in reader.tags].count("script") == 1
    assert not [name for _, given in reader.tags for name in given if name.startswith("on")]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_every_point_and_finding_is_there(view: AuditView, text: str) -> None:
    body = text.partition('<section id="points"')[2].partition("</section>")[0]
    assert body.count('<tr id="point-') == len(view.tables.points)
    findings = text.partition('<section id="findings"')[2].partition("</section>")[0]
    assert findings.count('<details class="finding"') == len(view.tables.findings)


def test_findings_unfold_to_source_chain_and_diff(text: str) -> None:
    findings = text.partition('<section id="findings"')[2].partition("</section>")[0]
    excerpt = r'class="line meant"><i>5</i>    <span class="k">with</span> SessionLocal\(\)'
    assert re.search(excerpt, findings)
    assert '<span class="line taken">-    with SessionLocal() as session:</span>' in findings
    assert '<span class="line added">+    with get_session() as session:</span>' in findings


def test_the_policy_allows_the_pages_own_script_and_style_alone(text: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    for tag in ("script", "style"):
        content = text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in html.unescape(policy[1])
    assert "default-src 'none'" in html.unescape(policy[1])


def test_what_is_gone_is_struck_through(tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_text(audit_json.render(audited(tmp_path, {"app.py": CODE})), encoding="utf-8")
    write(tmp_path, {"app.py": CODE.replace("SessionLocal()", "get_session()")})
    text = page.render(audit(tmp_path, previous=before))
    assert "<del><code>SessionLocal()</code></del>" in text
    assert "Changes since the earlier audit" in text
    assert read(text).problems == []


def test_an_empty_project_has_a_report_too(tmp_path: Path) -> None:
    (tmp_path / "connlint.toml").write_text("src = ['.']\n", encoding="utf-8")
    assert read(page.render(audit(tmp_path))).problems == []


def test_charts_are_drawn_to_scale() -> None:
    chart = Chart(
        "t",
        [
            Bar("x", [Slice("a", 1, "fix"), Slice("b", 3, "keep"), Slice("c", 0, "move")]),
            Bar("y", [Slice("a", 2, "fix")]),
        ],
    )
    drawn = [[(rect.x, rect.width) for rect in parts] for _, parts in chart.drawn()]
    assert drawn == [[(0, 240), (240, 720)], [(0, 480)]]
    thin = Chart("t", [Bar("z", [Slice("a", 1, "fix"), Slice("b", 999, "keep")])])
    assert [rect.width for _, parts in thin.drawn() for rect in parts] == [6, 959]
    assert chart.legend == [("a", "fix"), ("b", "keep")]
    assert Chart("t", [Bar("y", [Slice("a", 2, "fix")])]).legend == []
    assert list(Chart("t", [Bar("x", [])]).drawn()) == [(Bar("x", []), [])]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("def f(x): return 'a<b'", "k:def f:f k:return s:'a<b'"),
        ("@app.get(1)  # it&that", "f:@ f:app f:. f:get n:1 c:#\u00a0it&that"),
        ("a @ b.c", ""),
        ("x = 1 $ é <", "n:1"),
    ],
    ids=["keywords", "decorator", "operator", "no-python"],
)
def test_a_line_is_highlighted(line: str, words: str) -> None:
    shown = highlighted([line], [1, 2])
    found = re.findall('<span class="(.)">(.*?)</span>', shown[1])
    given = [f"{name}:{html.unescape(text)}".replace(" ", "\u00a0") for name, text in found]
    assert " ".join(given) == words
    assert html.unescape(re.sub("<[^>]*>", "", shown[1])) == line


def test_a_long_line_is_cut() -> None:
    assert highlighted(["x" * 500], [1]) == {1: "x" * 400 + "…"}


def test_a_string_over_lines_is_one() -> None:
    lines = ['x = """for', "while <b>", '""" if y else z']
    shown = highlighted(lines, [2, 3])
    assert shown[2] == '<span class="s">while &lt;b&gt;</span>'
    assert shown[3].startswith('<span class="s">&#34;&#34;&#34;</span> <span class="k">if</span>')


def test_what_is_no_python_stays_plain_behind() -> None:
    lines = ["def f():", "  x = (", "class"]
    assert highlighted(lines, [3])[3].striptags() == "class"
    assert highlighted(["    if x:", "  y", "if z"], [1, 2, 3])[3].striptags() == "if z"


def test_characters_that_act_unseen_are_shown() -> None:
    assert visible("a\u202eb\x1b[1m\u2028") == "a\ufffdb\ufffd[1m\ufffd"
    assert visible("plain é 大\tand\nmore\u00a0") == "plain é 大\tand\nmore\u00a0"


def test_changes_and_their_course_over_several_audits(tmp_path: Path) -> None:
    audits = tmp_path / "audits"
    audits.mkdir()
    project = tmp_path / "project"
    for name, code in (("2026-01", CODE), ("2026-02", CODE.replace("SessionLocal()", "get()"))):
        text = audit_json.render(audited(project, {"app.py": code}))
        (audits / f"{name}.json").write_text(text, encoding="utf-8")
    write(project, {"app.py": CODE.replace("session.commit()", "pass")})
    view = audit(project, previous=audits)
    text = page.render(view)
    assert read(text).problems == []
    shown = text.partition('<div id="changes"')[2].partition("</section>")[0]
    assert view.tables.changes is not None
    assert view.tables.changes.new
    assert shown.count("<tr data-item") == len(view.tables.changes.new) + len(
        view.tables.changes.fixed
    )
    drawn = re.findall(r"<figcaption>(.*?)</figcaption>.*?</table>", shown, re.DOTALL)
    assert drawn == [
        "Connection points over time, by verdict", "Findings over time, by priority",
        "Files over time",
    ]  # fmt: skip
    assert re.search(r"<summary><h4>By rule .*>[+-]\d+</td>", shown, re.DOTALL)
    names = re.findall(r'<th scope="row">(.*?)</th>', shown)
    assert names == ["2026-01", "2026-02", "now"] * 3
    for moment, bar in zip(
        view.tables.trend, re.findall(r'aria-label="(.*?)"', shown), strict=False
    ):
        told = {name: int(number) for number, name in re.findall(r"(\d+) ([^,]+)", bar)}
        assert told == {action(v): moment.by_verdict[v] for v in verdicts_of([moment])}
