"""A name that a scope calls in, whether it certainly means something else than a project's function
or method of that name out."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model.flows import last_name
from connlint.model.names import Module
from connlint.model.program import Program

BUILT_IN = frozenset({
    "get", "items", "keys", "values", "pop", "replace", "format", "decode", "encode", "read",
    "copy", "strip", "split", "join", "index", "count", "find", "lower", "upper", "append",
    "extend", "insert", "sort", "setdefault", "startswith", "endswith", "isoformat",
    "total_seconds", "set", "name", "data",
})  # fmt: skip
"""Methods that strings, dictionaries and lists have: followed only where a class with a relevant
method of that name is mentioned."""


class Namesakes:
    """Answers for one program. ``owners`` maps a method that is called like one of the built-in
    types' to the classes that have a relevant one; ``relevant`` are the names known so far."""

    def __init__(self, program: Program, relevant: set[str]) -> None:
        self._program = program
        self._relevant = relevant
        self.owners: dict[str, set[str]] = {}

    def means_other(self, module: Module, number: int, text: str) -> bool:
        """Whether a called name certainly stands for something outside the project."""
        root, _, rest = text.partition(".")
        scope = module.facts.scopes[number]
        if root == "?":
            if rest == "__init__":
                return not self._extends_relevant(module, scope)
            return rest in BUILT_IN and not self._mentions_owner(module, scope, rest)
        if root in ("self", "cls"):
            return False
        if rest in BUILT_IN and root in scope.binds:
            return not self._mentions_owner(module, scope, rest)
        if scope.kind != "module" and self._is_bound_around(module, number, root):
            return not rest and not self._is_defined_around(module, number, root)
        if root not in module.facts.definitions:
            return not rest and not module.star_imports
        targets = self._program.names.lookup(module.name, root)
        return bool(targets) and all(target.kind == "external" for target in targets)

    def _extends_relevant(self, module: Module, scope: f.Scope) -> bool:
        """Whether a method's class derives from one whose construction is worth evaluating."""
        owner = module.facts.scopes[scope.parent]
        return any(last_name(base) in self._relevant for base in owner.bases)

    def _mentions_owner(self, module: Module, scope: f.Scope, method: str) -> bool:
        """Whether a scope mentions a class that has a relevant method of this name."""
        owners = frozenset(self.owners.get(method, ()))
        if not owners:
            return False
        if any(not owners.isdisjoint(text.split(".")) for text in scope.called):
            return True
        return any(
            param.annotation is not None and mentions(param.annotation, owners)
            for param in scope.params
        )

    def _is_bound_around(self, module: Module, number: int, name: str) -> bool:
        """Whether a function, or one around it, binds a name."""
        scopes = module.facts.scopes
        while number:
            if name in scopes[number].binds and (scopes[number].kind != "class"):
                return True
            number = scopes[number].parent
        return False

    def _is_defined_around(self, module: Module, number: int, name: str) -> bool:
        """Whether a function, or one around it, imports or defines a name."""
        scopes = module.facts.scopes
        while number:
            if any(item.scope == number and item.name == name for item in module.facts.imports):
                return True
            if any(scopes[child].name == name for child in module.children.get(number, ())):
                return True
            number = scopes[number].parent
        return False


def mentions(annotation: f.Expr, names: frozenset[str]) -> bool:
    """Whether an annotation, or the text of one, mentions one of the names."""
    stack: list[f.Expr] = [annotation]
    while stack:
        node = stack.pop()
        if isinstance(node, f.Name):
            if node.id in names:
                return True
        elif isinstance(node, f.Attr):
            stack.append(node.value)
        elif isinstance(node, f.Index):
            stack.extend((node.value, node.index))
        elif isinstance(node, f.BinOp):
            stack.extend((node.left, node.right))
        elif isinstance(node, f.Seq):
            stack.extend(node.items)
        elif isinstance(node, f.Const) and isinstance(node.value, str):
            text = node.value
            if any(name in text for name in names):
                return True
    return False
