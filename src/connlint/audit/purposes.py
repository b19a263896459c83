"""A connection point in, what it is there for out, in a few words of what the analysis knows."""

from __future__ import annotations

from collections.abc import Sequence

from connlint.audit.configured import Addresses, pragma_set
from connlint.audit.content import Contents, in_words, quoted, written
from connlint.audit.points import Place
from connlint.audit.wording import listed
from connlint.location import Span

_PLAIN = {
    "begin": "starts a transaction",
    "flush": "sends what is pending",
    "rollback": "takes back what is pending",
    "close": "gives the connection back",
}
_MOST_NAMES = 4


class Purposes:
    """Says what places are there for."""

    def __init__(self, contents: Contents, addresses: Addresses) -> None:
        self._contents = contents
        self._addresses = addresses

    def of(self, place: Place, around: Sequence[Place]) -> str:
        """What is done: "saves `attempts`"; ``around`` are the places of the same function."""
        if place.kind == "commit":
            return self._saved(place, around)
        if place.kind in ("acquire", "read", "write"):
            touches = self._contents.on(place.session, place.scope, place.extent)
            if place.kind == "read":
                touches = tuple(each for each in touches if each.verb == "reads")
            elif place.kind == "write":
                touches = written(touches)
            return in_words(touches)
        if place.kind == "begin":
            done = in_words(written(self._contents.on(place.session, place.scope, place.extent)))
            words = f" that {done.replace('; ', ', ')}" if done and place.at_exit else ""
            return f"{_PLAIN['begin']}{words}"
        if place.kind == "define":
            made = place.provider.rpartition(".")[2]
            if place.call.startswith(("def ", "class ")):
                return "hands out sessions"
            return f"made with `{made}`" if made else ""
        if place.kind == "import":
            return "brings in a session factory"
        if place.kind == "configure":
            if address := self._addresses.at(place.scope, place.span):
                return f"address of a database ({address})"
            setting = pragma_set(place.call)
            return f"sets `{setting[0]}`" if setting else "configures a connection"
        return _PLAIN[place.kind]

    def _saved(self, place: Place, around: Sequence[Place]) -> str:
        """What has been written since the commit before."""
        earlier = [
            each.span.end_line
            for each in around
            if each.kind == "commit" and each.session == place.session and each.span < place.span
        ]
        first = max(earlier, default=0) + 1
        since = Span(first, 0, max(first, place.span.end_line), 0)
        touches = written(self._contents.on(place.session, place.scope, since))
        if not touches:
            touches = written(self._contents.on(place.session, place.scope))
        names = list(dict.fromkeys(quoted(touch.name) for touch in touches))
        shown = names[:_MOST_NAMES]
        if len(names) > _MOST_NAMES:
            shown.append(f"{len(names) - _MOST_NAMES} more")
        return f"saves {listed(shown)}" if shown else ""
