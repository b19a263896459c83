"""HTTP clients and servers of other services: calls that wait on the network."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, NOTHING, each, same, spelled
from connlint.model.catalog.types import Context, Function, Library, Method, Type

_VERBS = "get post put patch delete head options"
_ALL = f"{_VERBS} request"

_REQUESTS = "requests.Session"
_HTTPX = "httpx.Client"
_ASYNC_HTTPX = "httpx.AsyncClient"
_AIOHTTP = "aiohttp.ClientSession"
_URLLIB3 = "urllib3.PoolManager"

LIBRARY = Library(
    name="HTTP clients",
    packages=("requests", "httpx", "aiohttp", "urllib", "urllib3", "http"),
    aliases={
        **spelled(
            "requests",
            {
                "requests.sessions": "Session",
                "requests.api": _ALL,
            },
        ),
        **spelled("aiohttp", {"aiohttp.client": "ClientSession request"}),
        **spelled("urllib3", {"urllib3.poolmanager": "PoolManager"}),
    },
    types=(
        Type(_REQUESTS, methods=same(f"{_ALL} send close", NOTHING), contexts=(Context(),)),
        Type(_HTTPX, methods=same(f"{_ALL} send stream close", NOTHING), contexts=(Context(),)),
        Type(
            _ASYNC_HTTPX,
            is_async=True,
            methods={**same(f"{_ALL} send aclose", ASYNC_NOTHING), "stream": NOTHING},
            contexts=(Context(is_async=True),),
        ),
        Type(
            _AIOHTTP,
            is_async=True,
            methods={
                **same(f"{_ALL} ws_connect", Method(is_startable=True)),
                "close": ASYNC_NOTHING,
            },
            contexts=(Context(is_async=True),),
        ),
        Type(_URLLIB3, methods=same("request urlopen", NOTHING), contexts=(Context(),)),
        *(Type(f"http.client.{name}") for name in ("HTTPConnection", "HTTPSConnection")),
    ),
    functions=(
        Function("aiohttp.request", is_startable=True),
        Function("requests.session", _REQUESTS),
    ),
    slow=(
        *each("requests", _ALL),
        *each(_REQUESTS, f"{_ALL} send"),
        *each("httpx", f"{_ALL} stream"),
        *each(_HTTPX, f"{_ALL} send stream"),
        *each(_ASYNC_HTTPX, f"{_ALL} send stream"),
        "aiohttp.request",
        *each(_AIOHTTP, f"{_ALL} ws_connect"),
        *each("urllib.request", "urlopen urlretrieve"),
        "urllib3.request",
        *each(_URLLIB3, "request urlopen"),
        *each("http.client", "HTTPConnection.request HTTPConnection.getresponse"),
        *each("http.client", "HTTPSConnection.request HTTPSConnection.getresponse"),
        *each("tornado.httpclient", "AsyncHTTPClient.fetch HTTPClient.fetch"),
    ),
)
