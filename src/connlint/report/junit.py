"""A check as JUnit XML: a suite for each file, a failed case for each finding."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from connlint.findings import Finding, Problem
from connlint.report.view import CheckView, entry_point_label, position

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(view: CheckView) -> str:
    """The whole document. A clean check is one case that passed, a broken run one in error."""
    root = ElementTree.Element("testsuites", name="connlint")
    for path, group in groupby(view.findings, key=lambda finding: finding.path):
        suite = _child(root, "testsuite", name=path)
        for finding in group:
            _add_failure(suite, finding)
    fatal = [problem for problem in view.verdict.problems if problem.fatal]
    if fatal or not view.findings:
        suite = _child(root, "testsuite", name="connlint")
        for problem in fatal:
            _add_error(suite, problem)
        if not fatal:
            _child(suite, "testcase", classname="connlint", name="check")
    for element in (root, *root):
        for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            element.set(count, str(sum(1 for _ in element.iter(tag))))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _add_failure(suite: Element, finding: Finding) -> None:
    place = position(finding.span)
    name = f"{finding.code} {finding.name} {place}"
    case = _child(suite, "testcase", classname=finding.path, name=name)
    failure = _child(case, "failure", type=finding.severity, message=finding.message)
    lines = [f"{finding.path}:{place}: {finding.message}"]
    if finding.entry_point:
        lines.append(f"entry point: {entry_point_label(finding.entry_point)}")
    lines.extend(f"{step.path}:{step.line}: {step.note}" for step in finding.trace)
    failure.text = _clean("\n".join(lines))


def _add_error(suite: Element, problem: Problem) -> None:
    case = _child(suite, "testcase", classname=problem.path or "connlint", name="run")
    _child(case, "error", message=problem.message)


def _child(parent: Element, tag: str, **attributes: str) -> Element:
    cleaned = {name: _clean(value) for name, value in attributes.items()}
    return ElementTree.SubElement(parent, tag, cleaned)


def _clean(value: str) -> str:
    """``value`` without the characters that XML can't hold."""
    return _NOT_IN_XML.sub("\ufffd", value)
