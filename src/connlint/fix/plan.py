"""One file and its findings in, the rewritten file and what became of each finding out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst
import msgspec

from connlint.findings import Finding
from connlint.fix.import_edits import edit_imports
from connlint.fix.outcome import FixTarget, Refused, Unfixed
from connlint.fix.place import OpenFile, Place
from connlint.fix.rewrite import ImportRequest, Rewrite, apply
from connlint.fix.transformers import transformer_of
from connlint.fix.tree import open_tree, parse_python
from connlint.fix.unused import without_unused
from connlint.source import Source, SourceError, decode
from connlint.visit.depth import TooDeepError, depth_of, with_room


@dataclass(slots=True)
class FilePlan:
    """What one round does to one file.

    ``after`` is the new content (the old one when nothing changes). ``waiting`` are findings whose
    rewrites collide with those of ``applied``: they have their turn in the next round.
    """

    after: bytes
    applied: list[Finding] = field(default_factory=list)
    waiting: list[Finding] = field(default_factory=list)
    refused: list[Unfixed] = field(default_factory=list)
    left: list[Unfixed] = field(default_factory=list)


def plan_file(
    target: FixTarget, content: bytes, findings: Sequence[Finding], *, unsafe: bool
) -> FilePlan:
    """Plan the fixes of ``findings`` in the file ``target``, which holds ``content`` by now.

    Where rewrites collide, the one whose finding comes first is applied. Raises :class:`Refused`
    when the whole file can't be rewritten.
    """
    try:
        source = decode(content)
    except SourceError as error:
        raise Refused(f"the file is not readable: {error.message}") from error
    if len(source.newlines) > 1:
        raise Refused("the file mixes kinds of line ends, which a rewrite would not keep")
    if source.has_form_feed:
        raise Refused("the file holds form feeds, which a rewrite would not keep")
    depth = depth_of([parse_python(source.text)])
    try:
        return with_room(depth, lambda: _plan(target, source, findings, unsafe=unsafe))
    except TooDeepError as error:
        raise Refused(f"the file is {error}") from error


def _plan(
    target: FixTarget, source: Source, findings: Sequence[Finding], *, unsafe: bool
) -> FilePlan:
    file = OpenFile.of(target, open_tree(source))
    plan = FilePlan(source.encode(source.text))
    rewrites: list[Rewrite] = []
    for finding in sorted(findings, key=_turn):
        vanished = frozenset(id(name) for each in rewrites for name in each.vanished)
        try:
            rewrite = _rewrite(finding, file, vanished)
        except Refused as refusal:
            plan.refused.append(Unfixed(finding, refusal.reason))
            continue
        reasons = _unsafe_reasons(finding, rewrite)
        if reasons and not unsafe:
            plan.left.append(Unfixed(finding, f"takes --unsafe-fixes: {'; '.join(reasons)}"))
            continue
        if any(rewrite.collides(other, file.tree) or _clash(rewrite, other) for other in rewrites):
            plan.waiting.append(finding)
            continue
        plan.applied.append(finding)
        rewrites.append(rewrite)
    if rewrites:
        plan.after = _rewritten(file, rewrites)
    return plan


def _turn(finding: Finding) -> tuple[bool, tuple[str, int, int, str, str]]:
    """The written order: by place, and after all others what depends on them."""
    kind = finding.intent.kind if finding.intent else ""
    try:
        needs_others = transformer_of(kind).needs_others
    except Refused:
        needs_others = False
    return needs_others, finding.sort_key


def _rewrite(finding: Finding, file: OpenFile, vanished: frozenset[int]) -> Rewrite:
    """What has to happen for ``finding`` in this file, at all of its places there."""
    intent = finding.intent
    if intent is None:
        raise Refused("there is no fix for it")
    if intent.obstacle:
        raise Refused(intent.obstacle)
    rewrite = transformer_of(intent.kind).rewrite
    path = file.target.path
    places = [Place(finding, file, vanished)] if finding.path == path else []
    places += [Place(finding, file, vanished, each) for each in intent.parts if each.path == path]
    whole = Rewrite()
    for place in places:
        whole.add(rewrite(place))
    return whole


def _unsafe_reasons(finding: Finding, rewrite: Rewrite) -> list[str]:
    reasons = list(dict.fromkeys(rewrite.unsafe))
    is_unsafe = finding.intent is not None and finding.intent.safety == "unsafe"
    return reasons or (["a person has to look at it"] if is_unsafe else [])


def _clash(one: Rewrite, other: Rewrite) -> bool:
    """Do the two want to import different things under one name?"""

    def meanings(rewrite: Rewrite) -> dict[str, tuple[str, str]]:
        return {each.local: (each.module, each.attribute) for each in rewrite.imports}

    ours, theirs = meanings(one), meanings(other)
    return any(ours[local] != theirs[local] for local in ours.keys() & theirs.keys())


def _rewritten(file: OpenFile, rewrites: Sequence[Rewrite]) -> bytes:
    """The file with all of ``rewrites``; raises :class:`Refused` when that is no sound Python."""
    requests: list[ImportRequest] = [each for rewrite in rewrites for each in rewrite.imports]
    unimports = [each for rewrite in rewrites for each in rewrite.unimports]
    imports = edit_imports(requests, unimports, file.imports)
    source = file.tree.source
    text = apply(file.tree.module, [*rewrites, imports]).code
    _check(source.text, text)
    if (tidied := without_unused(file, msgspec.structs.replace(source, text=text))) != text:
        text = tidied
        _check(source.text, text)
    try:
        return source.encode(text)
    except UnicodeEncodeError as error:
        raise Refused(f"the file's encoding, {source.encoding}, lacks a character") from error


def _check(before: str, after: str) -> None:
    """Raise :class:`Refused` unless ``after`` is as good Python as ``before``."""
    try:
        parse_python(after)
        cst.parse_module(after)
    except (Refused, cst.ParserSyntaxError) as error:
        raise Refused("the rewritten file would not parse") from error
    if _compiles(before) and not _compiles(after):
        raise Refused("the rewritten file would not compile")


def _compiles(text: str) -> bool:
    """Would Python's compiler take ``text``? Nothing is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<rewritten>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
