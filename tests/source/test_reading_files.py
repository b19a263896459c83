"""Reading a file: whole, or with the reason why not; never without an end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from connlint import source
from connlint.source import MAX_BYTES, SourceError, read


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, 100_000])
def test_files_of_any_size(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(os.urandom(size))
    assert read(str(path)) == path.read_bytes()


def test_the_largest_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 1 << 20)
    path = tmp_path / "a.py"
    path.write_bytes(b"x" * (1 << 20))
    assert len(read(str(path))) == 1 << 20
    path.write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(SourceError, match=r"^larger than 1 MiB, not read$"):
        read(str(path))


def test_a_huge_file_is_refused_without_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES * 10)
    monkeypatch.delattr(os, "read")
    with pytest.raises(SourceError, match="larger than 16 MiB"):
        read(str(path))


def test_a_file_that_grows_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 1 << 20)
    path = tmp_path / "a.py"
    path.write_bytes(b"x")
    monkeypatch.setattr(os, "read", lambda _handle, count: b"x" * count)
    with pytest.raises(SourceError, match="larger than 1 MiB"):
        read(str(path))


def test_a_file_that_shrinks_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x" * 1000)
    parts = [b"abc", b"de", b""]
    monkeypatch.setattr(os, "read", lambda _handle, _count: parts.pop(0))
    assert read(str(path)) == b"abcde"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc")
def test_a_file_whose_size_is_unknown() -> None:
    assert b"Name:" in read("/proc/self/status")


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    for path in (tmp_path / "pipe.py", tmp_path, Path(os.devnull)):
        with pytest.raises(SourceError, match="not a regular file"):
            read(str(path))


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be read: ") as caught:
        read(str(tmp_path / "a.py"))
    assert (caught.value.line, caught.value.column) == (1, 0)
