"""The audit at a terminal: in any width, with and without colour, down to ASCII."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from audit.auditing import audit, audited, write
from connlint.report import audit_json
from connlint.report.audit_terminal import report as terminal
from connlint.report.audit_view import AuditView, action
from report.audited_code import LOADING

CODE = f"""{LOADING}
    def hostile():
        with get_session() as session:
            session.execute("select '\x1b[2J` [red]'")
"""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> AuditView:
    return audited(tmp_path_factory.mktemp("project"), {"app.py": CODE})


def test_the_terminal_can_do_with_ascii(view: AuditView) -> None:
    text = terminal.render(view, width=100, colour=False, unicode=False)
    lines = [line for line in text.splitlines() if "SessionLocal()" in line]
    assert any("[fix]" in line for line in lines)
    assert re.sub("[…→\N{REPLACEMENT CHARACTER}]", "", text).isascii()


def test_colour_is_what_the_terminal_takes_and_code_gives_none(view: AuditView) -> None:
    plain = terminal.render(view, width=90, colour=False)
    assert "\x1b" not in plain
    coloured = terminal.render(view, width=90, colour=True)
    assert "\x1b[31m" in coloured
    assert "\x1b[2J" not in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured).split() == plain.split()


@pytest.mark.parametrize("width", [60, 80, 110, 160])
def test_the_terminal_keeps_to_its_width(view: AuditView, width: int) -> None:
    text = terminal.render(view, width=width, colour=False)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "…" not in text.replace("(…)", "")


def test_the_terminal_has_calls_beside_reasons_where_there_is_room(view: AuditView) -> None:
    reason = "Session opened through db.SessionLocal."
    wide = terminal.render(view, width=160, colour=False)
    assert any("SessionLocal()" in line and reason in line for line in wide.splitlines())
    narrow = terminal.render(view, width=80, colour=False).splitlines()
    call = next(number for number, line in enumerate(narrow) if line.endswith("SessionLocal()"))
    assert narrow[call + 1].strip().startswith(reason)
    before = narrow[call].partition("SessionLocal()")[0]
    assert narrow[call + 1].index("Session") == cell_len(before)


def test_the_terminal_ends_with_what_it_comes_to(view: AuditView) -> None:
    text = terminal.render(view, width=80, colour=False)
    summary = text.partition("\nSummary\n")[2]
    assert f"{len(view.tables.points)} connection points in" in summary
    for verdict, number in view.tables.by_verdict.items():
        assert re.search(rf"^ *{number}  \S+ +{action(verdict)}$", summary, re.MULTILINE)
    assert "Forbidden session factory DBC101, in app.py" in summary
    assert re.search(r"To do first\n\w+ +app\.py:5.* DBC101\n", summary)


def test_the_terminal_shows_what_is_gone(tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_text(audit_json.render(audited(tmp_path, {"app.py": CODE})), encoding="utf-8")
    write(tmp_path, {"app.py": CODE.replace("SessionLocal()", "get_session()")})
    text = terminal.render(audit(tmp_path, previous=before), width=120, colour=False)
    assert re.search(r"removed +acquire +SessionLocal\(\) +In the earlier audit", text)
    assert "Since the earlier audit: " in text
    trend = text.partition("\nOver time\n")[2].partition("\n\n")[0].splitlines()
    assert trend[0].split()[:2] == ["Audit", "Points"] and len(trend) == 3
    assert trend[1].split()[0] == "before" and trend[2].split()[0] == "now"
