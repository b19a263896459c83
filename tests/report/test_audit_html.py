"""The HTML report: one file that needs no other, and that the analysed code can't take over."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from audit.auditing import audit, audited, write
from connlint.report import audit_html, audit_json
from connlint.report.audit_charts import Bar, Slice, bars, stacked
from connlint.report.audit_view import AuditView

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
CODE = f"""
    from db import SessionLocal, get_session
    from models import Job

    def load_all(ids):
        with SessionLocal() as session:
            for id in ids:
                session.add(Job(id=id))
                session.commit()

    def hostile():
        with SessionLocal() as session:
            get_session("{HOSTILE}")
"""
VOID = frozenset({"meta", "br", "input", "link", "img", "hr"})


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
    return audit_html.render(view)


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


def test_links_lead_somewhere(text: str) -> None:
    reader = read(text)
    for _, attributes in reader.tags:
        target = attributes.get("href")
        if target is not None:
            assert target[1:] in reader.ids


def test_analysed_code_stays_text(text: str) -> None:
    reader = read(text)
    assert [tag for tag, _ in reader.tags].count("script") == 1
    assert not [name for _, given in reader.tags for name in given if name.startswith("on")]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_every_point_and_finding_is_there(view: AuditView, text: str) -> None:
    body = text.partition('<section id="points"')[2].partition("</section>")[0]
    assert body.count("<tr data-item") == len(view.tables.points)
    findings = text.partition('<section id="findings"')[2].partition("</section>")[0]
    assert findings.count("<details data-item") == len(view.tables.findings)


def test_findings_unfold_to_source_chain_and_diff(text: str) -> None:
    findings = text.partition('<section id="findings"')[2].partition("</section>")[0]
    assert re.search(r'class="meant"><i>5</i>    with SessionLocal\(\) as session:', findings)
    assert '<span class="taken">-    with SessionLocal() as session:</span>' in findings
    assert '<span class="added">+    with get_session() as session:</span>' in findings


def test_dark_light_and_print_are_styled(text: str) -> None:
    style = text.partition("<style>")[2].partition("</style>")[0]
    for rule in ("prefers-color-scheme: dark", '[data-theme="light"]', "@media print"):
        assert rule in style


def test_what_is_gone_is_struck_through(tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_text(audit_json.render(audited(tmp_path, {"app.py": CODE})), encoding="utf-8")
    write(tmp_path, {"app.py": CODE.replace("SessionLocal()", "get_session()")})
    text = audit_html.render(audit(tmp_path, previous=before))
    assert "<del><code>SessionLocal()</code></del>" in text
    assert "Since the earlier audit" in text
    assert read(text).problems == []


def test_an_empty_project_has_a_report_too(tmp_path: Path) -> None:
    (tmp_path / "connlint.toml").write_text("src = ['.']\n", encoding="utf-8")
    assert read(audit_html.render(audit(tmp_path))).problems == []


def test_charts_are_drawn_to_scale_and_escaped() -> None:
    drawn = str(stacked([Slice("a<b", 1, "keep"), Slice("c", 3, "fix")], "t"))
    assert re.findall(r'width="([\d.]+)" height', drawn) == ["160.0", "480.0"]
    assert "a&lt;b: 1" in drawn
    assert stacked([], "t") == ""
    rows = str(bars([Bar("x", [Slice("n", 2, "fix")]), Bar("y", [Slice("n", 1, "fix")])], "t"))
    wide, half = (float(each) for each in re.findall(r'width="([\d.]+)" height', rows))
    assert wide == 2 * half
    assert bars([Bar("x", [])], "t") == ""
