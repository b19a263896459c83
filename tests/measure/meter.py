"""One process, measured from outside. In: a command. Out: its wall time, peak memory and exit code.

The command runs below a small process of its own (this file, as a script), because on Linux a
process inherits the peak of whatever started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True)
class Usage:
    """What one run took. ``peak_mib`` is that of its largest process."""

    seconds: float
    peak_mib: float
    code: int


@dataclass(frozen=True)
class Command:
    """A command line with its surroundings; ``cores`` limits it to that many (Linux only)."""

    words: Sequence[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    cores: int = 1


def measure(command: Command, output: Path, timeout: float) -> Usage:
    """Run the command with its standard output in the file ``output``.

    Raises :class:`RuntimeError` when it takes longer than ``timeout`` seconds or can't be started.
    """
    settings = [str(command.cores), str(timeout), str(output)]
    meter = subprocess.run(
        [sys.executable, "-I", "-S", __file__, *settings, *command.words],
        cwd=command.folder,
        env=os.environ | command.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if meter.returncode:
        reason = meter.stderr.strip().splitlines()[-1:]
        raise RuntimeError(f"{' '.join(command.words)}: {' '.join(reason)}")
    return Usage(**json.loads(meter.stdout))


def _run_below(cores: int, timeout: float, output: Path, words: list[str]) -> Usage:
    import resource  # absent on Windows, where only the rest of this module is of use

    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, allowed[:cores])
    with output.open("wb") as stdout, output.with_suffix(".err").open("wb") as stderr:
        start = time.perf_counter()
        code = subprocess.call(
            words, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, timeout=timeout
        )
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Usage(seconds, peak / MIB if sys.platform == "darwin" else peak / 1024, code)


if __name__ == "__main__":
    _cores, _timeout, _output, *_words = sys.argv[1:]
    print(json.dumps(vars(_run_below(int(_cores), float(_timeout), Path(_output), _words))))
