"""click and Typer: commands of a command line."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, gives, same, spelled
from connlint.model.catalog.types import Function, Library, Registrar, Type

_GROUP = "click.Group"
_TYPER = "typer.Typer"

LIBRARY = Library(
    name="click and Typer",
    packages=("click", "typer"),
    aliases={
        **spelled("click", {"click.core": "Group Command", "click.decorators": "command group"}),
        **spelled("typer", {"typer.main": "Typer run"}),
    },
    types=(
        Type("click.Command", methods={"main": NOTHING}),
        Type(
            _GROUP,
            bases=("click.Command",),
            methods={
                "command": gives("click.Command"),
                "group": gives(_GROUP),
                **same("add_command result_callback", NOTHING),
            },
        ),
        Type(_TYPER, methods=same("command callback add_typer", NOTHING)),
    ),
    functions=(Function("click.command", "click.Command"), Function("click.group", _GROUP)),
    registrars=(
        *(
            Registrar(target, "cli", calls=False)
            for target in ("click.command", "click.group", f"{_GROUP}.command", f"{_GROUP}.group")
        ),
        Registrar(f"{_TYPER}.command", "cli", calls=False),
        Registrar(f"{_TYPER}.callback", "cli", label=None, calls=False),
        Registrar("typer.run", "cli", label=None, decorates=False),
    ),
)
