"""RQ: functions handed to a queue, or decorated to be handed there by ``delay``."""

from __future__ import annotations

from connlint.model.catalog.notation import each, gives, same, spelled
from connlint.model.catalog.types import Library, Registrar, Type

_QUEUE = "rq.Queue"
_ENQUEUE_AFTER = "enqueue_at enqueue_in"

LIBRARY = Library(
    name="RQ",
    packages=("rq",),
    aliases=spelled("rq", {"rq.queue": "Queue"}),
    types=(
        Type(
            _QUEUE,
            methods=same(
                f"enqueue enqueue_call enqueue_many {_ENQUEUE_AFTER}", gives("rq.job.Job")
            ),
        ),
        Type("rq.job.Job"),
    ),
    registrars=(
        Registrar("rq.decorators.job", "task", label=None, calls=False),
        Registrar(f"{_QUEUE}.enqueue", "task", 0, "f", label=None, decorates=False),
        Registrar(f"{_QUEUE}.enqueue_call", "task", 0, "func", label=None, decorates=False),
        *(
            Registrar(target, "task", 1, "func", label=None, decorates=False)
            for target in each(_QUEUE, _ENQUEUE_AFTER)
        ),
    ),
    spawns=each(_QUEUE, f"enqueue enqueue_call {_ENQUEUE_AFTER}"),
)
