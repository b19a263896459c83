"""What has to hold before a file is rewritten, and that a file which fails stays as it was."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from connlint.findings import Finding
from connlint.location import Span
from fix.analysed_files import FIXED, GOOD, Project, reasons


def _moved(finding: Finding, source: bytes) -> Finding:
    """The same finding where ``source`` has lines before it."""
    span, more = finding.span, source.count(b"\n", 0, source.find(b"from"))
    place = Span(span.line + more, span.column, span.end_line + more, span.end_column)
    return replace(finding, span=place)


def test_a_file_that_was_not_analysed_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    project.targets = {}
    assert reasons(project.fix()) == {"the file is not among those that were analysed"}


def test_a_file_that_has_changed_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD, b=GOOD)
    (tmp_path / "app/a.py").write_bytes(GOOD + b"# more\n")
    outcome = project.fix()
    assert reasons(outcome) == {"the file has changed since it was analysed"}
    assert (project.read("a"), project.read("b")) == (GOOD + b"# more\n", FIXED)


def test_a_preview_of_a_file_that_has_changed_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    (tmp_path / "app/a.py").write_bytes(GOOD + b"# more\n")
    outcome = project.fix(write=False)
    assert reasons(outcome) == {"the file has changed since it was analysed"}
    assert outcome.changes == ()


def test_a_file_that_changes_while_fixing_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD, b=GOOD)

    class Meddling(Project):
        def reanalyse(self, changes: Mapping[str, bytes]) -> list[Finding]:
            (tmp_path / "app/a.py").write_bytes(b"# other\n")
            return super().reanalyse(changes)

    project.__class__ = Meddling
    outcome = project.fix()
    assert reasons(outcome) == {"the file has changed since it was analysed"}
    assert (project.read("a"), project.read("b")) == (b"# other\n", FIXED)
    assert [each.path for each in outcome.changes] == ["app/b.py"]
    assert {each.path for each in outcome.remaining} == {"app/a.py"}


def test_a_file_outside_the_project_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    project.root = tmp_path / "elsewhere"
    project.root.mkdir()
    assert reasons(project.fix()) == {"the file is outside the project"}


def test_a_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", a=GOOD)
    outside = tmp_path / "outside.py"
    (tmp_path / "project/app/a.py").rename(outside)
    (tmp_path / "project/app/a.py").symlink_to(outside)
    assert reasons(project.fix()) == {"the file is outside the project"}
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
    assert reasons(outcome) == {"it is the same file as app/a.py"}
    assert project.read("a") == FIXED


def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    (tmp_path / "app/a.py").chmod(0o444)
    assert reasons(project.fix()) == {"the file is read-only"}
    assert project.read("a") == GOOD


def test_a_file_with_hard_links_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    os.link(tmp_path / "app/a.py", tmp_path / "other.py")
    assert reasons(project.fix()) == {"the file has hard links, which replacing it would break"}


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, a=GOOD)
    (tmp_path / "app/a.py").unlink()
    assert reasons(project.fix()) == {"the file can't be reached (FileNotFoundError)"}


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
        assert all(each.startswith(reason) for each in reasons(outcome))
        assert project.read("a") == source
    else:
        assert project.read("a") == source.replace(b"SessionLocal", b"get_session")
