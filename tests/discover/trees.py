"""Folders to look into, written from a table: relative paths in, files out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from connlint.discover.walk import find_files


def grow(root: Path, tree: Mapping[str, str]) -> None:
    """Write each text of ``tree`` to its path below ``root``."""
    for relative, text in tree.items():
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def found(root: Path, *paths: Path, exclude: tuple[str, ...] = ()) -> list[str]:
    """The relative paths of what is found at ``paths``, or at ``root`` when there are none."""
    return [file.relative for file in find_files(root, paths or [root], exclude).files]
