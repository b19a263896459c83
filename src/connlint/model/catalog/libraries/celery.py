"""Celery: tasks, how they are sent, and the signals of workers and apps."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, each, gives, handlers, same, spelled
from connlint.model.catalog.types import Base, Function, Library, Registrar, Type

_APP = "celery.Celery"
_TASK = "celery.app.task.Task"
_SIGNATURE = "celery.canvas.Signature"
_SIGNAL = "celery.utils.dispatch.signal.Signal"

_STARTING = (
    "worker_init worker_process_init worker_ready celeryd_init celeryd_after_setup "
    "beat_init beat_embedded_init"
)
_STOPPING = "worker_shutdown worker_process_shutdown worker_shutting_down"
_PER_TASK = (
    "before_task_publish after_task_publish task_received task_prerun task_postrun task_success "
    "task_failure task_internal_error task_retry task_rejected task_revoked task_unknown"
)
_OTHER = (
    "heartbeat_sent import_modules setup_logging after_setup_logger after_setup_task_logger "
    "user_preload_options eventlet_pool_started worker_before_create_process"
)
_TASK_METHODS = "delay apply_async"

LIBRARY = Library(
    name="Celery",
    packages=("celery",),
    aliases={
        **spelled("celery", {"celery.app": "Celery shared_task", "celery.app.base": "Celery"}),
        "celery.Task": _TASK,
        "celery.Signature": _SIGNATURE,
        "celery.signature": "celery.canvas.signature",
        **spelled("celery.canvas", {"celery": "chain group chord chunks"}),
    },
    types=(
        Type(
            _APP,
            methods={
                "task": gives(_TASK),
                "register_task": gives(_TASK),
                **same("send_task signature add_periodic_task config_from_object", NOTHING),
                "autodiscover_tasks": NOTHING,
            },
            attributes={
                "Task": _TASK,
                "on_after_configure": _SIGNAL,
                "on_after_finalize": _SIGNAL,
                "on_after_fork": _SIGNAL,
            },
        ),
        Type(
            _TASK,
            methods={
                **same(f"{_TASK_METHODS} apply retry update_state replace", NOTHING),
                **same("s si signature subtask", gives(_SIGNATURE)),
            },
            attributes={"app": _APP},
        ),
        Type(
            _SIGNATURE,
            methods={
                **same(f"{_TASK_METHODS} apply link link_error freeze", NOTHING),
                **same("set clone on_error", gives("self")),
            },
        ),
        *(
            Type(f"celery.canvas.{name}", bases=(_SIGNATURE,))
            for name in ("chain", "group", "chord", "chunks")
        ),
        Type(_SIGNAL, methods=same("connect disconnect send", NOTHING)),
    ),
    values=dict.fromkeys(
        each("celery.signals", f"{_STARTING} {_STOPPING} {_PER_TASK} {_OTHER}"), _SIGNAL
    )
    | {"celery.current_app": _APP, "celery.current_task": _TASK},
    functions=(
        Function("celery.shared_task", _TASK),
        Function("celery.canvas.signature", _SIGNATURE),
    ),
    registrars=(
        Registrar(f"{_APP}.task", "task", label="name"),
        Registrar("celery.shared_task", "task", label="name"),
        Registrar(f"{_APP}.register_task", "task", label=None, decorates=False),
        Registrar(f"{_SIGNAL}.connect", "signal", label=None),
        *(
            Registrar(f"{signal}.connect", "startup", label=None)
            for signal in each("celery.signals", _STARTING)
        ),
        *(
            Registrar(f"{signal}.connect", "shutdown", label=None)
            for signal in each("celery.signals", _STOPPING)
        ),
    ),
    bases=(
        Base(
            _TASK,
            {
                "run": "task",
                **handlers("before_start after_return on_success on_failure on_retry", "signal"),
            },
        ),
    ),
    spawns=(*each(_TASK, _TASK_METHODS), *each(_SIGNATURE, _TASK_METHODS), f"{_APP}.send_task"),
)
