"""A rule and a standard in; why the rule is off or says less there, with the place of each reason
in the configuration, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connlint.config.keys import dotted, quoted, settings_of
from connlint.config.loading import LoadedStandard
from connlint.config.selection import ActiveRules, RuleInfo, named_codes, severity_of, strength
from connlint.config.standard import Standard
from connlint.findings import Severity


def reasons_off(
    rule: RuleInfo, severity: Severity, needs: Sequence[str], loaded: LoadedStandard
) -> list[str]:
    """Why the rule reports nothing, or less than it could, in the project; empty when it is on.

    ``severity`` is the rule's own; ``needs`` are the settings without any of which it demands
    nothing.
    """
    standard = loaded.standard
    active = ActiveRules([rule], standard, loaded.command_line)
    if rule.code not in active.codes:
        return [_unselected(rule, loaded)]
    reasons = list(_ignored_somewhere(rule, loaded))
    if needs and loaded.declared and not any(_is_set(standard, key) for key in needs):
        reasons.append(f"silent: {' and '.join(needs)} {'are' if needs[1:] else 'is'} not set")
    declared = severity_of(rule, severity, standard.severity)
    if declared != severity:
        about = [selector for selector in standard.severity if strength(selector, rule)]
        selector = max(reversed(about), key=lambda selector: strength(selector, rule))
        place = _origin(loaded, dotted(("severity", selector)))
        reasons.append(f"severity {declared} instead of {severity}{place}")
    return reasons


def _unselected(rule: RuleInfo, loaded: LoadedStandard) -> str:
    standard = loaded.standard
    ignoring = [selector for selector in standard.ignore if strength(selector, rule)]
    if ignoring:
        strongest = max(ignoring, key=lambda selector: strength(selector, rule))
        return f"off: ignore names {quoted(strongest)}{_origin(loaded, 'ignore')}"
    if not any(strength(each, rule) for each in (*standard.select, *standard.extend_select)):
        chosen = ", ".join(map(quoted, standard.select))
        return f"off: select names {chosen} alone{_origin(loaded, 'select')}"
    return f'off by default: extend-select = ["{rule.code}"] turns it on'


def _ignored_somewhere(rule: RuleInfo, loaded: LoadedStandard) -> Iterator[str]:
    for pattern, selectors in loaded.standard.per_file_ignores.items():
        if rule.code in named_codes([rule], selectors):
            place = _origin(loaded, dotted(("per-file-ignores", pattern)))
            yield f"off in {pattern}: per-file-ignores{place}"


def _is_set(standard: Standard, key: str) -> bool:
    return any(
        bool(value)
        for path, value in settings_of(standard)
        if dotted(path) == key or dotted(path).startswith(f"{key}.")
    )


def _origin(loaded: LoadedStandard, key: str) -> str:
    origin = loaded.origins.get(key, "")
    return f" ({origin})" if origin and origin != "default" else ""
