"""All tables of an audit in, the plan of action out: what is done, and what remains to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from connlint.audit.points import Point
from connlint.audit.priorities import WORST_FIRST, Item
from connlint.audit.progress import Progress
from connlint.audit.stores import PHASES, Store
from connlint.audit.wording import counted, listed, some


class Step(msgspec.Struct, frozen=True):
    """A step of the plan: what it is, whether it is done, and how far it has come."""

    what: str
    done: bool
    state: str


def make_plan(
    progress: Sequence[Progress],
    points: Sequence[Point],
    priorities: Sequence[Item],
    stores: Sequence[Store],
    has_coverage: bool,
) -> tuple[Step, ...]:
    """The steps in the order in which they are taken; those that there is nothing for are left
    out."""
    return (
        *_reading(progress),
        *_deciding(points),
        *_fixing(priorities, progress),
        *_moving(stores),
        *_verifying(progress, has_coverage),
    )


def _reading(progress: Sequence[Progress]) -> Iterator[Step]:
    unread = [f"`{each.file.path}`" for each in progress if each.status == "not audited"]
    read = len(progress) - len(unread)
    state = f"{read} of {counted(len(progress), 'file')} read"
    if unread:
        state = f"{state}; left: {some(unread)}"
    yield Step("Audit every file with connections", not unread, state)


def _deciding(points: Sequence[Point]) -> Iterator[Step]:
    open_points = [point for point in points if point.verdict == "review"]
    if not open_points:
        yield Step("Decide on every connection point", True, f"{len(points)} of {len(points)}")
        return
    paths = list(dict.fromkeys(f"`{point.path}`" for point in open_points))
    state = f"{counted(len(open_points), 'point')} to be looked at, in {some(paths)}"
    yield Step("Decide on every connection point", False, state)


def _fixing(priorities: Sequence[Item], progress: Sequence[Progress]) -> Iterator[Step]:
    """A step for each priority, then the files as a whole."""
    for priority in WORST_FIRST:
        items = [item for item in priorities if item.priority == priority]
        if items:
            left = [item for item in items if not item.done]
            gone = sum(item.gone for item in items if item.done)
            gone += sum(item.gone for item in left)
            findings = sum(item.left for item in left)
            files = len({item.path for item in left})
            state = f"{counted(findings, 'finding')} left in {counted(files, 'file')}"
            if gone:
                state = f"{gone} gone, {state}"
            yield Step(f"Fix what has {priority} priority", not left, state)
    done = sum(not each.file.findings for each in progress)
    state = f"{done} of {counted(len(progress), 'file')} comply"
    yield Step("Make every file comply", done == len(progress), state)


def _moving(stores: Sequence[Store]) -> Iterator[Step]:
    for store in stores:
        is_done = store.phase == PHASES[-1] and not store.missing
        state = f"phase {PHASES.index(store.phase) + 1} of {len(PHASES)}, {store.phase}"
        if store.missing:
            state = f"{state}; {listed(store.missing)} still in memory alone"
        yield Step(f"Move {store.name} to the database", is_done, state)


def _verifying(progress: Sequence[Progress], has_coverage: bool) -> Iterator[Step]:
    what = "Verify the changes with tests"
    if not has_coverage:
        yield Step(what, False, "no coverage was given (`--coverage`)")
        return
    answers = Counter(each.verified for each in progress)
    of = answers["yes"] + answers["partially"] + answers["no"]
    state = f"{answers['yes']} of {counted(of, 'file')} verified"
    yield Step(what, answers["yes"] == of, state)
