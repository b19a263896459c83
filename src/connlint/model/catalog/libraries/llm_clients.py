"""Clients of language models: OpenAI, Anthropic, LiteLLM. Calls wait for a generated answer."""

from __future__ import annotations

from connlint.model.catalog.notation import ASYNC_NOTHING, NOTHING, each, same
from connlint.model.catalog.types import Context, Library, Type

_OPENAI_CHAT = "openai.resources.chat.Chat"
_CHAT_COMPLETIONS = "openai.resources.chat.completions.Completions"
_OPENAI = {
    "embeddings": "openai.resources.embeddings.Embeddings",
    "images": "openai.resources.images.Images",
    "responses": "openai.resources.responses.Responses",
    "completions": "openai.resources.completions.Completions",
    "moderations": "openai.resources.moderations.Moderations",
}
_MESSAGES = "anthropic.resources.messages.Messages"

_CALLS = {
    _CHAT_COMPLETIONS: "create parse",
    _OPENAI["embeddings"]: "create",
    _OPENAI["images"]: "generate edit",
    _OPENAI["responses"]: "create parse",
    _OPENAI["completions"]: "create",
    _OPENAI["moderations"]: "create",
    _MESSAGES: "create count_tokens",
}


def _async(name: str) -> str:
    """``a.b.Name`` to ``a.b.AsyncName``, which is what both packages call its other kind."""
    module, _, last = name.rpartition(".")
    return f"{module}.Async{last}"


def _holder(name: str, attributes: dict[str, str], *, is_client: bool) -> tuple[Type, Type]:
    """A class with its resources in attributes, and its asynchronous kind."""
    return (
        Type(name, attributes=attributes, contexts=(Context(),) if is_client else ()),
        Type(
            _async(name),
            is_async=True,
            attributes={key: _async(value) for key, value in attributes.items()},
            contexts=(Context(is_async=True),) if is_client else (),
        ),
    )


LIBRARY = Library(
    name="Language model clients",
    packages=("openai", "anthropic", "litellm"),
    aliases={
        "openai.Client": "openai.OpenAI",
        "openai.AsyncClient": "openai.AsyncOpenAI",
        "anthropic.Client": "anthropic.Anthropic",
        "anthropic.AsyncClient": "anthropic.AsyncAnthropic",
    },
    types=(
        *_holder("openai.OpenAI", {"chat": _OPENAI_CHAT, **_OPENAI}, is_client=True),
        *_holder(_OPENAI_CHAT, {"completions": _CHAT_COMPLETIONS}, is_client=False),
        *_holder("anthropic.Anthropic", {"messages": _MESSAGES}, is_client=True),
        Type("openai.AzureOpenAI", bases=("openai.OpenAI",)),
        Type("openai.AsyncAzureOpenAI", is_async=True, bases=("openai.AsyncOpenAI",)),
        *(Type(name, methods=same(calls, NOTHING)) for name, calls in _CALLS.items()),
        *(
            Type(_async(name), is_async=True, methods=same(calls, ASYNC_NOTHING))
            for name, calls in _CALLS.items()
        ),
    ),
    slow=(
        *(target for name, calls in _CALLS.items() for target in each(name, calls)),
        *(target for name, calls in _CALLS.items() for target in each(_async(name), calls)),
        *each(_MESSAGES, "stream"),
        *each(_async(_MESSAGES), "stream"),
        *each("litellm", "completion acompletion embedding aembedding image_generation"),
    ),
)
