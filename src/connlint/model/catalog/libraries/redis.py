"""redis-py: subscriptions that wait for messages, and what clients do to the values they keep. A
pipeline's ``execute`` is no database's."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, NOTHING, each, gives, same, spelled
from connlint.model.catalog.types import (
    CacheAction,
    Context,
    Function,
    Library,
    ReceiveCall,
    Type,
)

_CLIENT = "redis.Redis"
_ASYNC_CLIENT = "redis.asyncio.Redis"
_PUBSUB = "redis.client.PubSub"
_ASYNC_PUBSUB = "redis.asyncio.client.PubSub"
_PIPELINE = "redis.client.Pipeline"
_ASYNC_PIPELINE = "redis.asyncio.client.Pipeline"
_WORDS: dict[CacheAction, str] = {
    "create": "setnx hsetnx msetnx",
    "read": "get mget getrange hget hgetall hmget hvals hkeys hlen hexists exists smembers "
    "sismember scard lrange lindex llen zrange zrevrange zrangebyscore zscore zcard scan_iter "
    "hscan_iter keys strlen",
    "write": "set setex psetex mset hset hmset sadd lpush rpush zadd xadd lset",
    "update": "incr incrby incrbyfloat decr decrby hincrby hincrbyfloat append zincrby rename "
    "setrange",
    "delete": "delete unlink hdel srem lrem zrem lpop rpop spop getdel ltrim flushdb flushall",
}
_CACHE = {name: action for action, names in _WORDS.items() for name in names.split()}
_BLOCKING = "blpop brpop brpoplpush blmove bzpopmin bzpopmax"

LIBRARY = Library(
    name="redis-py",
    packages=("redis",),
    aliases={
        **spelled("redis", {"redis.client": "Redis"}),
        **spelled("redis.asyncio", {"redis.asyncio.client": "Redis"}),
        **dict.fromkeys(("redis.StrictRedis", "redis.client.StrictRedis"), _CLIENT),
        **dict.fromkeys(
            ("redis.asyncio.StrictRedis", "redis.asyncio.client.StrictRedis"), _ASYNC_CLIENT
        ),
    },
    types=(
        Type(
            _CLIENT,
            methods={
                "pubsub": gives(_PUBSUB),
                "pipeline": gives(_PIPELINE),
                "from_url": gives(_CLIENT),
            },
            contexts=(Context(),),
            cache=_CACHE,
        ),
        Type(
            _ASYNC_CLIENT,
            is_async=True,
            methods={
                "pubsub": gives(_ASYNC_PUBSUB),
                "pipeline": gives(_ASYNC_PIPELINE),
                "from_url": gives(_ASYNC_CLIENT),
            },
            contexts=(Context(is_async=True),),
            cache=_CACHE,
        ),
        Type(
            _PUBSUB,
            methods=same("subscribe psubscribe listen get_message close", NOTHING),
            contexts=(Context(),),
        ),
        Type(
            _ASYNC_PUBSUB,
            is_async=True,
            methods={
                **same("subscribe psubscribe get_message", ASYNC_NOTHING),
                "listen": NOTHING,
            },
            contexts=(Context(is_async=True),),
        ),
        Type(_PIPELINE, methods={"execute": NOTHING}, contexts=(Context(),), cache=_CACHE),
        Type(
            _ASYNC_PIPELINE,
            is_async=True,
            methods={"execute": ASYNC_NOTHING},
            contexts=(Context(is_async=True),),
            cache=_CACHE,
        ),
    ),
    functions=(
        Function("redis.from_url", _CLIENT),
        Function("redis.asyncio.from_url", _ASYNC_CLIENT),
    ),
    receives=(
        *(
            ReceiveCall(f"{name}.listen", "message-consumer", True)
            for name in (_PUBSUB, _ASYNC_PUBSUB)
        ),
        *(
            ReceiveCall(f"{name}.get_message", "message-consumer")
            for name in (_PUBSUB, _ASYNC_PUBSUB)
        ),
        *(
            ReceiveCall(target, "message-consumer")
            for client in (_CLIENT, _ASYNC_CLIENT)
            for target in each(client, "xread xreadgroup")
        ),
    ),
    slow=(*each(_CLIENT, _BLOCKING), *each(_ASYNC_CLIENT, _BLOCKING)),
)
