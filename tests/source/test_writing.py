"""A file is replaced as a whole; a pipe or device is written to and stays what it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cli.running import run
from connlint.writing import write_atomically

Capture = pytest.CaptureFixture[bytes]


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert (link.is_symlink(), target.read_bytes()) == (True, b"new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.txt", "target.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
@pytest.mark.parametrize("is_linked", [False, True], ids=["named", "linked"])
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path, is_linked: bool) -> None:
    pipe = path = tmp_path / "pipe"
    os.mkfifo(pipe)
    if is_linked:
        path = tmp_path / "link"
        path.symlink_to(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomically(path, b"a report")
        assert os.read(reader, 100) == b"a report"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_is_not_written_to(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        write_atomically(tmp_path, b"x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_report_can_go_into_a_pipe(
    capfdbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "connlint.toml").write_text('src = ["."]\n')
    (tmp_path / "a.py").write_text("def broken(:\n")
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        done = run(capfdbinary, "check", "--output", tmp_path / "pipe", tmp_path)
        assert (done.code, done.out) == (1, "")
        assert os.read(reader, 1000).startswith(b"a.py:1:12: DBC900 ")
    finally:
        os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
