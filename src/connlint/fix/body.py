"""The code that works on a session in, on what terms a provider may open the session for it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.quiet import LOGS, ends_in_raise, name_called
from connlint.fix.tree import Node

_WRITES = frozenset(
    {
        "add", "add_all", "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings",
        "delete", "flush", "merge",
    }
)  # fmt: skip
_STACK_METHODS = frozenset({"enter_context", "enter_async_context", "push", "push_async_exit"})
Handler = cst.ExceptHandler | cst.ExceptStarHandler
_VALUE_KEEPING = (
    cst.Element, cst.Tuple, cst.List, cst.Set, cst.Dict, cst.DictElement, cst.StarredElement,
    cst.StarredDictElement, cst.IfExp, cst.BooleanOperation,
)  # fmt: skip

_TRANSPARENT = (
    cst.BaseExpression, cst.BaseSmallStatement, cst.SimpleStatementLine, cst.SimpleStatementSuite,
    cst.With,
)  # fmt: skip


@dataclass(slots=True)
class Terms:
    """On what terms a body can move: what has to go from it, and why it is not safe."""

    removed: list[cst.BaseStatement] = field(default_factory=list)
    unsafe: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Body:
    """Statements during which a session is open, and where they mention it."""

    place: Place
    statements: Sequence[cst.BaseStatement | cst.BaseSmallStatement]
    uses: Sequence[cst.Name]

    def terms(self, provider: Provider) -> Terms:
        """The terms on which ``provider`` can open the session for this body.

        Raises :class:`Refused` when the session gets out of the body, or when leaving the provider
        would commit what this body does not.
        """
        check_kept(self.uses, self.place)
        terms = Terms()
        if provider.may_commit:
            self._check_begins(provider)
            self._check_rollbacks(provider, terms)
            self._check_handlers(provider)
            self._check_exits(provider, terms)
            self._check_commits(provider, terms)
            self._check_results(provider, terms)
        return terms

    def calls(self, *methods: str) -> list[cst.Call]:
        """The calls of these methods of the session."""
        found = (method_call(use, self.place, *methods) for use in self.uses)
        return [call for call in found if call]

    def _check_begins(self, provider: Provider) -> None:
        for call in self.calls("begin"):
            raise Refused(f"line {self._line(call)} begins a transaction, and {_commits(provider)}")

    def _check_rollbacks(self, provider: Provider, terms: Terms) -> None:
        for call in self.calls("rollback"):
            handler = self._enclosing_handler(call)
            if not (handler and ends_in_raise(handler.body)):
                raise Refused(f"line {self._line(call)} rolls back, and {_commits(provider)}")
            terms.unsafe.append("it rolls back by itself")

    def _enclosing_handler(self, node: cst.CSTNode) -> Handler | None:
        for above in self.place.tree.ancestors(node):
            if isinstance(above, cst.ExceptHandler | cst.ExceptStarHandler):
                return above if self._contains(above) else None
        return None

    def _check_handlers(self, provider: Provider) -> None:
        tree = self.place.tree
        for node in tree.inside(*self.statements):
            if not isinstance(node, cst.Try | cst.TryStar):
                continue
            works = any(tree.is_within(use, [node.body]) for use in self.uses)
            swallows = [each for each in node.handlers if not ends_in_raise(each.body)]
            if works and swallows:
                line = self._line(swallows[0])
                raise Refused(f"line {line} handles an error and goes on, and {_commits(provider)}")

    def _check_exits(self, provider: Provider, terms: Terms) -> None:
        for node in self._nodes(cst.Return, cst.Break, cst.Continue):
            if self._leaves(node) and not self._is_last(node):
                raise Refused(f"line {self._line(node)} leaves early, and {_commits(provider)}")
        if self._nodes(cst.Raise):
            terms.unsafe.append("it raises out of the block, where the provider has to roll back")
        if self._nodes(cst.Yield):
            terms.unsafe.append("it yields while the session is open")

    def _check_commits(self, provider: Provider, terms: Terms) -> None:
        commits = self.calls("commit")
        if not commits and self.calls(*_WRITES):
            terms.unsafe.append("it writes without a commit, which the provider would add")
        if provider.commits == "unknown":
            terms.unsafe.append(f"it is not known whether {provider.name} commits")
            return
        for call in commits:
            statement = self.place.tree.statement_of(call)
            if not self._is_last(call, but_for_conditions=False) or not _is_only(call, statement):
                line = self._line(call)
                raise Refused(
                    f"line {line} commits before the end or under a condition, "
                    f"and {_commits(provider)}"
                )
            terms.removed.append(statement)
            terms.unsafe.append("its commit is removed, because the provider commits")

    def _check_results(self, provider: Provider, terms: Terms) -> None:
        if provider.expires == "no":
            return
        returns = any(
            node.value and not _is_literal(node.value, self.place)
            for node in self._nodes(cst.Return)
        )
        # Asynchronous sessions can't load lazily, so that theirs do not expire in practice.
        later = None if provider.is_async else self._read_later()
        if returns or later:
            what = later or "what it returns"
            terms.unsafe.append(f"{what} may be unreadable after the commit of the provider")

    def _read_later(self) -> str | None:
        """A name that the body binds and that is read after it."""
        tree, names = self.place.tree, self.place.names
        last = self.statements[-1]
        for node in tree.inside(*self.statements):
            if isinstance(node, cst.Name) and names.is_variable(node) and binds(node, tree):
                for other in names.of_variable(node.value, names.owner(node)):
                    is_after = tree.is_before(last, other) and not self._contains(other)
                    if is_after and not binds(other, tree):
                        return node.value
        return None

    def _nodes(self, *kinds: type[Node]) -> list[Node]:
        """The nodes of these kinds that run as part of the body, not in functions inside it."""
        tree, names = self.place.tree, self.place.names
        function = names.function(self.statements[0])
        return [
            node
            for node in tree.inside(*self.statements)
            if isinstance(node, kinds) and names.function(node) is function
        ]

    def _leaves(self, node: cst.CSTNode) -> bool:
        """Does this ``return``, ``break`` or ``continue`` leave the body?"""
        if isinstance(node, cst.Return):
            return True
        below = node
        for above in self.place.tree.ancestors(node):
            if isinstance(above, cst.For | cst.While) and above.body is below:
                return not self._contains(above)
            below = above
        return True

    def _is_last(self, node: cst.CSTNode, *, but_for_conditions: bool = True) -> bool:
        """Does nothing in the body run after ``node`` that could need what it does?"""
        below = node
        for above in self.place.tree.ancestors(node):
            own = [at for at, each in enumerate(self.statements) if each is below]
            if own:
                return all(self._needs_nothing(each) for each in self.statements[own[0] + 1 :])
            if isinstance(above, cst.IndentedBlock):
                own_place = next(at for at, each in enumerate(above.body) if each is below)
                after = above.body[own_place + 1 :]
                if not all(self._needs_nothing(each) for each in after):
                    return False
            elif isinstance(above, cst.Try | cst.TryStar):
                if below is not above.body or not self._passes_on(above):
                    return False
            elif not _goes_on(above, self.place, but_for_conditions=but_for_conditions):
                return False
            below = above
        return False

    def _passes_on(self, statement: cst.Try | cst.TryStar) -> bool:
        """Do the clauses only raise what they caught again, and close the session?"""
        last = statement.finalbody.body.body if statement.finalbody else ()
        return (
            not statement.orelse
            and all(_raises_again(handler.body) for handler in statement.handlers)
            and all(self._needs_nothing(each) or self._closes(each) for each in last)
        )

    def _closes(self, statement: cst.CSTNode) -> bool:
        small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else statement
        value = small.value if isinstance(small, cst.Expr) else None
        call = value.expression if isinstance(value, cst.Await) else value
        return isinstance(call, cst.Call) and name_called(call) in {"close", "aclose"}

    def _needs_nothing(self, statement: cst.CSTNode) -> bool:
        """Does ``statement`` work with literals alone, as a log line does?"""
        if not isinstance(statement, cst.SimpleStatementLine):
            return False
        return all(self._is_plain(each) for each in statement.body)

    def _is_plain(self, statement: cst.BaseSmallStatement) -> bool:
        match statement:
            case cst.Pass():
                return True
            case cst.Return():
                return not statement.value or _is_literal(statement.value, self.place)
            case cst.Expr(value=cst.Call() as call):
                is_plain = all(_is_literal(each.value, self.place) for each in call.args)
                return is_plain and name_called(call) in LOGS
            case _:
                return False

    def _contains(self, node: cst.CSTNode) -> bool:
        return self.place.tree.is_within(node, self.statements)

    def _line(self, node: cst.CSTNode) -> int:
        return self.place.tree.line(node)


def check_kept(uses: Sequence[cst.Name], place: Place) -> None:
    """Raise :class:`Refused` when one of ``uses`` lets the session out of the code around it."""
    for use in uses:
        if how := _escape(use, place):
            raise Refused(f"the session {how} (line {place.tree.line(use)})")


def _escape(use: cst.Name, place: Place) -> str | None:
    tree = place.tree
    if binds(use, tree):
        return "is bound again"
    below: cst.CSTNode = use
    for above in tree.ancestors(use):
        if not isinstance(above, _VALUE_KEEPING):
            return _escape_into(above, below, place)
        below = above
    return None


def _escape_into(above: cst.CSTNode, below: cst.CSTNode, place: Place) -> str | None:
    match above:
        case cst.Return():
            return "is returned"
        case cst.Lambda():
            return "is returned by a lambda"
        case cst.Yield() | cst.From():
            return "is yielded"
        case cst.Assign() | cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr():
            return "is stored under another name" if above.value is below else None
        case cst.Param():
            return "is stored as a default" if above.default is below else None
        case cst.Attribute():
            call = place.tree.parent(above)
            is_called = isinstance(call, cst.Call) and call.func is above
            if is_called or above.attr.value not in {"close", "commit", "rollback"}:
                return None
            return f"is ended elsewhere: its {above.attr.value} is handed on"
        case cst.Arg():
            call = place.tree.parent(above)
            func = call.func if isinstance(call, cst.Call) else None
            is_stack = isinstance(func, cst.Attribute) and func.attr.value in _STACK_METHODS
            return "is handed to an exit stack" if is_stack else None
        case _:
            return None


def method_call(use: cst.Name, place: Place, *methods: str) -> cst.Call | None:
    """The call ``use.method()`` if this is one of these methods."""
    attribute = place.tree.parent(use)
    if not isinstance(attribute, cst.Attribute) or attribute.attr.value not in methods:
        return None
    call = place.tree.parent(attribute)
    return call if isinstance(call, cst.Call) and call.func is attribute else None


def _goes_on(above: cst.CSTNode, place: Place, *, but_for_conditions: bool) -> bool:
    """Does leaving ``above`` go on right after it, with nothing of its own run then?"""
    if isinstance(above, _TRANSPARENT):
        return True
    if isinstance(above, cst.Else):
        return but_for_conditions and isinstance(place.tree.parent(above), cst.If)
    return but_for_conditions and isinstance(above, cst.If)


def _is_only(call: cst.Call, statement: cst.BaseStatement) -> bool:
    """Is ``statement`` the call, awaited or not, and nothing else?"""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) > 1:
        return False
    only = statement.body[0]
    value = only.value if isinstance(only, cst.Expr) else None
    return call is (value.expression if isinstance(value, cst.Await) else value)


def _is_literal(value: cst.BaseExpression, place: Place) -> bool:
    """Is ``value`` made of constants alone?"""
    return not any(
        isinstance(node, cst.Call | cst.Attribute | cst.FormattedStringExpression)
        or (isinstance(node, cst.Name) and node.value not in {"None", "True", "False"})
        for node in place.tree.inside(value)
    )


def _raises_again(body: cst.BaseSuite) -> bool:
    """Does ``body`` end by raising the very error that it was run for?"""
    last = body.body[-1] if body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, cst.Raise) and last.exc is None


def _commits(provider: Provider) -> str:
    verb = "commits" if provider.commits == "yes" else "may commit"
    return f"{provider.name} {verb} when it is left"
