"""Kafka consumers: kafka-python, aiokafka, confluent-kafka. Their ``commit`` is no database's."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, NOTHING, each, same, spelled
from connlint.model.catalog.types import Context, Library, ReceiveCall, Type

_KAFKA = "kafka.KafkaConsumer"
_AIOKAFKA = "aiokafka.AIOKafkaConsumer"
_CONFLUENT = "confluent_kafka.Consumer"
_SERIALIZING = "confluent_kafka.DeserializingConsumer"

LIBRARY = Library(
    name="Kafka consumers",
    packages=("kafka", "aiokafka", "confluent_kafka"),
    aliases={
        **spelled(
            "kafka", {"kafka.consumer": "KafkaConsumer", "kafka.consumer.group": "KafkaConsumer"}
        ),
        **spelled(
            "aiokafka",
            {
                "aiokafka.consumer": "AIOKafkaConsumer",
                "aiokafka.consumer.consumer": "AIOKafkaConsumer",
            },
        ),
        "confluent_kafka.deserializing_consumer.DeserializingConsumer": _SERIALIZING,
    },
    types=(
        Type(
            _KAFKA,
            methods=same("poll commit commit_async seek close subscribe", NOTHING),
            contexts=(Context(),),
        ),
        Type(
            _AIOKAFKA,
            is_async=True,
            methods={**same("start stop getone getmany commit", ASYNC_NOTHING), "seek": NOTHING},
            contexts=(Context(is_async=True),),
        ),
        Type(
            _CONFLUENT,
            methods=same("poll consume commit close subscribe", NOTHING),
            contexts=(Context(),),
        ),
        Type(_SERIALIZING, bases=(_CONFLUENT,)),
    ),
    receives=(
        ReceiveCall(_KAFKA, "message-consumer", iterates=True),
        ReceiveCall(f"{_KAFKA}.poll", "message-consumer"),
        ReceiveCall(_AIOKAFKA, "message-consumer", iterates=True),
        *(ReceiveCall(name, "message-consumer") for name in each(_AIOKAFKA, "getone getmany")),
        *(ReceiveCall(name, "message-consumer") for name in each(_CONFLUENT, "poll consume")),
    ),
)
