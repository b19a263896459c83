"""websockets: connections that are read in a loop, on either side."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, NOTHING, each, same, spelled
from connlint.model.catalog.types import Context, Function, Library, ReceiveCall, Registrar, Type

_CLIENT = "websockets.asyncio.client.ClientConnection"
_SERVER = "websockets.asyncio.server.ServerConnection"
_SYNC_CLIENT = "websockets.sync.client.ClientConnection"
_LEGACY = each("websockets.legacy", "client.WebSocketClientProtocol server.WebSocketServerProtocol")
_ASYNC_CONNECTIONS = (_CLIENT, _SERVER, *_LEGACY)
_ASYNC_METHODS = {**same("recv send close ping wait_closed", ASYNC_NOTHING)}

LIBRARY = Library(
    name="websockets",
    packages=("websockets",),
    aliases={
        **spelled("websockets.asyncio.client", {"websockets": "connect ClientConnection"}),
        **spelled("websockets.asyncio.server", {"websockets": "serve ServerConnection"}),
        # Until 14.
        **spelled("websockets.legacy.client", {"websockets": "WebSocketClientProtocol"}),
        **spelled("websockets.legacy.server", {"websockets": "WebSocketServerProtocol"}),
    },
    types=(
        *(
            Type(
                name,
                is_async=True,
                methods=_ASYNC_METHODS,
                contexts=(Context(is_async=True),),
            )
            for name in (_CLIENT, _SERVER)
        ),
        *(Type(name, is_async=True, methods=_ASYNC_METHODS) for name in _LEGACY),
        Type(_SYNC_CLIENT, methods=same("recv send close", NOTHING), contexts=(Context(),)),
    ),
    functions=(
        Function("websockets.asyncio.client.connect", _CLIENT, is_startable=True),
        Function("websockets.sync.client.connect", _SYNC_CLIENT),
    ),
    registrars=(
        Registrar(
            "websockets.asyncio.server.serve",
            "websocket",
            label=None,
            decorates=False,
            gives=_SERVER,
        ),
    ),
    receives=(
        *(
            ReceiveCall(f"{name}.recv", "socket-event")
            for name in (*_ASYNC_CONNECTIONS, _SYNC_CLIENT)
        ),
        *(
            ReceiveCall(name, "socket-event", iterates=True)
            for name in (*_ASYNC_CONNECTIONS, _SYNC_CLIENT)
        ),
    ),
    slow=("websockets.asyncio.client.connect", "websockets.sync.client.connect"),
)
