"""Tornado: request and WebSocket handlers, and callbacks of its loop."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, each, gives, handlers, same
from connlint.model.catalog.types import Base, EntryKind, Function, Library, Registrar, Type

_HANDLER = "tornado.web.RequestHandler"
_WEBSOCKET = "tornado.websocket.WebSocketHandler"
_LOOP = "tornado.ioloop.IOLoop"
_PERIODIC = "tornado.ioloop.PeriodicCallback"

_REQUEST: dict[str, EntryKind] = {
    **handlers("get post put patch delete head options", "route"),
    **handlers("prepare on_finish get_current_user", "request-hook"),
}
_LATER = ("add_callback", 0), ("spawn_callback", 0), ("call_later", 1), ("call_at", 1)

LIBRARY = Library(
    name="Tornado",
    packages=("tornado",),
    types=(
        Type(_HANDLER, methods=same("write finish render redirect", NOTHING)),
        Type("tornado.web.StaticFileHandler", bases=(_HANDLER,)),
        Type(_WEBSOCKET, bases=(_HANDLER,)),
        Type(
            _LOOP,
            methods={
                **same("current instance", gives(_LOOP)),
                **same("start stop run_sync add_callback spawn_callback", NOTHING),
            },
        ),
        Type(_PERIODIC, methods=same("start stop", NOTHING)),
        *(Type(name) for name in each("tornado.httpclient", "AsyncHTTPClient HTTPClient")),
    ),
    functions=(
        Function(f"{_LOOP}.current", _LOOP),
        Function(f"{_LOOP}.instance", _LOOP),
    ),
    registrars=(
        Registrar(_PERIODIC, "scheduled-job", 0, "callback", label=None, decorates=False),
        *(
            Registrar(f"{_LOOP}.{name}", "task", at, "callback", label=None, decorates=False)
            for name, at in _LATER
        ),
    ),
    bases=(
        Base(_HANDLER, _REQUEST),
        Base(
            _WEBSOCKET,
            {
                "open": "websocket",
                **handlers("on_message on_ping on_pong on_close", "socket-event"),
            },
        ),
    ),
    slow=("tornado.gen.sleep",),
    spawns=tuple(f"{_LOOP}.{name}" for name, _ in _LATER),
    offloads=(f"{_LOOP}.run_in_executor",),
)
