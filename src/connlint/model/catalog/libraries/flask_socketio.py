"""Flask-SocketIO: event handlers and background tasks."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, same
from connlint.model.catalog.types import Base, Library, Registrar, Type

_SERVER = "flask_socketio.SocketIO"
_NAMESPACE = "flask_socketio.Namespace"

LIBRARY = Library(
    name="Flask-SocketIO",
    packages=("flask_socketio",),
    aliases={"flask_socketio.namespace.Namespace": _NAMESPACE},
    types=(
        Type(
            _SERVER,
            methods=same("emit send call close_room sleep stop run init_app test_client", NOTHING),
        ),
        Type(_NAMESPACE, bases=("socketio.Namespace",)),
    ),
    registrars=(
        Registrar(f"{_SERVER}.on", "socket-event", calls=False),
        # Without arguments the handler's own name is the event's.
        Registrar(f"{_SERVER}.event", "socket-event", label=None, calls=False),
        Registrar(f"{_SERVER}.on_event", "socket-event", 1, "handler", decorates=False),
        Registrar(
            f"{_SERVER}.start_background_task", "task", 0, "target", label=None, decorates=False
        ),
    ),
    bases=(Base(_NAMESPACE, {"on_*": "socket-event"}),),
    slow=(f"{_SERVER}.sleep",),
    spawns=(f"{_SERVER}.start_background_task",),
)
