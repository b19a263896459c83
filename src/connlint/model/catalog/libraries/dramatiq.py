"""Dramatiq: actors and how messages are sent to them."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, each, same, spelled
from connlint.model.catalog.types import Base, EntryKind, Function, Library, Registrar, Type

_ACTOR = "dramatiq.Actor"
_SENDING = "send send_with_options"
_MIDDLEWARE_HOOKS: dict[str, EntryKind] = {
    "before_process_message": "middleware",
    "after_process_message": "middleware",
    "after_skip_message": "middleware",
    "before_worker_boot": "startup",
    "after_worker_boot": "startup",
    "after_process_boot": "startup",
    "before_worker_shutdown": "shutdown",
    "after_worker_shutdown": "shutdown",
}

LIBRARY = Library(
    name="Dramatiq",
    packages=("dramatiq",),
    aliases={
        **spelled("dramatiq", {"dramatiq.actor": "Actor"}),
        "dramatiq.middleware.Middleware": "dramatiq.Middleware",
        "dramatiq.middleware.middleware.Middleware": "dramatiq.Middleware",
    },
    types=(
        Type(_ACTOR, methods=same(f"{_SENDING} message message_with_options", NOTHING)),
        Type("dramatiq.Middleware"),
        Type("dramatiq.GenericActor", methods=same(_SENDING, NOTHING)),
    ),
    functions=(Function("dramatiq.actor", _ACTOR),),
    registrars=(Registrar("dramatiq.actor", "task", label="actor_name"),),
    bases=(
        Base("dramatiq.Middleware", _MIDDLEWARE_HOOKS),
        Base("dramatiq.GenericActor", {"perform": "task"}),
    ),
    spawns=(*each(_ACTOR, _SENDING), *each("dramatiq.GenericActor", _SENDING)),
)
