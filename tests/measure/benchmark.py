"""How long connlint takes, next to other tools, on a large code base. A command, not a test.

It builds its corpus from a pinned package, runs everything as whole processes, in rounds in which
each contender takes its turn, checks that all report the same planted defect, and prints a Markdown
table of ratios with the targets of the design beside them.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from connlint import __version__
from measure.corpus import DEFECT, PACKAGES, Corpus, Package, download, multiply, unpack
from measure.meter import Command, Usage, measure
from measure.peers import PEERS
from measure.table import markdown, rows

CONNLINT = [sys.executable, "-m", "connlint"]
CHECK = [*CONNLINT, "check", "--exit-zero"]


class BenchmarkError(Exception):
    """The numbers would mean nothing: a process failed, or did not see the defect."""


@dataclass(frozen=True)
class Contender:
    """Something to measure, and whether what it printed shows that it did its work."""

    name: str
    command: Command
    has_worked: Callable[[str], bool]
    rounds: int
    before: Callable[[int], None] = lambda _: None


class Track:
    """Where contenders run: a folder for what they print, and the time that each may take."""

    def __init__(self, folder: Path, timeout: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.timeout = timeout

    def race(self, field: list[Contender]) -> dict[str, list[Usage]]:
        """All samples by name; each round starts with another contender.

        Raises :class:`BenchmarkError` as soon as one of them has not done its work.
        """
        samples: dict[str, list[Usage]] = defaultdict(list)
        for number in range(max(each.rounds for each in field)):
            turn = number % len(field)
            for each in [*field[turn:], *field[:turn]]:
                if number < each.rounds:
                    _note(f"round {number + 1}: {each.name}")
                    each.before(number)
                    samples[each.name].append(self.run(each))
        return dict(samples)

    def run(self, contender: Contender) -> Usage:
        """One sample. Raises :class:`BenchmarkError` when it has not done its work."""
        output = self.folder / contender.name.replace(" ", "-")
        try:
            usage = measure(contender.command, output, self.timeout)
        except RuntimeError as error:
            raise BenchmarkError(f"{contender.name}: {error}") from error
        if not contender.has_worked(output.read_text("utf-8", "replace")):
            said = output.with_suffix(".err").read_text("utf-8", "replace").strip()[-500:]
            reason = f"exit code {usage.code} without the expected output"
            raise BenchmarkError(f"{contender.name}: {reason}: {said}")
        return usage


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as temporary:
        work: Path = options.work or Path(temporary)
        try:
            return run(options, work.resolve())
        except BenchmarkError as error:
            print(f"benchmark: {error}", file=sys.stderr)
            return 2


def run(options: argparse.Namespace, work: Path) -> int:
    """Measure everything below ``work``, print the table; 1 when an enforced target is missed."""
    package = PACKAGES[options.package]
    _note(f"corpus: {package.name} {package.version}")
    corpus = unpack(download(package, work / "downloads"), package, work / "corpus")
    track = Track(work / "output", options.timeout)
    own = list(_connlint(corpus, work / "cache", options.rounds))
    peers = list(_peers(options, corpus, work))
    _note("filling the cache")
    track.run(own[0])
    samples = track.race([*own, *peers])
    multiplied = corpus.megabytes
    if options.copies:
        copies = multiply(corpus, options.copies, work / "copies")
        multiplied = copies.megabytes
        growth = Contender("copies", _cold(copies), _sees_defect, options.slow_rounds)
        samples |= track.race([growth])
    lines = rows(samples, corpus.megabytes, multiplied)
    print(_heading(options, package, corpus), markdown(lines), sep="\n\n")
    return int(options.enforce and not all(line.is_reached for line in lines))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev benchmark", description=__doc__)
    add = parser.add_argument
    add("--work", type=Path, help="keep downloads and installed tools in this folder")
    add("--package", choices=PACKAGES, default="apache-superset")
    add("--install", action="store_true", help="install the other tools, pinned")
    add("--without", choices=[peer.name for peer in PEERS], action="append", default=[])
    add("--rounds", type=int, default=5)
    add("--slow-rounds", type=int, default=2, help="for pylint, fixit and the copies")
    add("--copies", type=int, default=8, help="how often the growth case holds the source")
    add("--timeout", type=float, default=1200, help="seconds that one process may take")
    add("--enforce", action="store_true", help="exit with 1 when a target is missed")
    return parser.parse_args()


def _connlint(corpus: Corpus, cache: Path, rounds: int) -> Iterator[Contender]:
    """connlint's own cases; the first also fills the cache."""
    cached = {"CONNLINT_CACHE_DIR": str(cache)}
    changing = corpus.largest
    original = changing.read_bytes()

    def change(number: int) -> None:
        changing.write_bytes(original + f"# changed in round {number}\n".encode())

    def check(path: str) -> Command:
        return Command([*CHECK, path, "--jobs", "1"], corpus.root, cached)

    two = Command([*CHECK, ".", "--jobs", "2", "--no-cache"], corpus.root, cores=2)
    yield Contender("warm", check("."), _sees_defect, rounds)
    yield Contender("one file changed", check("."), _sees_defect, rounds, change)
    yield Contender("hook", check(DEFECT), _sees_defect, rounds)
    yield Contender("cold", _cold(corpus), _sees_defect, rounds)
    yield Contender("cold, two workers", two, _sees_defect, rounds)
    for flag in ("--help", "--version"):
        command = Command([*CONNLINT, flag], corpus.root)
        yield Contender(flag, command, lambda output: "connlint" in output, rounds)
    nothing = Command([sys.executable, "-c", "pass"], corpus.root)
    yield Contender("python -c pass", nothing, lambda output: not output, rounds)


def _peers(options: argparse.Namespace, corpus: Corpus, work: Path) -> Iterator[Contender]:
    for peer in PEERS:
        if peer.name in options.without:
            continue
        if options.install:
            peer.install(work / "peers")
        executable = peer.find(work / "peers")
        if executable is None:
            _note(f"{peer.name} is not installed and left out (--install gets {peer.version})")
            continue
        command = peer.command(executable, corpus.root, work / "configuration")
        rounds = options.slow_rounds if peer.is_slow else options.rounds
        yield Contender(peer.name, command, peer.sees_defect, rounds)


def _cold(corpus: Corpus) -> Command:
    return Command([*CHECK, ".", "--jobs", "1", "--no-cache"], corpus.root)


def _sees_defect(output: str) -> bool:
    return any("DBC101" in line and DEFECT in line for line in output.splitlines())


def _heading(options: argparse.Namespace, package: Package, corpus: Corpus) -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (
        f"connlint {__version__} on {package.name} {package.version} ({len(corpus.files)} files, "
        f"{corpus.megabytes:.1f} MB); {python}, {platform.system()} {platform.machine()}; "
        f"medians of {options.rounds} rounds (pylint, fixit and copies: {options.slow_rounds}), "
        "one core unless said"
    )


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
