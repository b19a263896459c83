"""Facts of a tree of files, with and without a cache: only what changed is read and extracted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from connlint import source
from connlint.facts import loading, workers
from connlint.facts.loading import LoadedFacts, load_facts, look_up
from connlint.facts.store import FactsStore
from connlint.facts.workers import FileToRead, extract_files
from facts.stand_ins import KILLER, RAISER, deadly

OLD = 10**18


class File(NamedTuple):
    path: str
    relative: str


class Tree:
    """A project of files whose status says that they are old, and its cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.cache = folder / "cache"
        self.folder.mkdir()
        self._clock = OLD

    def write(self, **contents: bytes) -> None:
        for name, content in contents.items():
            self._clock += 1
            path = self.folder / name
            path.write_bytes(content)
            os.utime(path, ns=(self._clock, self._clock))

    def files(self) -> list[File]:
        return [File(str(path), path.name) for path in sorted(self.folder.iterdir())]

    def run(self, *, jobs: int = 1, save: bool = True) -> LoadedFacts:
        store = FactsStore(self.cache)
        loaded = load_facts(look_up(self.files(), store), store, deadly, jobs=jobs)
        if save:
            assert store.save() is None
        return loaded


class Watched(NamedTuple):
    """The names of the files that were read by the parent, and of those that were extracted."""

    read: list[str]
    extracted: list[str]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    # A file's status changes when it is written, so that it can't be made to look old.
    monkeypatch.setattr("connlint.facts.store.time.time_ns", lambda: 4 * OLD)
    return Tree(tmp_path)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    watched = Watched([], [])
    real_read, real_extract = source.read, extract_files

    def read(path: str) -> bytes:
        watched.read.append(Path(path).name)
        return real_read(path)

    def extract(files: list[FileToRead], *args: object, **options: object) -> object:
        watched.extracted.extend(Path(file.path).name for file in files)
        return real_extract(files, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "read", read)
    monkeypatch.setattr(workers, "extract_files", extract)
    yield watched


def texts(loaded: LoadedFacts) -> dict[str, str]:
    """What the stand-in was given for each file, or the problem of the file."""
    return {
        path: lazy.facts.problem.message if lazy.facts.problem else (lazy.facts.exports or ("",))[0]
        for path, lazy in loaded.by_path.items()
    }


def test_facts_come_in_the_order_of_the_files(tree: Tree) -> None:
    tree.write(b=b"2", a=b"1", c=b"3")
    assert list(texts(tree.run()).items()) == [("a", "1"), ("b", "2"), ("c", "3")]


def test_an_unchanged_tree_is_neither_read_nor_extracted(tree: Tree, watched: Watched) -> None:
    tree.write(a=b"1", b=b"2")
    first = tree.run()
    watched.extracted.clear()
    second = tree.run()
    assert texts(second) == texts(first) == {"a": "1", "b": "2"}
    assert second.digest == first.digest is not None
    assert (watched.read, watched.extracted) == ([], [])


def test_only_what_changed_is_extracted(tree: Tree, watched: Watched) -> None:
    tree.write(a=b"1", b=b"2", c=b"3")
    before = tree.run()
    tree.write(b=b"4", d=b"5")
    watched.extracted.clear()
    after = tree.run()
    assert texts(after) == {"a": "1", "b": "4", "c": "3", "d": "5"}
    assert after.digest != before.digest
    assert (watched.read, watched.extracted) == (["b", "d"], ["b", "d"])


def test_touched_and_moved_files_are_read_but_not_extracted(tree: Tree, watched: Watched) -> None:
    tree.write(a=b"1", b=b"2")
    before = tree.run()
    tree.write(a=b"1", b=b"2")
    watched.extracted.clear()
    assert tree.run().digest == before.digest
    (tree.folder / "a").rename(tree.folder / "z")
    moved = tree.run()
    assert texts(moved) == {"b": "2", "z": "1"}
    assert moved.digest != before.digest
    assert (watched.read, watched.extracted) == (["a", "b", "z"], [])
    tree.run()
    assert watched.read == ["a", "b", "z"]


def test_equal_files_share_their_facts(tree: Tree, watched: Watched) -> None:
    tree.write(a=b"", b=b"", c=b"1")
    loaded = tree.run()
    assert loaded.by_path["a"] is loaded.by_path["b"]
    tree.write(d=b"2", e=b"2")
    watched.extracted.clear()
    assert texts(tree.run()) == {"a": "", "b": "", "c": "1", "d": "2", "e": "2"}
    assert watched.extracted == ["d"]


def test_facts_are_decoded_once_and_late(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write(a=b"1", b=b"2")
    tree.run()
    asked = []
    real = FactsStore.facts

    def facts(self: FactsStore, content: bytes) -> object:
        asked.append(content)
        return real(self, content)

    monkeypatch.setattr(FactsStore, "facts", facts)
    loaded = tree.run()
    assert asked == []
    assert loaded.by_path["a"].facts is loaded.by_path["a"].facts
    assert asked == [loaded.by_path["a"].content]


def test_the_digest_is_known_before_loading_once_there_is_a_cache(tree: Tree) -> None:
    tree.write(a=b"1", b=b"2")
    assert look_up(tree.files(), FactsStore(tree.cache)).digest is None
    loaded = tree.run()
    assert look_up(tree.files(), FactsStore(tree.cache)).digest == loaded.digest
    tree.write(b=b"3")
    lookup = look_up(tree.files(), FactsStore(tree.cache))
    assert lookup.digest not in (None, loaded.digest)
    assert lookup.digest == tree.run().digest


def test_the_digest_depends_on_names_and_contents(tree: Tree) -> None:
    digests = set()
    for contents in ({"a": b"1", "b": b"2"}, {"a": b"2", "b": b"1"}, {"a": b"1"}, {}):
        for path in tree.folder.iterdir():
            path.unlink()
        tree.write(**contents)
        digests.add(tree.run(save=False).digest)
    assert len(digests) == 4


def test_what_can_not_be_read_is_told_each_time_anew(tree: Tree) -> None:
    tree.write(a=b"1")
    (tree.folder / "b").mkdir()
    for _ in range(3):
        loaded = tree.run()
        assert texts(loaded) == {"a": "1", "b": "not a regular file, not read"}
        assert loaded.digest
    (tree.folder / "b").rmdir()
    tree.write(b=b"2")
    assert texts(tree.run()) == {"a": "1", "b": "2"}


def test_a_file_that_vanishes_between_finding_and_reading(tree: Tree) -> None:
    tree.write(a=b"1", b=b"2")
    tree.run()
    files = tree.files()
    (tree.folder / "b").unlink()
    store = FactsStore(tree.cache)
    loaded = load_facts(look_up(files, store), store, deadly)
    assert texts(loaded)["a"] == "1"
    assert "can't be read" in texts(loaded)["b"]


def test_a_file_that_changes_between_looking_up_and_loading(tree: Tree) -> None:
    tree.write(a=b"1")
    tree.run()
    tree.write(a=b"2")
    store = FactsStore(tree.cache)
    lookup = look_up(tree.files(), store)
    tree.write(a=b"3")
    loaded = load_facts(lookup, store, deadly)
    assert texts(loaded) == {"a": "3"}
    assert loaded.digest != lookup.digest
    store.save()
    assert texts(tree.run()) == {"a": "3"}


@pytest.mark.parametrize("bad", [KILLER + b"(" * 300, RAISER])
def test_what_went_wrong_by_chance_is_not_kept(tree: Tree, bad: bytes) -> None:
    tree.write(a=b"1", b=bad, c=bad)
    for _ in range(2):
        loaded = tree.run()
        assert texts(loaded)["a"] == "1"
        assert texts(loaded)["b"] == texts(loaded)["c"]
        assert texts(loaded)["b"].startswith("analysing it")
        assert loaded.digest is None


def test_damaged_facts_are_extracted_again(tree: Tree, watched: Watched) -> None:
    tree.write(a=b"1", b=b"2")
    before = tree.run()
    (cache,) = tree.cache.iterdir()
    data = bytearray(cache.read_bytes())
    data[-1] ^= 1
    cache.write_bytes(data)
    watched.extracted.clear()
    store = FactsStore(tree.cache)
    loaded = load_facts(look_up(tree.files(), store), store, deadly)
    assert loaded.digest == before.digest
    assert texts(loaded) == {"a": "1", "b": "2"}
    assert len(watched.extracted) == 1
    store.save()
    assert texts(tree.run()) == {"a": "1", "b": "2"}
    assert len(watched.extracted) == 1


def test_progress_counts_known_files_as_done(tree: Tree) -> None:
    tree.write(a=b"1", b=b"2", c=b"3")
    tree.run()
    tree.write(a=b"4", b=b"5")
    steps: list[tuple[int, int]] = []
    store = FactsStore(tree.cache)
    load_facts(
        look_up(tree.files(), store),
        store,
        deadly,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == [(2, 3), (3, 3)]


def test_cached_and_fresh_are_the_same_for_any_number_of_processes(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_WORTH_A_POOL_SECONDS", 0)
    tree.write(**{f"f{number}": b"%d" % (number % 30) for number in range(80)})
    fresh = [tree.run(jobs=jobs, save=False) for jobs in (1, 2)]
    tree.run()
    cached = tree.run()
    assert texts(fresh[0]) == texts(fresh[1]) == texts(cached)
    assert fresh[0].digest == fresh[1].digest == cached.digest
