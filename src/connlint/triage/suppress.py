"""Findings and suppression comments in; each finding with the reason why it is silenced out.

A comment silences findings of its codes on its own line, and findings of a statement that begins on
its line; ``ignore-file`` silences them in the whole file. The comments are then findings
themselves where they silence nothing, give no reason or name no rule.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from connlint.facts.types import Directive
from connlint.findings import Finding
from connlint.location import line_of
from connlint.rules.registry import Registry
from connlint.rules.run.suppression_without_reason import SuppressionWithoutReason
from connlint.rules.run.unknown_code_in_suppression import UnknownCodeInSuppression
from connlint.rules.run.unused_suppression import UnusedSuppression
from connlint.triage.own_findings import finding_of

_UNUSED = UnusedSuppression()
_UNEXPLAINED = SuppressionWithoutReason()
_UNKNOWN = UnknownCodeInSuppression()
_ABOUT_COMMENTS = frozenset(rule.code for rule in (_UNUSED, _UNEXPLAINED, _UNKNOWN))


class Sifted(NamedTuple):
    """A finding, and the reason why it is silenced: ``None`` when it is not."""

    finding: Finding
    reason: str | None


class _Comment:
    """One suppression comment with the rules that it names and the codes that it silenced."""

    def __init__(self, path: str, directive: Directive, registry: Registry) -> None:
        self.path = path
        self.directive = directive
        self.line = line_of(directive.at)
        self.codes: dict[str, str] = {}
        self.unknown: list[str] = []
        self.used: set[str] = set()
        for word in directive.codes:
            if rule := registry.find(word):
                self.codes[rule.code] = f"{self.codes.get(rule.code, '')} {word}".lstrip()
            elif directive.kind != "noqa" or word.upper().startswith("DBC"):
                self.unknown.append(word)

    @property
    def silences_everything(self) -> bool:
        return self.directive.kind == "noqa" and not self.directive.codes

    def covers(self, finding: Finding) -> bool:
        """Whether the comment is about ``finding``."""
        if finding.code in _ABOUT_COMMENTS and finding.code not in self.codes:
            return False
        if not self.silences_everything and finding.code not in self.codes:
            return False
        if self.directive.kind == "ignore-file":
            return True
        return self.line in (finding.span.line, finding.statement.line)


def suppress(
    findings: Iterable[Finding],
    directives: Mapping[str, Sequence[Directive]],
    registry: Registry,
    enabled: Container[str],
) -> list[Sifted]:
    """Hold ``findings``, and those about the comments, against the ``directives`` of their files.

    ``enabled`` holds the codes of the rules that ran: a suppression of another rule is never
    called unused.
    """
    comments = {
        path: [_Comment(path, directive, registry) for directive in found]
        for path, found in directives.items()
        if found
    }
    sifted = [_sift(finding, comments) for finding in findings]
    about = [
        finding
        for found in comments.values()
        for comment in found
        for finding in _about(comment, registry, enabled)
    ]
    return sifted + [_sift(finding, comments) for finding in about]


def _sift(finding: Finding, comments: Mapping[str, list[_Comment]]) -> Sifted:
    covering = [comment for comment in comments.get(finding.path, ()) if comment.covers(finding)]
    for comment in covering:
        comment.used.add(finding.code)
    reasons = dict.fromkeys(c.directive.reason for c in covering if c.directive.reason)
    return Sifted(finding, "; ".join(reasons) if covering else None)


def _about(comment: _Comment, registry: Registry, enabled: Container[str]) -> Iterator[Finding]:
    """The findings about the comment itself."""
    path, directive = comment.path, comment.directive
    codes = {code: word for code, word in comment.codes.items() if code not in _ABOUT_COMMENTS}
    unused = {
        code: word for code, word in codes.items() if code in enabled and code not in comment.used
    }
    if unused and _UNUSED.code in enabled:
        yield finding_of(_UNUSED, _UNUSED.unused(path, directive, unused))
    if codes and not directive.reason and _UNEXPLAINED.code in enabled:
        yield finding_of(_UNEXPLAINED, _UNEXPLAINED.unexplained(path, directive, list(codes)))
    if _UNKNOWN.code in enabled:
        if directive.kind == "malformed":
            yield finding_of(_UNKNOWN, _UNKNOWN.malformed(path, directive))
        for word in comment.unknown:
            nearest = registry.nearest(word)
            yield finding_of(_UNKNOWN, _UNKNOWN.unknown(path, directive, word, nearest))
