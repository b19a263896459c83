"""A file is replaced as a whole or not at all, and keeps what it is besides its content."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from connlint.fix.apply import plan_and_apply
from connlint.fix.outcome import FixOptions, Refused
from connlint.fix.write import replace
from fix.analyser import FORBIDDEN, SYNC, Analyser, fix
from fix.killed_process import KILLS_ITSELF

OLD = b"old\n" * 50_000
NEW = b"new content\n" * 50_000

KILLED = f"""{KILLS_ITSELF}
count("fdopen", "fsync", "replace", "chmod", "open", "stat")
old = b"old\\n" * 50_000
write.replace(place, place.parent, old, b"new content\\n" * 50_000)
print("done", steps)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killing_the_process_leaves_the_old_content_or_the_new(tmp_path: Path) -> None:
    place = tmp_path / "a.py"
    seen = set()
    for step in range(1, 40):
        place.write_bytes(OLD)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(place), str(step)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        content = place.read_bytes()
        assert content in {OLD, NEW}
        seen.add((done.returncode, content == NEW))
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
    assert seen >= {(-9, False), (0, True)}
    assert step > 5


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    place = tmp_path / "a.py"
    place.write_bytes(OLD)
    replace(place, tmp_path, OLD, NEW)
    assert place.read_bytes() == NEW
    with pytest.raises(Refused, match="changed"):
        replace(place, tmp_path, OLD, NEW)
    assert [each.name for each in tmp_path.iterdir()] == ["a.py"]


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o664])
def test_the_mode_stays(tmp_path: Path, mode: int) -> None:
    place = tmp_path / "a.py"
    place.write_bytes(OLD)
    place.chmod(mode)
    replace(place, tmp_path, OLD, NEW)
    assert stat.S_IMODE(place.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may chown")
def test_the_owner_stays(tmp_path: Path) -> None:
    place = tmp_path / "a.py"
    place.write_bytes(OLD)
    os.chown(place, 1234, 4321)
    replace(place, tmp_path, OLD, NEW)
    assert (place.stat().st_uid, place.stat().st_gid) == (1234, 4321)


def test_an_owner_that_cannot_be_kept_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "a.py"
    place.write_bytes(OLD)

    def fail(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("connlint.fix.write._take_over", fail)
    with pytest.raises(Refused, match="it can't be written: Operation not permitted"):
        replace(place, tmp_path, OLD, NEW)
    assert place.read_bytes() == OLD
    assert [each.name for each in tmp_path.iterdir()] == ["a.py"]


def test_what_is_no_regular_file_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not a regular file"):
        replace(tmp_path, tmp_path, OLD, NEW)
    loop = tmp_path / "loop.py"
    loop.symlink_to(loop)
    with pytest.raises(Refused, match="can't be reached"):
        replace(loop, tmp_path, OLD, NEW)


SOURCE = (
    "# coding: {}\nfrom app.db import SessionLocal\n\nwith SessionLocal() as größe:\n"
    "    größe.a()\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252", "utf-8-sig"])
def test_the_encoding_stays(tmp_path: Path, encoding: str) -> None:
    declared = SOURCE.format(encoding.removesuffix("-sig"))
    analyser = Analyser({"a.py": declared.encode(encoding)}, FORBIDDEN, SYNC)
    targets = analyser.targets(tmp_path)
    plan_and_apply(analyser({}), targets, FixOptions(tmp_path), analyser)
    wanted = declared.replace("SessionLocal", "get_session")
    assert (tmp_path / "a.py").read_bytes() == wanted.encode(encoding)


def test_a_provider_that_the_encoding_lacks_is_a_refusal(tmp_path: Path) -> None:
    source = SOURCE.format("latin-1").encode("latin-1")
    data = {**SYNC, "provider": "app.db.сессия"}
    analyser = Analyser({"a.py": source}, FORBIDDEN, data)
    targets = analyser.targets(tmp_path)
    outcome = plan_and_apply(analyser({}), targets, FixOptions(tmp_path), analyser)
    assert "the file's encoding, iso-8859-1, lacks a character" in {
        each.reason for each in outcome.refused
    }
    assert (tmp_path / "a.py").read_bytes() == source


def test_a_provider_with_wide_characters(tmp_path: Path) -> None:
    source = "from app.db import SessionLocal\nwith SessionLocal() as db:\n    db.a()\n"
    result = fix(tmp_path, source, {**SYNC, "provider": "app.db.сессия"})
    assert result.text == source.replace("SessionLocal", "сессия")
