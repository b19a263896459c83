"""blinker: receivers connected to a signal run whenever it is sent."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, gives, same, spelled
from connlint.model.catalog.types import Function, Library, Registrar, Type

_SIGNAL = "blinker.Signal"

LIBRARY = Library(
    name="blinker",
    packages=("blinker",),
    aliases=spelled("blinker", {"blinker.base": "Signal NamedSignal Namespace signal"}),
    types=(
        Type(_SIGNAL, methods=same("send connect disconnect", NOTHING)),
        Type("blinker.NamedSignal", bases=(_SIGNAL,)),
        Type("blinker.Namespace", methods={"signal": gives("blinker.NamedSignal")}),
    ),
    functions=(Function("blinker.signal", "blinker.NamedSignal"),),
    registrars=(
        Registrar(f"{_SIGNAL}.connect", "signal", label=None),
        Registrar(f"{_SIGNAL}.connect_via", "signal", label=None, calls=False),
    ),
)
