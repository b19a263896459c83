"""Where cached data is kept, one folder for each project, and how a file of it is written."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from connlint.findings import Problem

HASH_SIZE = 16
_VARIABLE = "CONNLINT_CACHE_DIR"
_ABANDONED_AFTER_SECONDS = 3600


def project_cache(root: Path) -> Path | None:
    """The folder for what is cached about the project at ``root``; it need not exist yet.

    It is below ``CONNLINT_CACHE_DIR``, else below the user's cache folder. ``None`` when there is
    neither: an account without a home.
    """
    try:
        folder = _cache_folder()
    except RuntimeError:
        return None
    real = os.path.realpath(root)
    return folder / f"{Path(real).name}-{hashed(os.fsencode(real)).hex()}"


def hashed(data: bytes) -> bytes:
    """The hash by which the cache knows ``data``."""
    return blake2b(data, digest_size=HASH_SIZE).digest()


def hashed_file(path: str, data: bytes) -> bytes:
    """The hash of a file's content; what is read as SQL differs from Python of the same bytes."""
    return hashed(b"sql\0" + data if is_sql(path) else data)


def is_sql(path: str) -> bool:
    """Whether a file is read as SQL, by its name."""
    return path.endswith(".sql")


def hashed_problem(message: str) -> bytes:
    """What stands for the hash of a file's content when ``message`` says why there is none."""
    return hashed(b"\0" + message.encode("utf-8", "surrogateescape"))


def write_cached(path: Path, data: bytes) -> Problem | None:
    """Make ``data`` the content of the cache file ``path``, as a whole or not at all.

    A failure is worth a note, never the run: it comes back as the problem to report.
    """
    from connlint.writing import write_atomically

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path.parent)
        write_atomically(path, data)
    except OSError as error:
        return Problem(f"nothing is cached: can't write to {path.parent}: {error.strerror}")
    return None


def _cache_folder() -> Path:
    if chosen := os.environ.get(_VARIABLE):
        return Path(chosen).absolute()
    if sys.platform == "linux":
        # What platformdirs would say, without the time that importing it takes in every run.
        base = Path(os.environ.get("XDG_CACHE_HOME", ""))
        folder = (base if base.is_absolute() else Path.home() / ".cache") / "connlint"
    else:
        from platformdirs import user_cache_path

        folder = user_cache_path("connlint", appauthor=False)
    return folder


def _remove_abandoned(folder: Path) -> None:
    """Remove the unfinished files of runs that were killed while they wrote."""
    oldest = time.time() - _ABANDONED_AFTER_SECONDS
    for unfinished in folder.glob(".*"):
        with suppress(OSError):
            if unfinished.stat().st_mtime < oldest:
                unfinished.unlink()
