"""Callbacks that run once a chunk, token, step or file change."""

from __future__ import annotations

from connlint.model.catalog.notation import handlers
from connlint.model.catalog.types import Base, Library, Registrar, Type

_LANGCHAIN = "langchain_core.callbacks.BaseCallbackHandler"
_ASYNC_LANGCHAIN = "langchain_core.callbacks.AsyncCallbackHandler"
_TRAINER = "transformers.TrainerCallback"
_WATCHDOG = "watchdog.events.FileSystemEventHandler"

LIBRARY = Library(
    name="Progress callbacks",
    packages=(
        "urllib",
        "requests_toolbelt",
        "langchain",
        "langchain_core",
        "transformers",
        "watchdog",
    ),
    aliases={
        "langchain_core.callbacks.base.BaseCallbackHandler": _LANGCHAIN,
        "langchain_core.callbacks.base.AsyncCallbackHandler": _ASYNC_LANGCHAIN,
        "langchain.callbacks.base.BaseCallbackHandler": _LANGCHAIN,
        "langchain.callbacks.base.AsyncCallbackHandler": _ASYNC_LANGCHAIN,
        "transformers.trainer_callback.TrainerCallback": _TRAINER,
        "requests_toolbelt.multipart.encoder.MultipartEncoderMonitor": (
            "requests_toolbelt.MultipartEncoderMonitor"
        ),
    },
    types=(
        Type(_LANGCHAIN),
        Type(_ASYNC_LANGCHAIN, is_async=True, bases=(_LANGCHAIN,)),
        Type(_TRAINER),
        Type(_WATCHDOG),
        Type("watchdog.events.PatternMatchingEventHandler", bases=(_WATCHDOG,)),
    ),
    registrars=(
        Registrar(
            "urllib.request.urlretrieve",
            "progress-callback",
            2,
            "reporthook",
            label=None,
            decorates=False,
        ),
        Registrar(
            "requests_toolbelt.MultipartEncoderMonitor",
            "progress-callback",
            1,
            "callback",
            label=None,
            decorates=False,
        ),
    ),
    bases=(
        Base(_LANGCHAIN, handlers("on_llm_new_token", "progress-callback")),
        Base(
            _TRAINER,
            handlers("on_step_begin on_step_end on_substep_end on_log", "progress-callback"),
        ),
        Base(
            _WATCHDOG,
            handlers(
                "on_any_event on_created on_deleted on_modified on_moved", "progress-callback"
            ),
        ),
    ),
)
