"""Starlette: applications, routes, endpoints, middleware, WebSockets and background tasks."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, each, handlers, same, spelled
from connlint.model.catalog.types import Base, Library, Method, ReceiveCall, Registrar, Type

APPLICATION = "starlette.applications.Starlette"
ROUTER = "starlette.routing.Router"
WEBSOCKET = "starlette.websockets.WebSocket"
_BACKGROUND_TASK = "starlette.background.BackgroundTask"
_BACKGROUND_TASKS = "starlette.background.BackgroundTasks"
_AWAITED = Method(is_async=True)


def _routing(type_name: str) -> tuple[Registrar, ...]:
    return (
        Registrar(f"{type_name}.route", "route", calls=False),
        Registrar(f"{type_name}.add_route", "route", 1, decorates=False),
        Registrar(f"{type_name}.websocket_route", "websocket", calls=False),
        Registrar(f"{type_name}.add_websocket_route", "websocket", 1, decorates=False),
        Registrar(f"{type_name}.on_event", "startup", calls=False),
        Registrar(f"{type_name}.add_event_handler", "startup", 1, "func", decorates=False),
    )


def _lifetime(name: str) -> tuple[Registrar, ...]:
    return (
        Registrar(name, "startup", "lifespan", label=None, decorates=False),
        Registrar(name, "startup", "on_startup", label=None, decorates=False),
        Registrar(name, "shutdown", "on_shutdown", label=None, decorates=False),
    )


LIBRARY = Library(
    name="Starlette",
    packages=("starlette",),
    aliases=spelled("starlette.background", {"starlette.responses": "BackgroundTask"}),
    types=(
        Type(APPLICATION, attributes={"router": ROUTER}),
        Type(ROUTER),
        Type(
            WEBSOCKET,
            methods={
                **same("accept close send send_text send_bytes send_json", _AWAITED),
                **same("receive receive_text receive_bytes receive_json", _AWAITED),
                **same("iter_text iter_bytes iter_json", NOTHING),
            },
        ),
        Type(_BACKGROUND_TASK),
        Type(_BACKGROUND_TASKS, methods={"add_task": NOTHING}),
        *(
            Type(name)
            for name in (
                "starlette.middleware.base.BaseHTTPMiddleware",
                *each("starlette.endpoints", "HTTPEndpoint WebSocketEndpoint"),
            )
        ),
    ),
    registrars=(
        *_routing(APPLICATION),
        *_routing(ROUTER),
        *_lifetime(APPLICATION),
        *_lifetime(ROUTER),
        Registrar(f"{APPLICATION}.middleware", "middleware", label=None, calls=False),
        # Takes the class; with BaseHTTPMiddleware itself, the function it shall dispatch to.
        Registrar(
            f"{APPLICATION}.add_middleware",
            "middleware",
            0,
            "dispatch",
            label=None,
            decorates=False,
        ),
        Registrar(
            "starlette.middleware.Middleware",
            "middleware",
            0,
            "dispatch",
            label=None,
            decorates=False,
        ),
        Registrar("starlette.routing.Route", "route", 1, "endpoint", decorates=False),
        Registrar("starlette.routing.WebSocketRoute", "websocket", 1, "endpoint", decorates=False),
        Registrar(_BACKGROUND_TASK, "task", 0, "func", label=None, decorates=False),
        Registrar(f"{_BACKGROUND_TASKS}.add_task", "task", 0, "func", label=None, decorates=False),
    ),
    bases=(
        Base("starlette.middleware.base.BaseHTTPMiddleware", {"dispatch": "middleware"}),
        Base(
            "starlette.endpoints.HTTPEndpoint",
            handlers("get post put patch delete head options", "route"),
        ),
        Base(
            "starlette.endpoints.WebSocketEndpoint",
            handlers("on_connect on_receive on_disconnect", "socket-event"),
        ),
    ),
    receives=(
        *(
            ReceiveCall(target, "socket-event")
            for target in each(WEBSOCKET, "receive receive_text receive_bytes receive_json")
        ),
        *(
            ReceiveCall(target, "socket-event", iterates=True)
            for target in each(WEBSOCKET, "iter_text iter_bytes iter_json")
        ),
    ),
    spawns=(f"{_BACKGROUND_TASKS}.add_task", _BACKGROUND_TASK),
    offloads=("starlette.concurrency.run_in_threadpool",),
)
