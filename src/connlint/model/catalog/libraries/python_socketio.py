"""python-socketio: event handlers of servers and clients, and class-based namespaces."""

from __future__ import annotations

from connlint.model.catalog.notation import each, spelled
from connlint.model.catalog.types import Base, Library, Registrar, Type

_SIDES = each("socketio", "Server AsyncServer Client AsyncClient")
_NAMESPACES = each("socketio", "Namespace AsyncNamespace ClientNamespace AsyncClientNamespace")

LIBRARY = Library(
    name="python-socketio",
    packages=("socketio",),
    aliases=spelled(
        "socketio",
        {
            "socketio.server": "Server",
            "socketio.async_server": "AsyncServer",
            "socketio.client": "Client",
            "socketio.async_client": "AsyncClient",
            "socketio.namespace": "Namespace ClientNamespace",
            "socketio.async_namespace": "AsyncNamespace AsyncClientNamespace",
        },
    ),
    types=(
        *(Type(name, is_async="Async" in name) for name in _SIDES),
        *(Type(name, is_async="Async" in name) for name in _NAMESPACES),
    ),
    registrars=tuple(
        registrar
        for side in _SIDES
        for registrar in (
            Registrar(f"{side}.on", "socket-event", 1, "handler"),
            Registrar(f"{side}.event", "socket-event", label=None, calls=False),
            Registrar(
                f"{side}.start_background_task", "task", 0, "target", label=None, decorates=False
            ),
        )
    ),
    bases=tuple(Base(name, {"on_*": "socket-event"}) for name in _NAMESPACES),
    slow=tuple(f"{side}.sleep" for side in _SIDES) + each("socketio.Client", "call wait"),
    spawns=tuple(f"{side}.start_background_task" for side in _SIDES),
)
