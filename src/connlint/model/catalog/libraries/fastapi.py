"""FastAPI, on top of what Starlette's file says: route decorators, dependencies, routers."""

from __future__ import annotations

from connlint.model.catalog.libraries.starlette import APPLICATION, ROUTER, WEBSOCKET
from connlint.model.catalog.notation import NOTHING, routes, same, spelled
from connlint.model.catalog.types import Function, Library, Registrar, Type

_APP = "fastapi.FastAPI"
_ROUTER = "fastapi.APIRouter"
_TASKS = "fastapi.BackgroundTasks"
_VERBS = "get post put patch delete head options trace"


def _registrars(type_name: str) -> tuple[Registrar, ...]:
    return (
        *routes(type_name, _VERBS),
        Registrar(f"{type_name}.api_route", "route", calls=False),
        Registrar(f"{type_name}.add_api_route", "route", 1, "endpoint", decorates=False),
        Registrar(f"{type_name}.websocket", "websocket", calls=False),
        Registrar(
            f"{type_name}.add_api_websocket_route", "websocket", 1, "endpoint", decorates=False
        ),
        # `dependencies=[Depends(check)]` runs before every route below.
        Registrar(type_name, "request-hook", "dependencies", label=None, decorates=False),
        Registrar(
            f"{type_name}.include_router",
            "request-hook",
            "dependencies",
            label=None,
            decorates=False,
        ),
    )


LIBRARY = Library(
    name="FastAPI",
    packages=("fastapi",),
    aliases={
        **spelled(
            "fastapi",
            {
                "fastapi.applications": "FastAPI",
                "fastapi.routing": "APIRouter",
                "fastapi.background": "BackgroundTasks",
                "fastapi.param_functions": "Depends Security",
            },
        ),
        "fastapi.WebSocket": WEBSOCKET,
        "fastapi.websockets.WebSocket": WEBSOCKET,
        "fastapi.concurrency.run_in_threadpool": "starlette.concurrency.run_in_threadpool",
        "fastapi.middleware.Middleware": "starlette.middleware.Middleware",
    },
    types=(
        Type(_APP, bases=(APPLICATION,), attributes={"router": _ROUTER}),
        Type(_ROUTER, bases=(ROUTER,)),
        Type(
            _TASKS,
            bases=("starlette.background.BackgroundTasks",),
            methods=same("add_task", NOTHING),
        ),
    ),
    functions=(Function("fastapi.Depends"), Function("fastapi.Security")),
    injects=("fastapi.Depends", "fastapi.Security"),
    registrars=(
        *_registrars(_APP),
        *_registrars(_ROUTER),
        Registrar(_APP, "startup", "lifespan", label=None, decorates=False),
        Registrar(_APP, "startup", "on_startup", label=None, decorates=False),
        Registrar(_APP, "shutdown", "on_shutdown", label=None, decorates=False),
        Registrar(_ROUTER, "startup", "lifespan", label=None, decorates=False),
    ),
)
