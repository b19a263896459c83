"""RabbitMQ: pika's channels and aio-pika's queues."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, NOTHING, gives, same, spelled
from connlint.model.catalog.types import (
    Context,
    Function,
    Library,
    Method,
    ReceiveCall,
    Registrar,
    Type,
)

_CONNECTION = "pika.adapters.blocking_connection.BlockingConnection"
_CHANNEL = "pika.adapters.blocking_connection.BlockingChannel"
_ASYNC_CHANNEL = "pika.channel.Channel"
_AIO_CONNECTION = "aio_pika.abc.AbstractConnection"
_AIO_CHANNEL = "aio_pika.abc.AbstractChannel"
_AIO_QUEUE = "aio_pika.abc.AbstractQueue"
_AIO_ITERATOR = "aio_pika.abc.AbstractQueueIterator"

LIBRARY = Library(
    name="RabbitMQ clients",
    packages=("pika", "aio_pika"),
    aliases={
        **spelled(
            "pika.adapters.blocking_connection",
            {"pika": "BlockingConnection", "pika.adapters": "BlockingConnection"},
        ),
        **spelled("aio_pika", {"aio_pika.robust_connection": "connect_robust"}),
        **spelled("aio_pika", {"aio_pika.connection": "connect"}),
    },
    types=(
        Type(
            _CONNECTION,
            methods={"channel": gives(_CHANNEL), "close": NOTHING},
            contexts=(Context(),),
        ),
        Type(
            _CHANNEL,
            methods=same("basic_publish basic_ack basic_nack start_consuming tx_commit", NOTHING),
            contexts=(Context(),),
        ),
        Type(_ASYNC_CHANNEL, methods=same("basic_publish basic_ack basic_nack", NOTHING)),
        Type(
            _AIO_CONNECTION,
            is_async=True,
            methods={"channel": gives(_AIO_CHANNEL), "close": ASYNC_NOTHING},
            contexts=(Context(is_async=True),),
        ),
        Type(
            _AIO_CHANNEL,
            is_async=True,
            methods={
                **same("declare_queue get_queue", gives(_AIO_QUEUE, is_async=True)),
                **same("set_qos declare_exchange", ASYNC_NOTHING),
                "close": Method(is_startable=True),
            },
            contexts=(Context(is_async=True),),
        ),
        Type(
            _AIO_QUEUE,
            is_async=True,
            methods={
                **same("consume get bind declare", ASYNC_NOTHING),
                "iterator": gives(_AIO_ITERATOR),
            },
        ),
        Type(_AIO_ITERATOR, is_async=True, contexts=(Context(is_async=True),)),
        *(
            Type(f"aio_pika.{name}", is_async=True, bases=(base,))
            for name, base in (
                ("Connection", _AIO_CONNECTION),
                ("RobustConnection", _AIO_CONNECTION),
                ("Channel", _AIO_CHANNEL),
                ("RobustChannel", _AIO_CHANNEL),
                ("Queue", _AIO_QUEUE),
                ("RobustQueue", _AIO_QUEUE),
            )
        ),
    ),
    functions=(
        Function("aio_pika.connect", _AIO_CONNECTION, is_async=True),
        Function("aio_pika.connect_robust", _AIO_CONNECTION, is_async=True),
    ),
    registrars=(
        *(
            Registrar(
                f"{channel}.basic_consume",
                "message-consumer",
                1,
                "on_message_callback",
                label="queue",
                decorates=False,
            )
            for channel in (_CHANNEL, _ASYNC_CHANNEL)
        ),
        Registrar(
            f"{_AIO_QUEUE}.consume", "message-consumer", 0, "callback", label=None, decorates=False
        ),
    ),
    receives=(
        ReceiveCall(f"{_CHANNEL}.consume", "message-consumer", iterates=True),
        ReceiveCall(f"{_CHANNEL}.basic_get", "message-consumer"),
        ReceiveCall(_AIO_QUEUE, "message-consumer", iterates=True),
        ReceiveCall(_AIO_ITERATOR, "message-consumer", iterates=True),
        ReceiveCall(f"{_AIO_QUEUE}.get", "message-consumer"),
    ),
)
