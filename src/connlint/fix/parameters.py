"""A function's parameters in, the same with one more or without some out; the layout stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import libcst as cst

from connlint.fix.outcome import Refused
from connlint.fix.whitespace import comma_before, comment_in

_NO_COMMA = cst.MaybeSentinel.DEFAULT


def with_parameter(function: cst.FunctionDef, new: cst.Param) -> cst.Parameters:
    """The parameters of ``function`` and ``new``, as far back as it can be.

    A parameter without a default goes in front of those that have one.
    """
    every = function.params
    if every.kwonly_params or isinstance(every.star_arg, cst.Param | cst.ParamStar):
        wanted = list(every.kwonly_params)
        field = "kwonly_params"
    else:
        wanted, field = list(every.params), "params"
    at = len(wanted)
    if new.default is None and field == "params":
        at = next((at for at, each in enumerate(wanted) if each.default), len(wanted))
    is_last = at == len(wanted) and every.star_kwarg is None
    separator = _separator(function)
    if is_last and (wanted or every.posonly_params or every.kwonly_params):
        return _with_last(every, field, wanted, new, separator)
    wanted.insert(at, new.with_changes(comma=separator))
    if is_last:
        wanted[at] = new
    return every.with_changes(**{field: wanted})


def with_positional(function: cst.FunctionDef, new: cst.Param, at: int) -> cst.Parameters:
    """The parameters of ``function`` with ``new`` as number ``at`` of those that go by position."""
    every = function.params
    field = "posonly_params" if every.posonly_params else "params"
    wanted: list[cst.Param] = list(getattr(every, field))
    if at == len(wanted) and not _goes_on(every, field):
        return _with_last(every, field, wanted, new, _separator(function))
    wanted.insert(at, new.with_changes(comma=_separator(function)))
    return every.with_changes(**{field: wanted})


def with_keyword(function: cst.FunctionDef, new: cst.Param) -> cst.Parameters:
    """The parameters of ``function`` and ``new``, which takes no argument from any of them.

    Behind parameters with defaults it goes by its name alone.
    """
    every = function.params
    has_defaults = any(each.default for each in (*every.posonly_params, *every.params))
    is_last = not every.kwonly_params and every.star_arg is cst.MaybeSentinel.DEFAULT
    if not (has_defaults and is_last):
        return with_parameter(function, new)
    changed = with_parameter(function, new.with_changes(default=cst.Name("None")))
    *before, last = changed.params
    added = new.with_changes(comma=last.comma, whitespace_after_param=last.whitespace_after_param)
    star = cst.ParamStar(comma=_separator(function))
    return changed.with_changes(params=before, star_arg=star, kwonly_params=[added])


def _goes_on(every: cst.Parameters, field: str) -> bool:
    """Does anything come behind the parameters of ``field``?"""
    return (
        every.star_arg is not cst.MaybeSentinel.DEFAULT
        or bool(every.kwonly_params)
        or every.star_kwarg is not None
        or (field == "posonly_params")
    )


def _with_last(
    every: cst.Parameters,
    field: str,
    wanted: list[cst.Param],
    new: cst.Param,
    separator: cst.Comma,
) -> cst.Parameters:
    """``new`` behind the last of ``wanted``, whose ending it takes over."""
    if not wanted:
        return every.with_changes(**{field: [new]})
    *before, last = wanted
    ending = {"comma": last.comma, "whitespace_after_param": last.whitespace_after_param}
    plain = cst.SimpleWhitespace("")
    has_comment = isinstance(last.comma, cst.Comma) and comment_in(last.comma.whitespace_after)
    if has_comment and isinstance(last.comma, cst.Comma):
        raise Refused("a comment stands behind the last parameter")
    last = last.with_changes(comma=separator, whitespace_after_param=plain)
    return every.with_changes(**{field: [*before, last, new.with_changes(**ending)]})


def without_parameters(parameters: cst.Parameters, names: Collection[str]) -> cst.Parameters:
    """``parameters`` without those called one of ``names``."""
    changes: dict[str, Sequence[cst.Param]] = {}
    for field in ("posonly_params", "params", "kwonly_params"):
        every: Sequence[cst.Param] = getattr(parameters, field)
        staying = [each for each in every if each.name.value not in names]
        if len(staying) == len(every):
            continue
        if staying and staying[-1] is not every[-1]:
            last, before = every[-1], staying[-1]
            end = last.whitespace_after_param
            comma = ended_like(before.comma, last.comma, end)
            staying[-1] = before.with_changes(comma=comma, whitespace_after_param=_rest(comma, end))
        changes[field] = staying
    changed = parameters.with_changes(**changes)
    if not changed.posonly_params:
        changed = changed.with_changes(posonly_ind=cst.MaybeSentinel.DEFAULT)
    if not changed.kwonly_params and isinstance(changed.star_arg, cst.ParamStar):
        changed = changed.with_changes(star_arg=cst.MaybeSentinel.DEFAULT)
    return changed


def without_argument(call: cst.Call, at: int) -> cst.Call:
    """``call`` without the argument number ``at``."""
    staying = [each for number, each in enumerate(call.args) if number != at]
    if not staying:
        return call.with_changes(args=[], whitespace_before_args=cst.SimpleWhitespace(""))
    if at == len(call.args) - 1:
        last, before = call.args[-1], staying[-1]
        end = last.whitespace_after_arg
        comma = ended_like(before.comma, last.comma, end)
        staying[-1] = before.with_changes(comma=comma, whitespace_after_arg=_rest(comma, end))
    return call.with_changes(args=staying)


def ended_like(
    own: cst.Comma | cst.MaybeSentinel,
    last: cst.Comma | cst.MaybeSentinel,
    end: cst.BaseParenthesizableWhitespace,
) -> cst.Comma | cst.MaybeSentinel:
    """The comma of what comes last now, which ends the list as ``last`` and ``end`` did.

    Its own comment stays, that of the one that is gone does not.
    """
    space = own.whitespace_after if isinstance(own, cst.Comma) else None
    closing = last.whitespace_after if isinstance(last, cst.Comma) else end
    if not isinstance(space, cst.ParenthesizedWhitespace) or not isinstance(
        closing, cst.ParenthesizedWhitespace
    ):
        return last
    if not isinstance(last, cst.Comma) and not comment_in(space):
        return last
    ended = space.with_changes(indent=closing.indent, last_line=closing.last_line)
    return cst.Comma(whitespace_after=ended)


def _rest(
    comma: cst.Comma | cst.MaybeSentinel, end: cst.BaseParenthesizableWhitespace
) -> cst.BaseParenthesizableWhitespace:
    """The whitespace in front of ``comma``, or at the end where there is none."""
    return cst.SimpleWhitespace("") if isinstance(comma, cst.Comma) else end


def every_parameter(parameters: cst.Parameters) -> list[cst.Param]:
    """The parameters that can be handed over one by one."""
    return [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]


def _separator(function: cst.FunctionDef) -> cst.Comma:
    """The comma between two parameters in the layout of ``function``, without a comment."""
    every = every_parameter(function.params)
    for each in every[:-1]:
        if isinstance(each.comma, cst.Comma):
            return comma_before(each.comma.whitespace_after)
    return comma_before(function.whitespace_before_params)
