"""A small stand-in for the analysis: finds forbidden factories as DBC101 and DBC102 do."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connlint.findings import Finding, FixIntent
from connlint.fix.apply import plan_and_apply
from connlint.fix.outcome import FixOptions, FixOutcome, FixTarget
from connlint.location import Span
from connlint.source import CharacterColumns, decode

FORBIDDEN = ("app.db.SessionLocal",)
SYNC = {
    "provider": "app.db.get_session",
    "provider_shape": "context-manager",
    "provider_async": "no",
    "provider_commits": "no",
    "factory_async": "no",
}
COMMITTING = {**SYNC, "provider_commits": "yes"}
ASYNC = {
    **SYNC,
    "provider_shape": "async-context-manager",
    "provider_async": "yes",
    "factory_async": "yes",
}
COMMITTING_ASYNC = {**ASYNC, "provider_commits": "yes"}


@dataclass(frozen=True)
class Result:
    """What a file became, and why what is left of it is."""

    text: str
    outcome: FixOutcome

    @property
    def reasons(self) -> list[str]:
        return [each.reason for each in (*self.outcome.refused, *self.outcome.left)]


def fix(
    folder: Path,
    source: str,
    data: dict[str, str] | None = None,
    *,
    unsafe: bool = False,
    path: str = "app/service.py",
    forbidden: tuple[str, ...] = FORBIDDEN,
) -> Result:
    """Fix one file below ``folder``."""
    analyser = Analyser({path: source.encode()}, forbidden, data or SYNC)
    targets = analyser.targets(folder)
    findings = analyser({})
    outcome = plan_and_apply(findings, targets, FixOptions(folder, unsafe=unsafe), analyser)
    told = len(outcome.fixed) + len(outcome.refused) + len(outcome.left)
    assert told == len(findings), "each finding is told about once"
    assert not [each for each in (*outcome.refused, *outcome.left) if "failed" in each.reason]
    return Result((folder / path).read_bytes().decode(), outcome)


@dataclass
class Analyser:
    """Files by path, forbidden names, the data of the intents, and paths that are skipped."""

    files: dict[str, bytes]
    forbidden: tuple[str, ...]
    data: dict[str, str]
    owners: tuple[str, ...] = ()
    seen: list[dict[str, bytes]] = field(default_factory=list)

    def __call__(self, changes: Mapping[str, bytes]) -> list[Finding]:
        self.seen.append(dict(changes))
        found: list[Finding] = []
        for path, content in {**self.files, **changes}.items():
            if path not in self.owners:
                found += _File(path, content, self).findings()
        return sorted(found, key=lambda finding: finding.sort_key)

    def targets(self, root: Path) -> dict[str, FixTarget]:
        """Write the files below ``root`` and say where they are."""
        for path, content in self.files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return {
            path: FixTarget(
                path, root / path, content, module_of(path), path.endswith("__init__.py")
            )
            for path, content in self.files.items()
        }


def module_of(path: str) -> str:
    """The dotted name of the module at ``path``."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class _File(ast.NodeVisitor):
    def __init__(self, path: str, content: bytes, analyser: Analyser) -> None:
        self.path, self.analyser = path, analyser
        text = decode(content).text
        self.columns = CharacterColumns(text)
        self.tree = ast.parse(text)
        self.symbol = [module_of(path)]
        self.names: dict[str, str] = {}
        self.found: list[Finding] = []

    def findings(self) -> list[Finding]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._learn(node)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                target = self._target(node.value)
                if target in self.analyser.forbidden and node.targets[0].id not in self.names:
                    self.names[node.targets[0].id] = target
        self.visit(self.tree)
        return self.found

    def _learn(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                self.names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
            else:
                self.names[alias.asname or alias.name] = f"{self._module(node)}.{alias.name}"

    def _module(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = module_of(self.path).split(".")
        if not self.path.endswith("__init__.py"):
            package.pop()
        base = package[: len(package) - node.level + 1]
        return ".".join([*base, *filter(None, [node.module])])

    def _target(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.IfExp):
            return self._target(node.body)
        if isinstance(node, ast.Attribute):
            if node.attr == "begin":
                return self._target(node.value)
            base = self._target(node.value)
            return f"{base}.{node.attr}" if base else None
        return None

    def _scoped(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.symbol.append(node.name)
        self.generic_visit(node)
        self.symbol.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _scoped  # noqa: N815

    def visit_Call(self, node: ast.Call) -> None:
        target = self._target(node.func)
        if target in self.analyser.forbidden:
            self._report("DBC101", node, target, "use-provider", self._arguments(node))
        if isinstance(node.func, ast.Name) and node.func.id == "Depends":
            reference = self._target(node.args[0])
            if reference in self.analyser.forbidden:
                self._report("DBC101", node.args[0], reference, "use-provider", {})
        self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name = f"{self._module(node)}.{alias.name}"
            if name in self.analyser.forbidden:
                self._report("DBC102", alias, name, "import-provider", {})

    def _arguments(self, node: ast.Call) -> dict[str, str]:
        return {"factory_arguments": "yes" if node.args or node.keywords else "no"}

    def _report(
        self, code: str, node: ast.expr | ast.alias, matched: str, kind: str, data: dict[str, str]
    ) -> None:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        span = Span(
            node.lineno,
            self.columns.column(node.lineno, node.col_offset),
            node.end_lineno,
            self.columns.column(node.end_lineno, node.end_col_offset),
        )
        self.found.append(
            Finding(
                code=code,
                name=code.lower(),
                severity="error",
                priority="medium",
                message=f"{matched} is forbidden",
                path=self.path,
                span=span,
                statement=span,
                symbol=".".join(self.symbol),
                matched=matched,
                intent=FixIntent(kind, "safe", "Use the provider", {**self.analyser.data, **data}),
            )
        )
