"""Stores, connection configuration and every finding in, the last chapters as Markdown out."""

from __future__ import annotations

from collections.abc import Iterator

from connlint.audit.stores import ACTIONS, PHASES, Store, Use
from connlint.audit.wording import entry_title, listed
from connlint.findings import Finding
from connlint.report.audit_view import AuditView, mark
from connlint.report.edits_text import unified
from connlint.report.markdown_text import code, escape, fenced, prose, table

_MOST_LINES = 8
_MOST_USES = 4
_ANSWERS = {"yes": mark("keep"), "no": mark("fix"), "unknown": mark("review")}


def stores(view: AuditView) -> str:
    """Which of create, read, update and delete go to memory and which to the database."""
    if not view.tables.stores:
        return ""
    parts = ["## Store migrations\n"]
    for store in view.tables.stores:
        where = code(f"{store.path}:{store.line}")
        title = f"### {escape(store.name)} ({where}): {store.phase}\n"
        rows = ([each.capitalize(), *_sides(store, each)] for each in ACTIONS)
        held = "Cache" if store.is_cache else "Memory"
        if store.container:
            held = f"{held} ({code(store.container)})"
        parts.append(title)
        parts.append(f"{phases(store)}\n")
        parts.append(table(["Operation", held, "Database", "State"], rows))
        parts.append("".join(f"- {mark('move')} {prose(each)}\n" for each in left_to_do(store)))
    return "\n".join(part for part in parts if part)


def _sides(store: Store, action: str) -> list[str]:
    kind = next(each for each in ACTIONS if each == action)
    memory, database = store.memory[kind], store.database[kind]
    if memory and not database:
        state = f"{mark('fix')} {'cache' if store.is_cache else 'memory'} only"
    elif memory:
        state = f"{mark('move')} both"
    else:
        state = f"{mark('keep')} database" if database else "-"
    return [_methods(store, memory), _methods(store, database), state]


def _methods(store: Store, uses: tuple[Use, ...]) -> str:
    """Functions with their lines; those of other files with the file, and only the first few."""
    shown = [
        f"{code(f'{use.method}()')}:{use.line}"
        if use.path == store.path
        else f"{code(f'{use.method}()')} in {code(f'{use.path}:{use.line}')}"
        for use in uses[:_MOST_USES]
    ]
    if len(uses) > _MOST_USES:
        shown.append(f"{len(uses) - _MOST_USES} more")
    return ", ".join(shown) or "-"


def phases(store: Store) -> str:
    """How far the move has come: what is done, where it stands, what is to come."""
    now = PHASES.index(store.phase)
    is_finished = now == len(PHASES) - 1
    words = []
    for number, phase in enumerate(PHASES):
        if number < now or is_finished:
            state = f"{mark('keep')} done"
        else:
            state = "\N{HOURGLASS WITH FLOWING SAND} in progress" if number == now else "to come"
        words.append(f"Phase {number + 1}, {phase}: {state}")
    return "; ".join(words) + "."


def left_to_do(store: Store) -> Iterator[str]:
    """What is still to be done."""
    for action in store.missing:
        names = listed(f"`{use.method}()`" for use in store.memory[action])
        yield f"{action.capitalize()} never reaches the database: {names}"
    if store.uncalled:
        names = listed(f"`{name}()`" for name in store.uncalled)
        verb = "is" if len(store.uncalled) == 1 else "are"
        yield f"{names} {verb} there but never called"


def configuration(view: AuditView) -> str:
    """Each engine, pool, connection and URL, held against the standard."""
    if not view.tables.configuration:
        return ""
    parts = ["## Connection configuration\n"]
    for row in view.tables.configuration:
        codes = f" ({', '.join(row.codes)})" if row.codes else ""
        parts.append(f"{code(f'{row.path}:{row.line}')}: {code(row.what)}{codes}\n")
        if row.checks:
            rows = (
                [
                    escape(check.setting),
                    prose(check.found) if "`" in check.found else code(check.found),
                    code(check.wanted) if check.wanted else "-",
                    _ANSWERS[check.complies] if check.wanted else "-",
                ]
                for check in row.checks
            )
            parts.append(table(["Setting", "Found", "Standard", "Complies"], rows))
    return "\n".join(parts)


def appendix(view: AuditView) -> str:
    """Every finding with excerpt, call chain and proposed diff."""
    if not view.tables.findings:
        return ""
    parts = ["## Appendix: every finding\n"]
    for number, finding in enumerate(view.tables.findings, start=1):
        parts.append(_finding(view, number, finding))
    return "\n".join(parts)


def _finding(view: AuditView, number: int, finding: Finding) -> str:
    place = code(f"{finding.path}:{finding.span.line}")
    lines = [
        f"### {number}. {finding.code} {finding.name} ({place})\n",
        f"{escape(finding.message)} ({finding.severity}, {finding.priority})\n",
    ]
    changes = view.tables.changes
    if changes is not None and finding.fingerprint in changes.regressed:
        lines.append("Regressed: this place was in order before.\n")
    elif changes is not None and finding.fingerprint in changes.new:
        lines.append("New since the earlier audit.\n")
    source = view.source(finding.path)
    first, last = finding.statement.line, finding.statement.end_line
    excerpt = list(source[first - 1 : min(last, first + _MOST_LINES - 1)])
    if any(line.strip() for line in excerpt):
        lines.append(f"{fenced(excerpt)}\n")
    if finding.entry_point:
        entry = finding.entry_point
        lines.append(f"Entry point: {escape(entry_title(entry.kind, entry.name))}\n")
    if finding.trace:
        lines.append(
            "".join(
                f"{index}. {code(f'{step.path}:{step.line}')} {escape(step.note)}\n"
                for index, step in enumerate(finding.trace, start=1)
            )
        )
    fix = view.fixes.get(finding.fingerprint)
    if fix is not None and (diff := unified(fix, source, finding.path)):
        lines.append(f"Proposed ({fix.safety}): {escape(fix.title)}\n")
        lines.append(f"{fenced(diff, 'diff')}\n")
    elif refusal := view.refusal(finding):
        lines.append(f"{escape(refusal)}\n")
    return "\n".join(lines)
