"""The options of a check in, a check after each change of the project out, until Ctrl-C."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from connlint.errors import ConnlintError, UsageError

if TYPE_CHECKING:
    from watchfiles import Change

    from connlint.cli.check_options import CheckOptions
    from connlint.cli.following import Follower
    from connlint.pipeline import Analysis, Request, Watch

Requested = Callable[["CheckOptions"], "Request"]
Analyse = Callable[["Request", "Watch"], "Analysis"]
Check = Callable[["CheckOptions", "Request", Analyse], int]

_WAKE_MILLISECONDS = 200
_WATCHING = "Watching for changes; Ctrl-C ends it."
_SUFFIXES = (".py", ".pyw", ".sql", ".toml", ".gitignore")


def watch(options: CheckOptions, requested: Requested, check: Check) -> NoReturn:
    """Check now and after each change of a file that counts; only an interruption ends it.

    ``requested`` makes the request that the options stand for, ``check`` answers it with a report.
    What the user has to mend, such as a broken configuration, is told, and watching goes on. Raises
    :class:`UsageError` when watchfiles is not installed.
    """
    try:
        from watchfiles import watch as changes_below
    except ImportError as error:
        raise UsageError("--watch needs watchfiles: pip install 'connlint[watch]'") from error

    from connlint.cli.following import Follower

    counts = _filter(options)
    folders = _folders(options, Path())
    interruption = _Interruption()
    follower = Follower()
    while True:
        is_first = True
        # It wakes up once before the first check, so that no change goes unseen after it.
        for changed in changes_below(
            *folders,
            watch_filter=counts,
            rust_timeout=_WAKE_MILLISECONDS,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            interruption.raise_again()
            if not changed and not is_first:
                _correct(options, follower, check)
                continue
            is_first = False
            root = _check_once(options, requested, check, follower)
            if root and (wanted := _folders(options, root)) != folders:
                folders = wanted
                break


class _Interruption:
    """Remembers Ctrl-C: where it comes while Python cleans up, the exception gets lost."""

    def __init__(self) -> None:
        self._came = False
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._note)

    def raise_again(self) -> None:
        """Raise ``KeyboardInterrupt`` if there was one."""
        if self._came:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._came = True
        raise KeyboardInterrupt


def _check_once(
    options: CheckOptions, requested: Requested, check: Check, follower: Follower
) -> Path | None:
    """Check and report; the project's root, or ``None`` where the user has to mend something."""
    from connlint.cli.output import note

    root = None
    shown: list[Analysis] = []

    def analyse(request: Request, watch: Watch) -> Analysis:
        shown.append(follower.analyse(request, watch))
        return shown[0]

    _clear(options)
    try:
        request = requested(options)
        root = request.loaded.root
        check(options, request, analyse)
        follower.confirm(shown[0])
    except ConnlintError as error:
        _tell(error)
    note(_WATCHING, quiet=options.quiet)
    gc.collect()  # the process has the collector off, since it usually ends now
    return root


def _correct(options: CheckOptions, follower: Follower, check: Check) -> None:
    """Report again where a look at the whole project has come to something else."""
    from connlint.cli.output import note

    try:
        whole = follower.otherwise()
        if whole is None:
            return
        _clear(options)
        note("A look at the whole project changes the report:", quiet=options.quiet)
        check(options, whole.request, lambda *_: whole)
    except ConnlintError as error:
        _tell(error)
    note(_WATCHING, quiet=options.quiet)
    gc.collect()


def _tell(error: ConnlintError) -> None:
    from connlint.cli.output import note

    for line in str(error).splitlines():
        note(f"error: {line}")


def _clear(options: CheckOptions) -> None:
    from connlint.cli.surroundings import look_around

    if options.output is None and look_around().is_terminal:
        click.clear()


def _folders(options: CheckOptions, root: Path) -> tuple[str, ...]:
    """What to watch: the project, and what was named outside of it; nothing twice."""
    named = [root, *options.paths, *filter(None, (options.config, options.baseline.path))]
    real = {os.path.realpath(path if path.is_dir() else path.parent) for path in named}
    return tuple(
        folder
        for folder in sorted(real)
        if not any(folder != other and Path(folder).is_relative_to(other) for other in real)
    )


def _filter(options: CheckOptions) -> Callable[[Change, str], bool]:
    """Whether a change of a file can change the report."""
    from watchfiles import DefaultFilter

    from connlint.discover.dependencies import declares

    ignores = DefaultFilter()
    baseline = os.path.realpath(options.baseline.path) if options.baseline.path else ""

    def counts(change: Change, path: str) -> bool:
        if not ignores(change, path):
            return False
        # A folder that comes or goes takes its files along.
        is_read = path.endswith(_SUFFIXES) or path == baseline or declares(Path(path).name)
        return is_read or not Path(path).suffix

    return counts
