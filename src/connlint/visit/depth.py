"""Syntax trees and calls on them in, the same result out however deeply the source is nested.

LibCST recurses in Python and in native code: past a few hundred levels it raises ``RecursionError``
or ends the process. Both are a matter of stack, so that deep sources get a thread with a large one.
"""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

ROOMY_DEPTH = 60
"""Trees up to this depth are read on the stack at hand."""
MAX_DEPTH = 600
"""Deeper trees are not read: the time that LibCST takes grows with the square of the depth."""

_STACK_BYTES = 256 * 1024 * 1024
_FRAMES_A_LEVEL = 60

Result = TypeVar("Result")


class TooDeepError(Exception):
    """The source is nested deeper than LibCST can read."""


def depth_of(roots: Iterable[ast.AST]) -> int:
    """How many levels of nodes the deepest of ``roots`` has; does not recurse itself."""
    level: list[ast.AST] = list(roots)
    depth = 0
    while level:
        depth += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


def with_room(depth: int, work: Callable[[], Result]) -> Result:
    """What ``work`` returns, given enough stack for trees of this ``depth``.

    Raises what ``work`` raises, and :class:`TooDeepError` when the depth is beyond
    :data:`MAX_DEPTH`, there is no memory for the stack or it did not suffice.
    """
    if depth > MAX_DEPTH:
        raise TooDeepError(f"nested {depth} levels deep, more than the {MAX_DEPTH} that are read")
    try:
        return work() if depth <= ROOMY_DEPTH else _in_large_thread(depth, work)
    except RecursionError as error:
        raise TooDeepError(f"nested too deeply ({depth} levels)") from error


def _in_large_thread(depth: int, work: Callable[[], Result]) -> Result:
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    stack, limit = threading.stack_size(), sys.getrecursionlimit()
    try:
        threading.stack_size(_STACK_BYTES)
        sys.setrecursionlimit(max(limit, depth * _FRAMES_A_LEVEL))
        thread = threading.Thread(target=run, name="connlint-deep-source")
        thread.start()
        thread.join()
    except (RuntimeError, MemoryError) as error:
        raise TooDeepError(f"no memory to read source nested {depth} levels deep") from error
    finally:
        threading.stack_size(stack)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]
