"""logging: a handler's and a filter's methods run with every record."""

from __future__ import annotations

from connlint.model.catalog.notation import each, handlers
from connlint.model.catalog.types import Base, Library, Type

_HANDLER = "logging.Handler"
_HANDLERS = (
    *each("logging", "StreamHandler NullHandler"),
    *each(
        "logging.handlers",
        "BufferingHandler HTTPHandler QueueHandler SMTPHandler SocketHandler SysLogHandler",
    ),
)
_FILE_HANDLERS = each(
    "logging.handlers", "RotatingFileHandler TimedRotatingFileHandler WatchedFileHandler"
)

LIBRARY = Library(
    name="logging",
    packages=("logging",),
    types=(
        Type(_HANDLER),
        *(Type(name, bases=(_HANDLER,)) for name in _HANDLERS),
        Type("logging.FileHandler", bases=("logging.StreamHandler",)),
        *(Type(name, bases=("logging.FileHandler",)) for name in _FILE_HANDLERS),
        Type("logging.handlers.MemoryHandler", bases=("logging.handlers.BufferingHandler",)),
        Type("logging.Filter"),
    ),
    bases=(
        Base(_HANDLER, handlers("emit flush handle", "log-handler")),
        Base("logging.Filter", {"filter": "log-handler"}),
    ),
)
