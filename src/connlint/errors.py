"""What can go wrong in a way that the user can mend: on the command line, exit code 2."""

from __future__ import annotations


class ConnlintError(Exception):
    """A failure with one clear line for the user (file, key or position, what was expected)."""


class UsageError(ConnlintError):
    """Wrong use of the command line: a missing path, an unknown code, a bad option value."""


class ConfigError(ConnlintError):
    """One or more configuration errors; ``lines`` holds one clear line for each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class RuleLoadError(ConnlintError):
    """A rule or preset that can't be loaded: the gate fails closed."""
