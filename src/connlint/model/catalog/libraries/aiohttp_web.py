"""aiohttp's server side: routes, middlewares and WebSockets."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, each, handlers, routes, same, spelled
from connlint.model.catalog.types import Base, Context, Library, ReceiveCall, Registrar, Type

_TABLE = "aiohttp.web.RouteTableDef"
_ROUTER = "aiohttp.web.UrlDispatcher"
_APP = "aiohttp.web.Application"
_WEBSOCKET = "aiohttp.web.WebSocketResponse"
_CLIENT_WEBSOCKET = "aiohttp.ClientWebSocketResponse"
_VERBS = "get post put patch delete head"
_RECEIVE = "receive receive_str receive_bytes receive_json"


def _added(target: str, verb: str) -> Registrar:
    return Registrar(target, "route", 1, "handler", methods=(verb.upper(),), decorates=False)


LIBRARY = Library(
    name="aiohttp.web",
    packages=("aiohttp",),
    aliases={
        **spelled("aiohttp.web", {"aiohttp.web_app": "Application"}),
        **spelled("aiohttp.web", {"aiohttp.web_routedef": f"RouteTableDef route {_VERBS}"}),
        **spelled("aiohttp.web", {"aiohttp.web_ws": "WebSocketResponse"}),
        **spelled("aiohttp.web", {"aiohttp.web_urldispatcher": "UrlDispatcher View"}),
        **spelled("aiohttp.web", {"aiohttp.web_middlewares": "middleware"}),
    },
    types=(
        Type(_TABLE),
        Type(_ROUTER),
        Type(_APP, attributes={"router": _ROUTER}),
        Type(
            _WEBSOCKET,
            is_async=True,
            methods=same(f"{_RECEIVE} send_str send_json close prepare", ASYNC_NOTHING),
        ),
        Type(
            _CLIENT_WEBSOCKET,
            is_async=True,
            methods=same(f"{_RECEIVE} send_str send_json close", ASYNC_NOTHING),
            contexts=(Context(is_async=True),),
        ),
        Type("aiohttp.web.View"),
    ),
    registrars=(
        *routes(_TABLE, _VERBS),
        Registrar(f"{_TABLE}.route", "route", label=1, calls=False),
        Registrar(f"{_TABLE}.view", "route", calls=False),
        *(_added(f"{_ROUTER}.add_{verb}", verb) for verb in _VERBS.split()),
        *(_added(f"aiohttp.web.{verb}", verb) for verb in _VERBS.split()),
        Registrar("aiohttp.web.route", "route", 2, "handler", label=1, decorates=False),
        Registrar(f"{_ROUTER}.add_route", "route", 2, "handler", label=1, decorates=False),
        Registrar("aiohttp.web.middleware", "middleware", label=None, calls=False),
    ),
    bases=(Base("aiohttp.web.View", handlers(f"{_VERBS} options", "route")),),
    receives=(
        *(ReceiveCall(name, "socket-event") for name in each(_WEBSOCKET, _RECEIVE)),
        ReceiveCall(_WEBSOCKET, "socket-event", iterates=True),
        *(ReceiveCall(name, "socket-event") for name in each(_CLIENT_WEBSOCKET, _RECEIVE)),
        ReceiveCall(_CLIENT_WEBSOCKET, "socket-event", iterates=True),
    ),
)
