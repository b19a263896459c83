"""A fix intent's arguments in, the provider that it asks for out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connlint.fix.outcome import Refused

_BLOCKS = {
    "context-manager": False,
    "async-context-manager": True,
    "generator": False,
    "async-generator": True,
}
_CALLED = {"function": False, "coroutine": True}
_INJECTED = frozenset({"generator", "async-generator"})


@dataclass(frozen=True, slots=True)
class Provider:
    """The sanctioned way to get a session, as far as rewriting has to know it.

    ``commits`` and ``expires`` are ``yes``, ``no`` or ``unknown``: does leaving it commit, and does
    that make loaded objects unreadable once the session is closed? ``is_async`` is ``None`` where
    the kind of its session is not known. ``attribute`` is dotted for a method of what ``module``
    holds.
    """

    module: str
    attribute: str
    shape: str
    commits: str
    is_async: bool | None
    expires: str

    @classmethod
    def of(cls, data: Mapping[str, str]) -> Provider:
        """Read the provider from an intent; raises :class:`Refused` when it can't be imported.

        ``provider_module`` says which part of its dotted name is the module. Without it that is all
        but the last part, unless that part is written like a class: methods are not imported.
        """
        dotted = data.get("provider", "")
        module = data.get("provider_module", "")
        if not module:
            module = dotted.rpartition(".")[0]
            if module.rpartition(".")[2][:1].isupper():
                raise Refused(f"the provider {dotted} is a method, which can't be imported")
        attribute = dotted.removeprefix(f"{module}.")
        is_inside = bool(module) and attribute != dotted
        if not is_inside or not all(map(str.isidentifier, attribute.split("."))):
            raise Refused(f"the provider {dotted or 'of this kind'} can't be imported by its name")
        shape = data.get("provider_shape", "")
        return cls(
            module=module,
            attribute=attribute,
            shape=shape,
            commits=data.get("provider_commits", "unknown"),
            is_async=_BLOCKS.get(shape, _answer(data, "provider_async")),
            expires=data.get("provider_expires", "unknown"),
        )

    @property
    def name(self) -> str:
        """The provider as it is called in messages."""
        return f"@{self.attribute}" if self.is_decorator else f"{self.attribute}()"

    @property
    def is_block(self) -> bool:
        """Is what the provider gives opened with ``with`` or ``async with``?"""
        return self.shape in _BLOCKS or self.shape == "scoped"

    @property
    def is_called(self) -> bool:
        """Is calling the provider, and awaiting the result of a coroutine, all that it takes?"""
        return self.shape in _CALLED

    @property
    def is_awaited(self) -> bool:
        return _CALLED.get(self.shape, False)

    @property
    def is_decorator(self) -> bool:
        """Is the provider put on functions, to which it hands the session?"""
        return self.shape == "decorator"

    @property
    def is_injected(self) -> bool:
        """Is the provider a dependency, which the framework opens, or ``contextmanager()``?"""
        return self.shape in _INJECTED

    @property
    def may_commit(self) -> bool:
        return self.commits != "no"

    def check_session(self, factory_is_async: bool) -> None:
        """Raise :class:`Refused` unless provider and factory give the same kind of session."""
        if self.is_async is None:
            if factory_is_async:
                raise Refused(f"it is not known whether {self.name} gives an asynchronous session")
        elif self.is_async and not factory_is_async:
            raise Refused(f"the code is synchronous and {self.name} is asynchronous")
        elif factory_is_async and not self.is_async:
            raise Refused(f"the code is asynchronous and {self.name} is synchronous")


def _answer(data: Mapping[str, str], key: str) -> bool | None:
    return {"yes": True, "no": False}.get(data.get(key, ""))
