"""An audit as one Markdown document, chapter by chapter."""

from __future__ import annotations

from collections import Counter

from connlint.audit.wording import counted
from connlint.config.render import toml_value
from connlint.report.audit_appendix_markdown import appendix, configuration, stores
from connlint.report.audit_changes_markdown import changes
from connlint.report.audit_files_markdown import classification, inventory
from connlint.report.audit_flows_markdown import concise_list, flows
from connlint.report.audit_patterns_markdown import patterns
from connlint.report.audit_plan_markdown import accepted, mixed, plan
from connlint.report.audit_progress_markdown import priorities, progress, remedies
from connlint.report.audit_view import AuditView, action, mark
from connlint.report.markdown_text import code, escape, table


def render(view: AuditView) -> str:
    """The whole document."""
    parts = [
        f"# {escape(view.title)}\n",
        summary(view),
        plan(view),
        changes(view),
        standard(view),
        accepted(view),
        patterns(view),
        flows(view),
        remedies(view),
        concise_list(view),
        inventory(view),
        classification(view),
        mixed(view),
        progress(view),
        priorities(view),
        stores(view),
        configuration(view),
        appendix(view),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def summary(view: AuditView) -> str:
    """The executive summary: what there is, what is wrong, and where."""
    tables = view.tables
    files = view.files
    numbers = (
        f"{counted(len(tables.points), 'connection point')} in {counted(len(files), 'file')}, "
        f"reached from {counted(len(tables.entry_points), 'entry point')}; "
        f"{counted(len(view.verdict.findings), 'finding')}; {view.compliant_files} of "
        f"{counted(len(files), 'file')} keep to the standard.\n"
    )
    parts = [
        "## Executive summary\n",
        numbers,
        table(
            ["Verdict", "Connection points"],
            ([f"{mark(each)} {action(each)}", str(n)] for each, n in tables.by_verdict.items()),
        ),
    ]
    if files:
        parts.append(_by_role(view))
    return "\n".join(parts)


def _by_role(view: AuditView) -> str:
    groups = Counter(row.group for row in view.files)
    broken = Counter(row.group for row in view.files if row.findings)
    findings: Counter[str] = Counter()
    for row in view.files:
        findings[row.group] += row.findings
    rows = (
        [group, str(number), str(number - broken[group]), str(findings[group])]
        for group, number in sorted(groups.items())
    )
    return table(["Part", "Files", "Compliant", "Findings"], rows)


def standard(view: AuditView) -> str:
    """The standard in force and how the audit was made."""
    loaded = view.loaded
    where = loaded.file.name if loaded.file else "none: the standard was worked out from the code"
    parts = [
        "## The standard and the method\n",
        f"Configuration: {escape(where)}\n",
        table(
            ["Setting", "Value", "From"],
            (
                [code(row.key), code(toml_value(row.value)), escape(row.origin)]
                for row in view.settings
            ),
        ),
    ]
    read = counted(view.verdict.files, "Python file")
    parts.append(f"Read: {read}. The code was read, never imported or run.\n")
    parts.append(_method(view))
    if view.skipped:
        parts.append(
            table(["Left out", "Because"], ([code(p), escape(why)] for p, why in view.skipped))
        )
    if view.verdict.problems:
        parts.append(
            "".join(
                f"- {escape(f'{each.path}: {each.message}' if each.path else each.message)}\n"
                for each in view.verdict.problems
            )
        )
    return "\n".join(parts)


def _method(view: AuditView) -> str:
    """How far the analysis could follow the calls."""
    method = view.tables.method
    if not method.calls:
        return ""
    names = ", ".join(f"{code(name)} ({number})" for name, number in method.unknown_names)
    often = f" Most often: {names}." if names else ""
    return (
        f"Followed: {counted(method.functions, 'function')} that may touch the database. Of the "
        f"{counted(method.calls, 'call')} in them {method.to_project} lead to functions of the "
        f"project, {method.to_libraries} to libraries, and {method.unknown} to something that is "
        f"not known, which counts as doing nothing.{often}\n"
    )
