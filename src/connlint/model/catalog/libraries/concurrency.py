"""What starts tasks, threads and processes: asyncio, threading, concurrent.futures, anyio."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, NOTHING, each, same, spelled
from connlint.model.catalog.types import (
    Context,
    EntryKind,
    Function,
    Library,
    Method,
    Registrar,
    Type,
)

_LOOP = "asyncio.AbstractEventLoop"
_GROUP = "asyncio.TaskGroup"
_EXECUTOR = "concurrent.futures.Executor"
_ANYIO_GROUP = "anyio.abc.TaskGroup"
_PROCESS_POOL = "multiprocessing.pool.Pool"


def _starts(target: str, entry: EntryKind, position: int, keyword: str) -> Registrar:
    """A call that takes what to run at ``position`` or as ``keyword``, unnamed."""
    return Registrar(target, entry, position, keyword, label=None, decorates=False)


_LATER = ("call_soon", 0), ("call_soon_threadsafe", 0), ("call_later", 1), ("call_at", 1)
_RUN_ON = each(_EXECUTOR, "submit map")
_POOL_CALLS = each(_PROCESS_POOL, "apply apply_async map map_async imap imap_unordered starmap")

LIBRARY = Library(
    name="Concurrency",
    packages=(
        "anyio",
        "asgiref",
        "asyncio",
        "atexit",
        "concurrent",
        "multiprocessing",
        "queue",
        "signal",
        "threading",
        "time",
    ),
    aliases={
        **spelled(
            "asyncio",
            {
                "asyncio.tasks": "create_task ensure_future gather sleep run_coroutine_threadsafe",
                "asyncio.threads": "to_thread",
                "asyncio.taskgroups": "TaskGroup",
                "asyncio.events": (
                    "AbstractEventLoop get_event_loop get_running_loop new_event_loop"
                ),
            },
        ),
        **spelled(
            "concurrent.futures",
            {
                "concurrent.futures._base": "Executor",
                "concurrent.futures.thread": "ThreadPoolExecutor",
                "concurrent.futures.process": "ProcessPoolExecutor",
            },
        ),
        "multiprocessing.context.Process": "multiprocessing.Process",
    },
    types=(
        Type(
            _LOOP,
            methods={
                "run_in_executor": Method(is_startable=True),
                **same("create_task call_soon call_soon_threadsafe call_later call_at", NOTHING),
                **same("run_until_complete run_forever stop close", NOTHING),
                **same("add_signal_handler add_reader", NOTHING),
            },
        ),
        Type(_GROUP, contexts=(Context(is_async=True),)),
        Type(
            _EXECUTOR,
            methods=same("submit map shutdown", NOTHING),
            contexts=(Context(),),
        ),
        *(
            Type(f"concurrent.futures.{name}", bases=(_EXECUTOR,))
            for name in ("ThreadPoolExecutor", "ProcessPoolExecutor")
        ),
        Type("threading.Thread", methods=same("start join", NOTHING)),
        Type("threading.Timer", bases=("threading.Thread",), methods={"cancel": NOTHING}),
        Type("multiprocessing.Process", methods=same("start join terminate", NOTHING)),
        Type(_PROCESS_POOL, contexts=(Context(),)),
        Type("multiprocessing.pool.ThreadPool", bases=(_PROCESS_POOL,)),
        *(
            Type(name, methods=same("get put join", NOTHING))
            for name in each("queue", "Queue PriorityQueue LifoQueue")
        ),
        Type("queue.SimpleQueue", methods=same("get put", NOTHING)),
        Type("multiprocessing.queues.Queue", methods=same("get put", NOTHING)),
        Type(
            "asyncio.Queue",
            is_async=True,
            methods={**same("get put join", ASYNC_NOTHING), **same("get_nowait", NOTHING)},
        ),
        Type("threading.Event", methods=same("wait set clear", NOTHING)),
        Type("asyncio.Event", methods={"wait": ASYNC_NOTHING, **same("set clear", NOTHING)}),
        Type(_ANYIO_GROUP, methods={"start": ASYNC_NOTHING}, contexts=(Context(is_async=True),)),
    ),
    functions=(
        Function("asyncio.to_thread", is_async=True),
        Function("asyncio.gather", is_startable=True),
        Function("asyncio.sleep", is_async=True),
        *(
            Function(name, _LOOP)
            for name in each("asyncio", "get_event_loop get_running_loop new_event_loop")
        ),
        Function("multiprocessing.Pool", _PROCESS_POOL),
        Function("multiprocessing.Queue", "multiprocessing.queues.Queue"),
        Function("anyio.create_task_group", _ANYIO_GROUP),
        Function("anyio.to_thread.run_sync", is_async=True),
    ),
    registrars=(
        *(
            _starts(name, "task", 0, "coro")
            for name in (
                *each("asyncio", "create_task run_coroutine_threadsafe"),
                f"{_LOOP}.create_task",
                f"{_GROUP}.create_task",
            )
        ),
        _starts("asyncio.ensure_future", "task", 0, "coro_or_future"),
        *(_starts(f"{_LOOP}.{name}", "task", at, "callback") for name, at in _LATER),
        _starts(f"{_LOOP}.add_signal_handler", "signal", 1, "callback"),
        *(_starts(f"{_ANYIO_GROUP}.{name}", "task", 0, "func") for name in ("start_soon", "start")),
        _starts("threading.Thread", "thread", 1, "target"),
        _starts("threading.Timer", "thread", 1, "function"),
        _starts("multiprocessing.Process", "thread", 1, "target"),
        _starts(f"{_EXECUTOR}.submit", "thread", 0, "fn"),
        _starts("signal.signal", "signal", 1, "handler"),
        Registrar("atexit.register", "shutdown", label=None),
    ),
    spawns=(
        *each("asyncio", "create_task ensure_future run_coroutine_threadsafe"),
        *each(_LOOP, "create_task call_soon call_soon_threadsafe call_later call_at"),
        f"{_GROUP}.create_task",
        *each(_ANYIO_GROUP, "start_soon start"),
        *each("threading", "Thread Timer"),
        "multiprocessing.Process",
        *_RUN_ON,
        *_POOL_CALLS,
    ),
    offloads=(
        "asyncio.to_thread",
        f"{_LOOP}.run_in_executor",
        "anyio.to_thread.run_sync",
        "asgiref.sync.sync_to_async",
        *_RUN_ON,
        "threading.Thread",
        "threading.Timer",
        "multiprocessing.Process",
        *_POOL_CALLS,
    ),
    gathers=each("asyncio", "gather wait as_completed"),
    slow=(
        *each("asyncio", "sleep wait_for"),
        "time.sleep",
        *each("anyio", "sleep sleep_until run_process"),
        "threading.Thread.join",
        "threading.Event.wait",
        "asyncio.Event.wait",
        *each("queue", "Queue.get Queue.join SimpleQueue.get"),
        *each("asyncio", "Queue.get Queue.join"),
        "multiprocessing.queues.Queue.get",
    ),
)
