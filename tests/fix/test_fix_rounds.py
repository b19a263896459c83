"""What one run of the fixes does: files together, colliding findings in turn, the rest is left."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from connlint.findings import Finding
from connlint.fix.outcome import FixOutcome
from connlint.fix.transformers import kinds, transformer_of
from fix.analysed_files import FIXED, GOOD, Project, reasons
from fix.analyser import fix


def test_files_are_fixed_together(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD, b=GOOD, c=b"x = 1\n")
    outcome = project.fix()
    assert [project.read(name) for name in "abc"] == [FIXED, FIXED, b"x = 1\n"]
    assert [each.path for each in outcome.changes] == ["app/a.py", "app/b.py"]
    assert [(each.before, each.after) for each in outcome.changes] == [(GOOD, FIXED)] * 2
    assert (len(outcome.fixed), outcome.refused, outcome.left) == (4, (), ())
    assert outcome.remaining == ()


def test_fixing_again_changes_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    project.fix()
    again = Project(tmp_path / "again", a=project.read("a"))
    assert again.fix() == FixOutcome()


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    outcome = project.fix(write=False)
    assert project.read("a") == GOOD
    assert outcome.changes[0].after == FIXED


def test_a_finding_without_an_intent_is_left(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    project.findings = [replace(each, intent=None) for each in project.findings]
    outcome = project.fix()
    assert {each.reason for each in outcome.left} == {"there is no fix for it"}
    assert project.read("a") == GOOD


def test_what_the_rule_knows_to_be_in_the_way_is_told(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    project.findings = [
        replace(each, intent=replace(each.intent, obstacle="a tree lies across the road"))
        for each in project.findings
        if each.intent
    ]
    assert not any(each.proposal for each in project.findings)
    assert reasons(project.fix(unsafe=True)) == {"a tree lies across the road"}
    assert project.read("a") == GOOD


def test_what_collides_waits_for_the_next_round(tmp_path: Path) -> None:
    source = (
        "from app.db import SessionLocal\n\n\ndef f():\n    one = SessionLocal()\n    try:\n"
        "        two = SessionLocal()\n        try:\n            two.copy(one)\n"
        "        finally:\n            two.close()\n    finally:\n        one.close()\n"
    )
    result = fix(tmp_path, source)
    assert result.text == (
        "from app.db import get_session\n\n\ndef f():\n    with get_session() as one:\n"
        "        with get_session() as two:\n            two.copy(one)\n"
    )
    assert len(result.outcome.fixed) == 3


def test_providers_of_one_name_take_turns(tmp_path: Path) -> None:
    source = GOOD + b"with SessionLocal() as db:\n    db.a()\n"

    class Two(Project):
        """The session opened last is a task's."""

        def reanalyse(self, changes: Mapping[str, bytes]) -> list[Finding]:
            return [self.for_task(each) for each in super().reanalyse(changes)]

        def for_task(self, finding: Finding) -> Finding:
            if finding.span.line < 5 or not finding.intent:
                return finding
            data = {**finding.intent.data, "provider": "app.tasks.get_session"}
            return replace(finding, intent=replace(finding.intent, data=data))

    project = Two(tmp_path, a=source)
    project.findings = [project.for_task(each) for each in project.findings]
    outcome = project.fix()
    assert outcome.refused == ()
    assert project.read("a") == (
        b"from app.db import get_session\nfrom app.tasks import get_session as provide_session\n\n"
        b"with get_session() as db:\n    db.get(1)\nwith provide_session() as db:\n    db.a()\n"
    )


def test_every_intent_kind_has_its_file() -> None:
    assert {"use-provider", "import-provider", "remove-import"} <= kinds()
    assert all(callable(transformer_of(kind).rewrite) for kind in kinds())


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    project.findings = [
        replace(each, intent=replace(each.intent, kind="make-coffee"))
        for each in project.findings
        if each.intent
    ]
    assert reasons(project.fix()) == {"there is no rewrite for make-coffee"}
