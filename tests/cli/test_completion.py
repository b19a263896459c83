"""Shell completion, as the shells ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.running import run_process


def _completed(folder: Path, *words: str) -> list[str]:
    """What bash is offered for the last of the words."""
    variables = {
        "COMP_WORDS": " ".join(("connlint", *words)),
        "COMP_CWORD": str(len(words)),
        "_CONNLINT_COMPLETE": "bash_complete",
    }
    done = run_process(cwd=folder, environment=variables)
    return [line.partition(",")[2] for line in done.out.splitlines()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["che"], ["check"]),
        (["check", "--form"], ["--format"]),
        (["check", "--format", "sa"], ["sarif"]),
        (["rule", "DBC90"], ["DBC900", "DBC901", "DBC902", "DBC903", "DBC904"]),
        (["rule", "unused-s"], ["unused-suppression"]),
        (["check", "--select", "DBC101,DBC904"], ["DBC101,DBC904"]),
    ],
)
def test_the_shell_is_offered_what_fits(
    tmp_path: Path, words: list[str], offered: list[str]
) -> None:
    assert _completed(tmp_path, *words) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_documented_shell_gets_its_script(tmp_path: Path, shell: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
    assert f"_CONNLINT_COMPLETE={shell}_source connlint" in page
    variables = {"_CONNLINT_COMPLETE": f"{shell}_source"}
    done = run_process(cwd=tmp_path, environment=variables)
    assert f"_CONNLINT_COMPLETE={shell}_complete" in done.out
