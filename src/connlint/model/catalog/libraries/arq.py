"""arq: worker functions, cron jobs and the worker's own hooks."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, same, spelled
from connlint.model.catalog.types import Function, Library, Registrar, Type

_POOL = "arq.connections.ArqRedis"
_WORKER = "arq.worker.Worker"

LIBRARY = Library(
    name="arq",
    packages=("arq",),
    aliases={
        **spelled("arq.connections", {"arq": "ArqRedis create_pool"}),
        **spelled("arq.worker", {"arq": "Worker func"}),
        "arq.cron.cron": "arq.cron",
    },
    types=(
        Type(_POOL, is_async=True, methods=same("enqueue_job close", ASYNC_NOTHING)),
        Type(_WORKER),
    ),
    functions=(Function("arq.connections.create_pool", _POOL, is_async=True),),
    registrars=(
        Registrar("arq.worker.func", "task", 0, "coroutine", label="name", decorates=False),
        Registrar("arq.cron", "scheduled-job", 0, "coroutine", label="name", decorates=False),
        Registrar(_WORKER, "task", 0, "functions", label=None, decorates=False),
        Registrar(_WORKER, "startup", "on_startup", label=None, decorates=False),
        Registrar(_WORKER, "shutdown", "on_shutdown", label=None, decorates=False),
    ),
    spawns=(f"{_POOL}.enqueue_job",),
)
