"""Logging: what writes a line to a log, and the handlers and filters that run with every record."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, SELF, constructors, each, handlers, same
from connlint.model.catalog.types import Base, Library, Type

_LEVELS = "debug info warning warn error exception critical log"
_LOGGER = "logging.Logger"
_ADAPTER = "logging.LoggerAdapter"
_STRUCTLOG = "structlog.stdlib.BoundLogger"
_LOGURU = "loguru.Logger"
_LOGURU_LEVELS = "trace debug info success warning error critical exception log"
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
    packages=("logging", "loguru", "structlog", "traceback", "warnings"),
    aliases={"structlog.getLogger": "structlog.get_logger"},
    values={"loguru.logger": _LOGURU},
    types=(
        Type(_LOGGER, methods={**same(f"{_LEVELS} fatal", NOTHING), "getChild": SELF}),
        Type(_ADAPTER, methods=same(_LEVELS, NOTHING)),
        Type(_STRUCTLOG, methods={**same(_LEVELS, NOTHING), **same("bind unbind new", SELF)}),
        Type(
            _LOGURU,
            methods={**same(_LOGURU_LEVELS, NOTHING), **same("bind opt patch", SELF)},
        ),
        Type(_HANDLER),
        *(Type(name, bases=(_HANDLER,)) for name in _HANDLERS),
        Type("logging.FileHandler", bases=("logging.StreamHandler",)),
        *(Type(name, bases=("logging.FileHandler",)) for name in _FILE_HANDLERS),
        Type("logging.handlers.MemoryHandler", bases=("logging.handlers.BufferingHandler",)),
        Type("logging.Filter"),
    ),
    functions=(
        *constructors("logging", "getLogger", _LOGGER),
        *constructors("celery.utils.log", "get_task_logger get_logger", _LOGGER),
        *constructors("structlog", "get_logger", _STRUCTLOG),
        *constructors("structlog.stdlib", "get_logger", _STRUCTLOG),
    ),
    logs=(
        *each("logging", f"{_LEVELS} fatal"),
        *each(_LOGGER, f"{_LEVELS} fatal"),
        *each(_ADAPTER, _LEVELS),
        *each(_STRUCTLOG, _LEVELS),
        *each(_LOGURU, _LOGURU_LEVELS),
        *each("traceback", "print_exc print_exception print_tb print_stack"),
        "warnings.warn",
        "builtins.print",
    ),
    bases=(
        Base(_HANDLER, handlers("emit flush handle", "log-handler")),
        Base("logging.Filter", {"filter": "log-handler"}),
    ),
)
