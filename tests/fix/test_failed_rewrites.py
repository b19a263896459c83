"""A rewrite that fails or does harm leaves its file as it was, and costs the others nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import libcst as cst
import pytest
from msgspec.structs import replace

from connlint.findings import Finding
from connlint.fix import plan
from connlint.fix.apply import MAX_ROUNDS
from connlint.fix.outcome import FixTarget
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite, apply
from connlint.fix.transformers import Transformer
from fix.analysed_files import FIXED, GOOD, Project, reasons


def test_a_rewrite_that_does_not_parse_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "apply", lambda *given: apply(*given).with_changes(default_indent=""))
    source = GOOD + b"def f():\n    x = 1\n"
    project = Project(tmp_path, a=source)
    outcome = project.fix()
    assert reasons(outcome) == {"the rewritten file would not parse"}
    assert project.read("a") == source


def test_a_rewrite_that_does_not_compile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_return(module: cst.Module, rewrites: list[Rewrite]) -> cst.Module:
        module = apply(module, rewrites)
        return module.with_changes(body=[*module.body, cst.parse_statement("return 1")])

    monkeypatch.setattr(plan, "apply", with_return)
    project = Project(tmp_path, a=GOOD)
    assert reasons(project.fix()) == {"the rewritten file would not compile"}
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
    assert reasons(project.fix()) == {"rewriting it failed (KeyError)"}
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
    assert reasons(outcome) == {"DBC205 would be found in f"}
    assert (project.read("a"), project.read("c")) == (GOOD, FIXED)


def test_what_is_refused_keeps_its_reason_beside_a_rewrite_that_is_undone(tmp_path: Path) -> None:
    source = (
        b"import app.db as d\n\nwith d.SessionLocal() as db:\n    db.get(1)\n\n\n"
        b"def g():\n    return d.SessionLocal()\n"
    )
    project = Strict(tmp_path, a=source, c=GOOD)
    outcome = project.fix()
    assert reasons(outcome) == {"DBC205 would be found in f", "the session is returned"}
    assert (project.read("a"), project.read("c")) == (source, FIXED)


def test_a_finding_in_a_file_that_changes_is_put_down_to_it_first(tmp_path: Path) -> None:
    project = Strict(tmp_path, a=GOOD, c=GOOD)
    project.appears_in = "app/c.py"
    outcome = project.fix()
    assert reasons(outcome) == {"DBC205 would be found in f"}
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
    assert "DBC205 would be found in f" in reasons(outcome)
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
    assert reasons(outcome) == {"DBC102 would still be found in app.a"}
    assert (project.read("a"), project.read("b")) == (GOOD, FIXED)


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
