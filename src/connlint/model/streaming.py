"""Functions in, whether they answer with a stream out, and which generators feed the streams.

A stream goes on after its function has returned, for as long as the client reads.
"""

from __future__ import annotations

from functools import cached_property

from connlint.model import values as v
from connlint.model.engine import Engine
from connlint.model.expressions import calls_in
from connlint.model.names import ScopeId

_STREAMS = frozenset(
    {
        "aiohttp.web.StreamResponse",
        "django.http.StreamingHttpResponse",
        "fastapi.responses.EventSourceResponse",
        "fastapi.responses.StreamingResponse",
        "flask.stream_with_context",
        "sse_starlette.EventSourceResponse",
        "sse_starlette.sse.EventSourceResponse",
        "starlette.responses.StreamingResponse",
    }
)
_LAST_NAMES = frozenset(name.rpartition(".")[2] for name in _STREAMS)


class Streaming:
    """Answers for one program, worked out once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def answers_with_stream(self, scope: ScopeId) -> bool:
        """Whether a function makes a streaming response, or is a generator itself."""
        module = self._engine.program.modules[scope[0]]
        return scope in self._found[0] or module.facts.scopes[scope[1]].is_generator

    def feeds_stream(self, scope: ScopeId) -> bool:
        """Whether what a generator yields goes to a client."""
        return scope in self._found[1]

    @cached_property
    def _found(self) -> tuple[frozenset[ScopeId], frozenset[ScopeId]]:
        """The functions that make streaming responses, and the generators handed to them."""
        makers: set[ScopeId] = set()
        sources: set[ScopeId] = set()
        for module in self._engine.program.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                names = {called.rpartition(".")[2] for called in scope.called}
                if names & _LAST_NAMES:
                    self._read((module.name, number), makers, sources)
        return frozenset(makers), frozenset(sources)

    def _read(self, scope: ScopeId, makers: set[ScopeId], sources: set[ScopeId]) -> None:
        module = self._engine.program.modules[scope[0]]
        for call in calls_in(module.body(scope[1])):
            callees = self._engine.anywhere(scope, call.func)
            if not any(isinstance(each, v.Ext) and each.name in _STREAMS for each in callees):
                continue
            makers.add(scope)
            content = call.args[0] if call.args else None
            for value in self._engine.anywhere(scope, content) if content is not None else ():
                if isinstance(value, v.Pending):
                    sources.add((value.func.module, value.func.scope))
