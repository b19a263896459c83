"""What was put into the cache comes out of it again, or nothing does: never anything else."""

from __future__ import annotations

import os
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connlint.facts import store as subject
from connlint.facts.cache import hashed
from connlint.facts.store import FactsStore, Stamp, decode_facts, encode_facts, stamp_of
from connlint.facts.types import FileFacts, ReadProblem

OLD = 10**18


def facts(name: str) -> FileFacts:
    """Facts that differ by ``name``, which is their problem."""
    return FileFacts(ReadProblem(name, 1, 2), (), (), (b"body",), {}, None, (), 3, ((1, 2),))


def stamp(size: int = 1, changed: int = OLD) -> Stamp:
    return Stamp(OLD, changed, size)


def keep(store: FactsStore, *names: str) -> None:
    """Let ``store`` know a file of each name, with content of that name."""
    for name in names:
        content = hashed(name.encode())
        store.remember(name, stamp(), content)
        store.put(content, encode_facts(facts(name)))


def known(store: FactsStore, *names: str) -> list[str]:
    """Those of ``names`` whose facts ``store`` finds by the file's stamp."""
    found = []
    for name in names:
        content = store.content(name, stamp())
        if content is not None and store.facts(content) == facts(name):
            found.append(name)
    return found


def test_the_next_run_knows_what_this_one_learned(tmp_path: Path) -> None:
    first = FactsStore(tmp_path / "new" / "folder")
    assert first.is_empty
    keep(first, "a.py", "b/c.py")
    assert known(first, "a.py") == []
    assert first.facts(hashed(b"a.py")) == facts("a.py")
    assert first.save() is None
    second = FactsStore(tmp_path / "new" / "folder")
    assert not second.is_empty
    assert known(second, "a.py", "b/c.py", "d.py") == ["a.py", "b/c.py"]


def test_facts_are_served_from_the_file_once_it_is_written(tmp_path: Path) -> None:
    store = FactsStore(tmp_path)
    keep(store, "a.py")
    store.save()
    assert store.facts(hashed(b"a.py")) == facts("a.py")
    assert hashed(b"a.py") in store
    (tmp_path / "facts.bin").write_bytes(b"")
    assert store.facts(hashed(b"a.py")) is None


@pytest.mark.parametrize(
    "other", [Stamp(OLD, OLD, 2), Stamp(OLD + 1, OLD, 1), Stamp(OLD, OLD + 1, 1)]
)
def test_another_stamp_proves_nothing(tmp_path: Path, other: Stamp) -> None:
    store = FactsStore(tmp_path)
    keep(store, "a.py")
    store.save()
    again = FactsStore(tmp_path)
    assert again.content("a.py", other) is None
    assert again.facts(hashed(b"a.py")) == facts("a.py")


def test_the_stamp_of_a_file_changes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1", "utf-8")
    before = stamp_of(path.stat())
    assert stamp_of(path.stat()) == before
    time.sleep(0.02)
    path.write_text("x = 2", "utf-8")
    os.utime(path, ns=(before.modified, before.modified))
    after = stamp_of(path.stat())
    assert (after.modified, after.size) == (before.modified, before.size)
    assert after != before


FRESH = {
    "just now": (time.time_ns, 1, False),
    "a while ago": (lambda: time.time_ns() - 10**9, 1, True),
    "a second ago on a clock of seconds": (lambda: time.time_ns() - 10**9, 10**9, False),
    "long ago on a clock of seconds": (lambda: time.time_ns() - 5 * 10**9, 10**9, True),
    "in the future": (lambda: time.time_ns() + 10**12, 1, False),
}


@pytest.mark.parametrize("case", FRESH)
def test_a_file_written_within_the_clocks_tick_is_hashed_again(tmp_path: Path, case: str) -> None:
    written_at, tick, is_trusted = FRESH[case]
    written = written_at() // tick * tick + (tick == 1)
    status = Stamp(written, written, 1)
    store = FactsStore(tmp_path)
    store.remember("a.py", status, b"content")
    store.put(b"content", encode_facts(facts("a")))
    store.save()
    assert (FactsStore(tmp_path).content("a.py", status) == b"content") is is_trusted


def test_a_changed_status_alone_is_fresh_too(tmp_path: Path) -> None:
    store = FactsStore(tmp_path)
    store.remember("a.py", Stamp(OLD, time.time_ns(), 1), b"content")
    store.remember("b.py", Stamp(OLD, OLD, 1), b"content")
    store.save()
    again = FactsStore(tmp_path)
    assert not again.is_empty
    assert again.content("b.py", Stamp(OLD, OLD, 1)) == b"content"


def test_a_run_that_learned_nothing_writes_nothing(tmp_path: Path) -> None:
    store = FactsStore(tmp_path)
    keep(store, "a.py", "b.py")
    store.save()
    before = (tmp_path / "facts.bin").stat().st_mtime_ns
    again = FactsStore(tmp_path)
    assert known(again, "a.py", "b.py") == ["a.py", "b.py"]
    assert again.save() is None
    assert (tmp_path / "facts.bin").stat().st_mtime_ns == before


def test_files_that_are_gone_are_forgotten_but_their_facts_stay_a_while(tmp_path: Path) -> None:
    store = FactsStore(tmp_path)
    keep(store, "a.py", "b.py", "c.py")
    store.save()
    again = FactsStore(tmp_path)
    assert known(again, "a.py", "b.py") == ["a.py", "b.py"]
    again.save()
    last = FactsStore(tmp_path)
    assert last.content("c.py", stamp()) is None
    assert last.facts(hashed(b"c.py")) == facts("c.py")


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    for run in range(20):
        store = FactsStore(tmp_path)
        keep(store, f"{run}.py", f"{run}-b.py")
        store.save()
    assert known(FactsStore(tmp_path), "19.py", "19-b.py") == ["19.py", "19-b.py"]
    single = FactsStore(tmp_path / "single")
    keep(single, "19.py", "19-b.py")
    single.save()
    size, least = ((tmp_path / part / "facts.bin").stat().st_size for part in ("", "single"))
    assert size < 4 * least


def test_damaged_facts_are_replaced(tmp_path: Path) -> None:
    store = FactsStore(tmp_path)
    keep(store, "a.py", "b.py")
    store.save()
    path = tmp_path / "facts.bin"
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)
    damaged = FactsStore(tmp_path)
    (good,) = known(damaged, "a.py", "b.py")
    bad = "b.py" if good == "a.py" else "a.py"
    damaged.put(hashed(bad.encode()), encode_facts(facts(bad)))
    damaged.save()
    assert known(FactsStore(tmp_path), "a.py", "b.py") == ["a.py", "b.py"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A folder and what its cache file holds about three files."""
    folder = tmp_path_factory.mktemp("saved")
    store = FactsStore(folder)
    keep(store, "a.py", "b.py", "c.py")
    assert store.save() is None
    return folder, (folder / "facts.bin").read_bytes()


def _survives(saved: tuple[Path, bytes], data: bytes) -> list[str]:
    """What a store finds in a damaged file; fails if it raises or finds anything wrong."""
    folder, _ = saved
    (folder / "facts.bin").write_bytes(data)
    store = FactsStore(folder)
    for name in ("a.py", "b.py", "c.py"):
        content = store.content(name, stamp())
        assert content in (None, hashed(name.encode()))
        assert store.facts(hashed(name.encode())) in (None, facts(name))
    return known(store, "a.py", "b.py", "c.py")


def test_no_byte_can_change_unnoticed(saved: tuple[Path, bytes]) -> None:
    _, data = saved
    survivors = []
    for position in range(len(data)):
        for change in (0x01, 0x80, 0xFF):
            damaged = bytearray(data)
            damaged[position] ^= change
            survivors.append(len(_survives(saved, bytes(damaged))))
    assert max(survivors) < 3
    assert 2 in survivors


def test_no_truncation_goes_unnoticed(saved: tuple[Path, bytes]) -> None:
    _, data = saved
    assert all(len(_survives(saved, data[:length])) < 3 for length in range(len(data)))


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 2000), cut=st.integers(0, 50), junk=st.binary(max_size=50))
def test_no_damage_gives_wrong_facts(
    saved: tuple[Path, bytes], at: int, cut: int, junk: bytes
) -> None:
    _, data = saved
    at %= len(data)
    damaged = data[:at] + junk + data[at + cut :]
    found = _survives(saved, damaged)
    if damaged == data:
        assert len(found) == 3


@given(st.binary(max_size=200))
def test_foreign_files_are_misses(saved: tuple[Path, bytes], junk: bytes) -> None:
    assert _survives(saved, junk) == []


@pytest.mark.parametrize("what", ["version", "python", "sources", "folder"])
def test_what_another_connlint_wrote_is_a_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    store = FactsStore(tmp_path)
    keep(store, "a.py")
    store.save()
    folder = tmp_path
    if what == "version":
        monkeypatch.setattr(subject, "__version__", "0.0.0")
    elif what == "python":
        monkeypatch.setattr(sys, "version", "4.0")
    elif what == "sources":
        monkeypatch.setattr(subject, "_own_sources", lambda: iter(["changed"]))
    else:
        folder = tmp_path / "moved"
        folder.mkdir()
        (tmp_path / "facts.bin").rename(folder / "facts.bin")
    assert FactsStore(folder).is_empty
    assert known(FactsStore(folder), "a.py") == []


def test_tampered_facts_with_a_right_checksum_are_a_miss(tmp_path: Path) -> None:
    store = FactsStore(tmp_path)
    content = hashed(b"a.py")
    store.remember("a.py", stamp(), content)
    store.put(content, msgspec.msgpack.encode(["no", "facts"]))
    store.save()
    again = FactsStore(tmp_path)
    assert again.content("a.py", stamp()) == content
    assert again.facts(content) is None


def test_runs_at_the_same_time_do_not_disturb_one_another(tmp_path: Path) -> None:
    one = FactsStore(tmp_path)
    keep(one, "a.py")
    one.save()
    two = FactsStore(tmp_path)
    keep(one, "b.py")
    one.save()
    assert known(two, "a.py") == ["a.py"]
    keep(two, "c.py")
    two.save()
    assert known(FactsStore(tmp_path), "a.py", "b.py", "c.py") == ["a.py", "c.py"]


def test_many_runs_at_once_leave_a_whole_file(tmp_path: Path) -> None:
    def run(number: int) -> None:
        for _ in range(10):
            store = FactsStore(tmp_path)
            keep(store, f"{number}.py")
            assert store.save() is None
            assert store.facts(hashed(f"{number}.py".encode())) == facts(f"{number}.py")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert len(known(FactsStore(tmp_path), *(f"{number}.py" for number in range(4)))) >= 1
    assert [path.name for path in tmp_path.iterdir()] == ["facts.bin"]


def test_a_folder_that_can_not_be_written_to_costs_a_note(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = FactsStore(tmp_path / "file" / "folder")
    keep(store, "a.py")
    problem = store.save()
    assert problem
    assert not problem.fatal
    assert problem.message.startswith(f"nothing is cached: can't write to {tmp_path}")
    assert store.facts(hashed(b"a.py")) == facts("a.py")


def test_an_unreadable_cache_is_empty(tmp_path: Path) -> None:
    (tmp_path / "facts.bin").mkdir()
    store = FactsStore(tmp_path)
    assert store.is_empty
    keep(store, "a.py")
    assert store.save()


def test_without_a_folder_nothing_is_kept_on_disk() -> None:
    store = FactsStore(None)
    keep(store, "a.py")
    assert store.save() is None
    assert store.facts(hashed(b"a.py")) == facts("a.py")
    assert FactsStore(None).is_empty


def test_the_cache_file_is_not_for_everyone_to_write(tmp_path: Path) -> None:
    store = FactsStore(tmp_path / "folder")
    keep(store, "a.py")
    store.save()
    mode = (tmp_path / "folder" / "facts.bin").stat().st_mode
    assert not mode & stat.S_IWOTH


NAMES = st.text(st.characters(codec="utf-8"), max_size=8)


@settings(max_examples=50, deadline=None)
@given(runs=st.lists(st.dictionaries(NAMES, st.integers(0, 3), max_size=5), max_size=4))
def test_any_series_of_runs_leaves_what_the_last_one_saw(
    tmp_path_factory: pytest.TempPathFactory, runs: list[dict[str, int]]
) -> None:
    """Each run sees files with one of four contents; a size stands for each."""
    folder = tmp_path_factory.mktemp("runs")
    for files in runs:
        store = FactsStore(folder)
        for name, size in files.items():
            content = hashed(bytes([size]))
            if store.content(name, stamp(size)) != content:
                store.remember(name, stamp(size), content)
            if store.facts(content) != facts(str(size)):
                store.put(content, encode_facts(facts(str(size))))
        assert store.save() is None
        again = FactsStore(folder)
        for name, size in files.items():
            assert again.content(name, stamp(size)) == hashed(bytes([size]))
            assert again.facts(hashed(bytes([size]))) == facts(str(size))


def test_blobs_are_facts_again() -> None:
    assert decode_facts(encode_facts(facts("x"))) == facts("x")
