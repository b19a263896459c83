"""What has to hold before a file is written, and that a file which fails stays as it was."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import libcst as cst
import pytest
from msgspec.structs import replace

from connlint.findings import Finding
from connlint.fix import plan
from connlint.fix.apply import MAX_ROUNDS, plan_and_apply
from connlint.fix.outcome import FixOptions, FixOutcome, FixTarget
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite, apply
from connlint.fix.transformers import Transformer, kinds, transformer_of
from connlint.location import Span
from fix.analyser import FORBIDDEN, SYNC, Analyser, fix

GOOD = b"from app.db import SessionLocal\n\nwith SessionLocal() as db:\n    db.get(1)\n"
FIXED = b"from app.db import get_session\n\nwith get_session() as db:\n    db.get(1)\n"


class Project:
    """Files on disk, the analysis of them, and a way to fix them."""

    def __init__(self, root: Path, **files: bytes) -> None:
        self.root = root
        self.analyser = Analyser(
            {f"app/{name}.py": content for name, content in files.items()}, FORBIDDEN, SYNC
        )
        self.targets = self.analyser.targets(root)
        self.findings = self.analyser({})

    def fix(self, *, write: bool = True, unsafe: bool = False) -> FixOutcome:
        options = FixOptions(self.root, unsafe=unsafe, write=write)
        return plan_and_apply(self.findings, self.targets, options, self.reanalyse)

    def reanalyse(self, changes: Mapping[str, bytes]) -> list[Finding]:
        return self.analyser(changes)

    def read(self, name: str) -> bytes:
        return (self.root / f"app/{name}.py").read_bytes()


def _reasons(outcome: FixOutcome) -> set[str]:
    return {each.reason for each in outcome.refused}


def _moved(finding: Finding, source: bytes) -> Finding:
    """The same finding where ``source`` has lines before it."""
    span, more = finding.span, source.count(b"\n", 0, source.find(b"from"))
    place = Span(span.line + more, span.column, span.end_line + more, span.end_column)
    return replace(finding, span=place)


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
    assert _reasons(project.fix(unsafe=True)) == {"a tree lies across the road"}
    assert project.read("a") == GOOD


def test_a_file_that_was_not_analysed_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    project.targets = {}
    assert _reasons(project.fix()) == {"the file is not among those that were analysed"}


def test_a_file_that_has_changed_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD, b=GOOD)
    (tmp_path / "app/a.py").write_bytes(GOOD + b"# more\n")
    outcome = project.fix()
    assert _reasons(outcome) == {"the file has changed since it was analysed"}
    assert (project.read("a"), project.read("b")) == (GOOD + b"# more\n", FIXED)


def test_a_preview_of_a_file_that_has_changed_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    (tmp_path / "app/a.py").write_bytes(GOOD + b"# more\n")
    outcome = project.fix(write=False)
    assert _reasons(outcome) == {"the file has changed since it was analysed"}
    assert outcome.changes == ()


def test_a_file_that_changes_while_fixing_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD, b=GOOD)

    class Meddling(Project):
        def reanalyse(self, changes: Mapping[str, bytes]) -> list[Finding]:
            (tmp_path / "app/a.py").write_bytes(b"# other\n")
            return super().reanalyse(changes)

    project.__class__ = Meddling
    outcome = project.fix()
    assert _reasons(outcome) == {"the file has changed since it was analysed"}
    assert (project.read("a"), project.read("b")) == (b"# other\n", FIXED)
    assert [each.path for each in outcome.changes] == ["app/b.py"]
    assert {each.path for each in outcome.remaining} == {"app/a.py"}


def test_a_file_outside_the_project_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    project.root = tmp_path / "elsewhere"
    project.root.mkdir()
    assert _reasons(project.fix()) == {"the file is outside the project"}


def test_a_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", a=GOOD)
    outside = tmp_path / "outside.py"
    (tmp_path / "project/app/a.py").rename(outside)
    (tmp_path / "project/app/a.py").symlink_to(outside)
    assert _reasons(project.fix()) == {"the file is outside the project"}
    assert outside.read_bytes() == GOOD


def test_a_link_inside_the_project_is_followed(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    place = tmp_path / "app/a.py"
    place.rename(tmp_path / "real.py")
    place.symlink_to(tmp_path / "real.py")
    assert len(project.fix().fixed) == 2
    assert place.is_symlink()
    assert (tmp_path / "real.py").read_bytes() == FIXED


def test_one_file_under_two_names_is_fixed_once(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD, b=GOOD)
    (tmp_path / "app/b.py").unlink()
    (tmp_path / "app/b.py").symlink_to(tmp_path / "app/a.py")
    outcome = project.fix()
    assert _reasons(outcome) == {"it is the same file as app/a.py"}
    assert project.read("a") == FIXED


def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    (tmp_path / "app/a.py").chmod(0o444)
    assert _reasons(project.fix()) == {"the file is read-only"}
    assert project.read("a") == GOOD


def test_a_file_with_hard_links_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    os.link(tmp_path / "app/a.py", tmp_path / "other.py")
    assert _reasons(project.fix()) == {"the file has hard links, which replacing it would break"}


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    (tmp_path / "app/a.py").unlink()
    assert _reasons(project.fix()) == {"the file can't be reached (FileNotFoundError)"}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (GOOD.replace(b"\n", b"\r\n", 1), "the file mixes kinds of line ends"),
        (b"\x0c\n" + GOOD, "the file holds form feeds"),
        (GOOD + b"x = f" + b"(f" * 150 + b")" * 150 + b"\n", ""),
        (GOOD + b"x = " + b"+".join([b"1"] * 900) + b"\n", "the file is nested"),
    ],
    ids=["line ends", "form feed", "deep", "too deep"],
)
def test_files_that_would_not_survive_are_refused(
    tmp_path: Path, source: bytes, reason: str
) -> None:
    project = Project(tmp_path, a=GOOD)
    # The stand-in for the analysis would not survive some of these either.
    (tmp_path / "app/a.py").write_bytes(source)
    target = project.targets["app/a.py"]
    project.targets["app/a.py"] = replace(target, source=source)
    project.findings = [_moved(each, source) for each in project.findings]
    outcome = project.fix()
    if reason:
        assert all(each.startswith(reason) for each in _reasons(outcome))
        assert project.read("a") == source
    else:
        assert project.read("a") == source.replace(b"SessionLocal", b"get_session")


def test_a_rewrite_that_does_not_parse_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "apply", lambda *given: apply(*given).with_changes(default_indent=""))
    source = GOOD + b"def f():\n    x = 1\n"
    project = Project(tmp_path, a=source)
    outcome = project.fix()
    assert _reasons(outcome) == {"the rewritten file would not parse"}
    assert project.read("a") == source


def test_a_rewrite_that_does_not_compile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_return(module: cst.Module, rewrites: list[Rewrite]) -> cst.Module:
        module = apply(module, rewrites)
        return module.with_changes(body=[*module.body, cst.parse_statement("return 1")])

    monkeypatch.setattr(plan, "apply", with_return)
    project = Project(tmp_path, a=GOOD)
    assert _reasons(project.fix()) == {"the rewritten file would not compile"}
    assert project.read("a") == GOOD


def test_a_rewrite_that_raises_costs_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = plan.plan_file

    def failing(target: FixTarget, *given: object, **more: object) -> object:
        if target.path == "app/a.py":
            raise KeyError("x")
        return real(target, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("connlint.fix.apply.plan_file", failing)
    project = Project(tmp_path, a=GOOD, b=GOOD)
    assert _reasons(project.fix()) == {"rewriting it failed (KeyError)"}
    assert (project.read("a"), project.read("b")) == (GOOD, FIXED)


class Strict(Project):
    """An analysis that finds something else once a file has changed."""

    def reanalyse(self, changes: Mapping[str, bytes]) -> list[Finding]:
        found = super().reanalyse(changes)
        if "app/a.py" in changes:
            path = self.appears_in
            found.append(replace(self.findings[0], code="DBC205", path=path, symbol="f"))
        return found

    appears_in = "app/a.py"


@pytest.mark.parametrize("place", ["app/a.py", "app/b.py"])
def test_a_rewrite_that_brings_in_a_finding_is_undone(tmp_path: Path, place: str) -> None:
    project = Strict(tmp_path, a=GOOD, b=b"x = 1\n", c=GOOD)
    project.appears_in = place
    outcome = project.fix()
    assert _reasons(outcome) == {"DBC205 would be found in f"}
    assert (project.read("a"), project.read("c")) == (GOOD, FIXED)


def test_what_is_refused_keeps_its_reason_beside_a_rewrite_that_is_undone(tmp_path: Path) -> None:
    source = (
        b"import app.db as d\n\nwith d.SessionLocal() as db:\n    db.get(1)\n\n\n"
        b"def g():\n    return d.SessionLocal()\n"
    )
    project = Strict(tmp_path, a=source, c=GOOD)
    outcome = project.fix()
    assert _reasons(outcome) == {"DBC205 would be found in f", "the session is returned"}
    assert (project.read("a"), project.read("c")) == (source, FIXED)


def test_a_finding_in_a_file_that_changes_is_put_down_to_it_first(tmp_path: Path) -> None:
    project = Strict(tmp_path, a=GOOD, c=GOOD)
    project.appears_in = "app/c.py"
    outcome = project.fix()
    assert _reasons(outcome) == {"DBC205 would be found in f"}
    assert (project.read("a"), project.read("c")) == (GOOD, GOOD)


def test_a_rewrite_that_does_harm_costs_the_others_of_its_file_nothing(tmp_path: Path) -> None:
    source = GOOD + b"def f():\n    with SessionLocal() as db:\n        db.get(2)\n"

    class Fussy(Project):
        """Fixing what is in the function brings in a finding."""

        def reanalyse(self, changes: Mapping[str, bytes]) -> list[Finding]:
            found = super().reanalyse(changes)
            if b"    with get_session" in changes.get("app/a.py", b""):
                found.append(replace(self.findings[0], code="DBC205", symbol="f"))
            return found

    project = Fussy(tmp_path, a=source)
    outcome = project.fix()
    assert [each.finding.span.line for each in outcome.fixed] == [3]
    assert "DBC205 would be found in f" in _reasons(outcome)
    assert project.read("a") == source.replace(
        b"SessionLocal\n", b"SessionLocal, get_session\n", 1
    ).replace(b"with SessionLocal", b"with get_session", 1)


def test_a_rewrite_that_leaves_its_finding_is_undone(tmp_path: Path) -> None:
    class Stubborn(Project):
        def reanalyse(self, changes: Mapping[str, bytes]) -> list[Finding]:
            kept = [each for each in self.findings if each.path == "app/a.py"]
            return [*kept, *(each for each in super().reanalyse(changes) if each not in kept)]

    project = Stubborn(tmp_path, a=GOOD, b=GOOD)
    outcome = project.fix()
    assert _reasons(outcome) == {"DBC102 would still be found in app.a"}
    assert (project.read("a"), project.read("b")) == (GOOD, FIXED)


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


def test_a_rewrite_that_never_ends_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 0

    def endless(place: Place) -> Rewrite:
        nonlocal rounds
        rounds += 1
        result = Rewrite()
        call = place.tree.node_at(place.finding.span)
        assert call is None
        module = place.tree.module
        result.changes[module] = lambda _: module.with_changes(
            body=[*module.body, *module.body[:1]]
        )
        return result

    monkeypatch.setattr(plan, "transformer_of", lambda kind: Transformer(endless, False))

    class Agreeing(Project):
        """Each round fixes the finding, and finds another of its kind."""

        def reanalyse(self, changes: Mapping[str, bytes]) -> list[Finding]:
            turn = changes.get("app/a.py", b"").count(b"\n") - 1
            return [replace(self.findings[0], matched=self.names[turn % 2])]

        names = ("even", "odd")

    project = Agreeing(tmp_path, a=b"from app.db import SessionLocal\n")
    project.findings = [replace(project.findings[0], matched=each) for each in Agreeing.names]
    outcome = project.fix()
    assert rounds >= MAX_ROUNDS
    assert project.read("a") == b"from app.db import SessionLocal\n"
    assert outcome.changes == ()


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
    assert _reasons(project.fix()) == {"there is no rewrite for make-coffee"}
