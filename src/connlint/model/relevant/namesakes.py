"""A name that a scope calls in, whether it certainly means something else than a project's function
or method of that name out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model.name_parts import source_name
from connlint.model.names import Module
from connlint.model.program import Program

_WORD = re.compile(r"\w+")
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
        self._settled: dict[tuple[str, int, str], bool] = {}
        self._words: dict[tuple[str, int], frozenset[str]] = {}

    def means_other(self, module: Module, number: int, text: str) -> bool:
        """Whether a called name certainly stands for something outside the project.

        As more becomes relevant that can only change from yes to no, so a no is kept.
        """
        key = (module.name, number, text)
        known = self._settled.get(key)
        if known is None:
            known = self._means_other(module, number, text)
            if not known or not self._may_change(text):
                self._settled[key] = known
        return known

    def _may_change(self, text: str) -> bool:
        """Whether what a name means is judged by what is relevant so far."""
        root, _, rest = text.partition(".")
        return root == "?" or rest in BUILT_IN

    def _means_other(self, module: Module, number: int, text: str) -> bool:
        root, _, rest = text.partition(".")
        scope = module.facts.scopes[number]
        if root == "?":
            if rest == "__init__":
                return not self._extends_relevant(module, scope)
            return rest in BUILT_IN and not self._mentions_owner(module, number, rest)
        if root in ("self", "cls"):
            return False
        if rest in BUILT_IN and root in scope.binds:
            return not self._mentions_owner(module, number, rest)
        if scope.kind != "module" and self._is_bound_around(module, number, root):
            return not rest and not self._is_defined_around(module, number, root)
        if root not in module.facts.definitions:
            return not rest and not module.star_imports
        targets = self._program.names.lookup(module.name, root)
        return bool(targets) and all(target.kind == "external" for target in targets)

    def _extends_relevant(self, module: Module, scope: f.Scope) -> bool:
        """Whether a method's class derives from one whose construction is worth evaluating."""
        owner = module.facts.scopes[scope.parent]
        return any(source_name(base) in self._relevant for base in owner.bases)

    def _mentions_owner(self, module: Module, number: int, method: str) -> bool:
        """Whether a scope mentions a class that has a relevant method of this name."""
        owners = self.owners.get(method)
        return owners is not None and not owners.isdisjoint(self._words_of(module, number))

    def _words_of(self, module: Module, number: int) -> frozenset[str]:
        """The names that a scope calls, and those in the annotations of its parameters."""
        key = (module.name, number)
        words = self._words.get(key)
        if words is None:
            scope = module.facts.scopes[number]
            found = {part for text in scope.called for part in text.split(".")}
            for param in scope.params:
                if param.annotation is not None:
                    found.update(annotation_words(param.annotation))
            words = self._words[key] = frozenset(found)
        return words

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


def annotation_words(annotation: f.Expr) -> Iterator[str]:
    """The names in an annotation, or in the text of one."""
    stack: list[f.Expr] = [annotation]
    while stack:
        node = stack.pop()
        if isinstance(node, f.Name):
            yield node.id
        elif isinstance(node, f.Attr):
            stack.append(node.value)
        elif isinstance(node, f.Index):
            stack.extend((node.value, node.index))
        elif isinstance(node, f.BinOp):
            stack.extend((node.left, node.right))
        elif isinstance(node, f.Seq):
            stack.extend(node.items)
        elif isinstance(node, f.Const) and isinstance(node.value, str):
            yield from _WORD.findall(node.value)
