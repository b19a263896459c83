"""A program's beginning: it kills itself at the step of writing files that it is told."""

from __future__ import annotations

KILLS_ITSELF = """
import os, signal, sys
from pathlib import Path
from connlint.fix import write

place, at = Path(sys.argv[1]), int(sys.argv[2])
steps = 0

def counting(real):
    def step(*given, **more):
        global steps
        steps += 1
        if steps == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **more)
    return step

def count(*names):
    'Count the calls of these functions of the system, and those that replace a file.'
    for name in names:
        setattr(os, name, counting(getattr(os, name)))
    write.read = counting(write.read)
    Path.replace = counting(Path.replace)
    Path.chmod = counting(Path.chmod)
"""
