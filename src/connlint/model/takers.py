"""A name of a module in, whether another file takes it from there out."""

from __future__ import annotations

from connlint.model.names import Module
from connlint.model.program import Program


def is_taken(program: Program, module: Module, name: str) -> bool:
    """Whether something may need ``name`` as an attribute of ``module``.

    That is an entry of ``__all__``, an import elsewhere, also by a star, a file that imports the
    module itself and has the name in it, and a string that names the two, as tests do to patch.
    """
    if name in (module.facts.exports or ()):
        return True
    wanted = name.encode()
    spelled = f"{module.dotted.rpartition('.')[2]}.{name}".encode()
    for other in program.modules.values():
        if other is module:
            continue
        taken, has_module = _imports_of(program, other, module)
        if taken & {name, "*"}:
            return True
        if any(spelled in body or (has_module and wanted in body) for body in other.facts.bodies):
            return True
    return False


def _imports_of(program: Program, other: Module, module: Module) -> tuple[set[str], bool]:
    """The names that ``other`` imports from ``module``, and whether it imports the module."""
    importable = program.names.modules
    taken: set[str] = set()
    has_module = False
    for item in other.facts.imports:
        source = other.imported_from(item)
        if item.attr is None:
            # ``import a`` reaches ``a.b`` when anything else imports that.
            has_module |= f"{module.dotted}.".startswith(f"{source.partition('.')[0]}.")
        elif importable.get(source) is module:
            taken.add(item.attr)
        elif importable.get(f"{source}.{item.attr}") is module:
            has_module = True
    return taken, has_module
