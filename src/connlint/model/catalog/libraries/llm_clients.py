"""Clients of language models: OpenAI, Anthropic, LiteLLM. Calls wait for a generated answer."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, NOTHING, each, same
from connlint.model.catalog.types import Library, Type

_COMPLETIONS = "openai.resources.chat.completions"
_OPENAI_RESOURCES = {
    "embeddings": "openai.resources.embeddings.Embeddings",
    "images": "openai.resources.images.Images",
    "responses": "openai.resources.responses.Responses",
    "completions": "openai.resources.completions.Completions",
    "moderations": "openai.resources.moderations.Moderations",
}
_CHAT = f"{_COMPLETIONS}.Completions"
_MESSAGES = "anthropic.resources.messages.Messages"


def _async(name: str) -> str:
    """``a.b.Name`` to ``a.b.AsyncName``, which is how both packages call the second kind."""
    module, _, last = name.rpartition(".")
    return f"{module}.Async{last}"


def _client(name: str, attributes: dict[str, str]) -> tuple[Type, Type]:
    return (
        Type(name, attributes=attributes),
        Type(
            _async(name),
            is_async=True,
            attributes={key: _async(value) for key, value in attributes.items()},
        ),
    )


def _resource(name: str, methods: str) -> tuple[Type, Type]:
    return (
        Type(name, methods=same(methods, NOTHING)),
        Type(_async(name), is_async=True, methods=same(methods, ASYNC_NOTHING)),
    )


_OPENAI = _client("openai.OpenAI", {"chat": "openai.resources.chat.Chat", **_OPENAI_RESOURCES})
_CALLS = (
    *each(_CHAT, "create parse"),
    *each(_OPENAI_RESOURCES["embeddings"], "create"),
    *each(_OPENAI_RESOURCES["images"], "generate edit"),
    *each(_OPENAI_RESOURCES["responses"], "create parse"),
    *each(_OPENAI_RESOURCES["completions"], "create"),
    *each(_OPENAI_RESOURCES["moderations"], "create"),
    *each(_MESSAGES, "create count_tokens"),
)


def _async_call(target: str) -> str:
    owner, _, method = target.rpartition(".")
    return f"{_async(owner)}.{method}"


LIBRARY = Library(
    name="Language model clients",
    packages=("openai", "anthropic", "litellm"),
    aliases={
        "openai.Client": "openai.OpenAI",
        "openai.AsyncClient": "openai.AsyncOpenAI",
        "anthropic.Client": "anthropic.Anthropic",
        "anthropic.AsyncClient": "anthropic.AsyncAnthropic",
        "litellm.main.completion": "litellm.completion",
        "litellm.main.acompletion": "litellm.acompletion",
    },
    types=(
        *_OPENAI,
        *(
            Type(f"openai.{name}", bases=(f"openai.{base}",))
            for name, base in (("AzureOpenAI", "OpenAI"), ("AsyncAzureOpenAI", "AsyncOpenAI"))
        ),
        *_client("openai.resources.chat.Chat", {"completions": _CHAT}),
        *_resource(_CHAT, "create parse"),
        *_resource(_OPENAI_RESOURCES["embeddings"], "create"),
        *_resource(_OPENAI_RESOURCES["images"], "generate edit"),
        *_resource(_OPENAI_RESOURCES["responses"], "create parse"),
        *_resource(_OPENAI_RESOURCES["completions"], "create"),
        *_resource(_OPENAI_RESOURCES["moderations"], "create"),
        *_client("anthropic.Anthropic", {"messages": _MESSAGES}),
        *_resource(_MESSAGES, "create count_tokens"),
    ),
    slow=(
        *_CALLS,
        *(_async_call(target) for target in _CALLS),
        # Both only build a manager; the request goes out when it is entered.
        *each(_MESSAGES, "stream"),
        *each(_async(_MESSAGES), "stream"),
        *each("openai", "ChatCompletion.create ChatCompletion.acreate Embedding.create"),
        *each("litellm", "completion acompletion embedding aembedding image_generation"),
    ),
)
