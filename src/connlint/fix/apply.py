"""Findings in, files rewritten or left alone with a reason out: rounds of planning and checking.

A file is written only when its rewrite parses, removes what it was to remove, brings in nothing new
and would change nothing when run again. Everything happens in memory until then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from connlint.findings import Finding
from connlint.fix.groups import Disk, groups_of
from connlint.fix.guard import Key, counts, culprits, key_of
from connlint.fix.joint import Held, paths_of, together
from connlint.fix.journalled import journalled
from connlint.fix.outcome import (
    FileChange,
    Fixed,
    FixOptions,
    FixOutcome,
    FixTarget,
    Reanalyse,
    Refused,
    Unfixed,
)
from connlint.fix.plan import FilePlan, plan_file
from connlint.fix.verify import write_what_passes
from connlint.fix.write import is_unchanged, real_place

MAX_ROUNDS = 10
_NO_FIX = "there is no fix for it"


def plan_and_apply(
    findings: Sequence[Finding],
    files: Mapping[str, FixTarget],
    options: FixOptions,
    reanalyse: Reanalyse,
) -> FixOutcome:
    """Fix what can be fixed of ``findings``, which are what ``reanalyse({})`` would give.

    ``files`` are the analysed files by path; what is not among them is not touched. Each finding is
    in the outcome once: fixed, refused or left, with the reason.
    """
    run = _Run(findings, files, options, reanalyse)
    run.fix()
    if options.write:
        run.write()
    return run.outcome()


@dataclass(slots=True)
class _Run:
    """One run. ``contents`` are the changed files as they are by now, ``given_up`` those that stay
    as they were, ``barred`` the findings whose fix does harm, ``applied`` those that the first
    round rewrote, ``first_reasons`` why it did not rewrite the others, ``joint`` the files that
    were changed by one fix."""

    before: Sequence[Finding]
    files: Mapping[str, FixTarget]
    options: FixOptions
    reanalyse: Reanalyse
    now: Sequence[Finding] = ()
    contents: dict[str, bytes] = field(default_factory=dict)
    given_up: dict[str, str] = field(default_factory=dict)
    barred: dict[Key, str] = field(default_factory=dict)
    plans: dict[str, FilePlan] = field(default_factory=dict)
    applied: set[int] = field(default_factory=set)
    joint: list[frozenset[str]] = field(default_factory=list)
    first_reasons: dict[int, str] = field(default_factory=dict)
    _known: dict[str, tuple[bytes, list[Finding], FilePlan]] = field(default_factory=dict)

    def fix(self) -> None:
        """Plan and check in rounds until a round changes nothing."""
        self.now = self.before
        self._check_places()
        for _ in range(MAX_ROUNDS):
            planned = self._plan()
            if self.now is self.before:
                self.first_reasons = {
                    id(each.finding): each.reason
                    for plan in self.plans.values()
                    for each in (*plan.refused, *plan.left)
                }
            if not planned:
                return
            if self.now is self.before:
                self.applied = {id(each) for plan in planned.values() for each in plan.applied}
            self._accept(planned)
        while unstable := self._plan():
            self._give_up(dict.fromkeys(unstable, f"still changing after {MAX_ROUNDS} rounds"))

    def write(self) -> None:
        """Write the changed files; those that can't be written stay as they are.

        Raises :class:`ConnlintError` when the verification can't be carried out, or another run is
        fixing the project.
        """
        if not self.contents:
            return
        with ExitStack() as stack:
            try:
                token = stack.enter_context(journalled(self._changes(), self.options))
            except Refused as refusal:
                self._give_up_joint(refusal.reason)
                token = ""
            self._write(Disk(self.options.root, token))

    def _write(self, disk: Disk) -> None:
        groups = groups_of(self._changes(), self.joint)
        if verify := self.options.verify:
            self._give_up(write_what_passes(groups, disk, verify))
        else:
            failed: dict[str, str] = {}
            for group in groups:
                failed |= disk.write_group(group)
            self._give_up(failed)
        if counts(self.now) - counts(self.before):
            for change in self._changes():
                disk.restore(change)
            reason = "without the fixes that could not stay, something new would be found"
            self._give_up(dict.fromkeys(self.contents, reason))

    def _give_up_joint(self, reason: str) -> None:
        """Give up the files of fixes that span files, which may not be left half done."""
        self._give_up({path: reason for paths in self.joint for path in paths})

    def _changes(self) -> list[FileChange]:
        return [
            FileChange(path, self.files[path].location, self.files[path].source, content)
            for path, content in sorted(self.contents.items())
        ]

    def outcome(self) -> FixOutcome:
        """What became of each finding."""
        remaining = counts(self.now)
        groups: dict[Key, list[Finding]] = {}
        for finding in self.before:
            groups.setdefault(key_of(finding), []).append(finding)
        fixed_ids: set[int] = set()
        for key, group in groups.items():
            # Findings that look alike but for their line: those that were rewritten come first.
            ordered = sorted(group, key=lambda each: id(each) not in self.applied)
            fixed_ids.update(map(id, ordered[: max(len(group) - remaining[key], 0)]))
        fixed = [Fixed(each, each.path) for each in self.before if id(each) in fixed_ids]
        refused, left = self._unfixed([each for each in self.before if id(each) not in fixed_ids])
        return FixOutcome(
            tuple(fixed), tuple(refused), tuple(left), tuple(self._changes()), tuple(self.now)
        )

    def _unfixed(self, findings: Sequence[Finding]) -> tuple[list[Unfixed], list[Unfixed]]:
        """The refused and the left ones among ``findings``, with the reasons of the last plans."""
        refusals = _by_key(each for plan in self.plans.values() for each in plan.refused)
        leftovers = _by_key(each for plan in self.plans.values() for each in plan.left)
        refused: list[Unfixed] = []
        left: list[Unfixed] = []
        for finding in findings:
            key = key_of(finding)
            if finding.intent is None:
                left.append(Unfixed(finding, _NO_FIX))
            elif finding.path in self.given_up:
                refused.append(Unfixed(finding, self.given_up[finding.path]))
            elif key in self.barred:
                refused.append(Unfixed(finding, self.barred[key]))
            else:
                self._explain(finding, (refusals[key], refused), (leftovers[key], left))
        return refused, left

    def _explain(self, finding: Finding, *kinds: tuple[list[str], list[Unfixed]]) -> None:
        """Put down why ``finding`` is not fixed: ``kinds`` hold reasons and where they belong.

        Findings may look alike but for their line: its own reason in the first round comes first.
        """
        own = self.first_reasons.get(id(finding), "")
        for reasons, unfixed in (
            *((reasons, unfixed) for reasons, unfixed in kinds if own in reasons),
            *((reasons, unfixed) for reasons, unfixed in kinds if reasons),
        ):
            reason = reasons.pop(reasons.index(own) if own in reasons else 0)
            unfixed.append(Unfixed(finding, reason))
            return
        kinds[0][1].append(Unfixed(finding, "it is still found after its fix"))

    def _check_places(self) -> None:
        """Give up files that can't be written or are not what was analysed."""
        if self.options.in_editor:
            return
        seen: dict[Path, str] = {}
        every = {path for each in self.before if each.intent for path in paths_of(each)}
        for path in sorted(every):
            try:
                self._check_place(path, seen)
            except Refused as refusal:
                self.given_up[path] = refusal.reason

    def _check_place(self, path: str, seen: dict[Path, str]) -> None:
        target = self.files.get(path)
        if target is None:
            raise Refused("the file is not among those that were analysed")
        place = real_place(target.location, self.options.root)
        if place in seen:
            raise Refused(f"it is the same file as {seen[place]}")
        seen[place] = path
        if not is_unchanged(place, target.source):
            raise Refused("the file has changed since it was analysed")

    def _plan(self) -> dict[str, FilePlan]:
        """Plan all files again and return the plans that change something."""
        held = Held()
        while True:
            known, given_up = self.now, len(self.given_up)
            self.plans = self._plan_each(held)
            if self.now is not known:
                held = Held()
            elif len(self.given_up) == given_up and not held.take(self.plans):
                break
        held.tell(self.plans)
        return {path: plan for path, plan in self.plans.items() if plan.applied}

    def _plan_each(self, held: Held) -> dict[str, FilePlan]:
        """Plan every file with the findings that are not held back; give up those that can't be."""
        wanted: dict[str, list[Finding]] = {}
        for finding in self.now:
            if finding.intent and finding not in held and not self._is_given_up(finding):
                paths = paths_of(finding)
                if hindrance := next((path for path in paths if path in self.given_up), None):
                    held.add(finding, "refused", f"{hindrance}: {self.given_up[hindrance]}")
                    continue
                for path in paths:
                    wanted.setdefault(path, []).append(finding)
        plans: dict[str, FilePlan] = {}
        for path, findings in sorted(wanted.items()):
            try:
                plans[path] = self._plan_file(path, findings)
            except Refused as refusal:
                self._give_up({path: refusal.reason})
        return plans

    def _plan_file(self, path: str, findings: list[Finding]) -> FilePlan:
        target = self.files.get(path)
        if target is None:
            raise Refused("the file is not among those that were analysed")
        content = self.contents.get(path, target.source)
        known = self._known.get(path)
        if known and known[0] == content and known[1] == findings:
            return known[2]
        try:
            plan = plan_file(target, content, findings, unsafe=self.options.unsafe)
        except Refused:
            raise
        except Exception as error:
            raise Refused(f"rewriting it failed ({type(error).__name__})") from error
        # What spans files may change others than that of the finding.
        if plan.after == content and any(len(paths_of(each)) == 1 for each in plan.applied):
            raise Refused("its fix would change nothing")
        self._known[path] = (content, findings, plan)
        return plan

    def _accept(self, planned: dict[str, FilePlan]) -> None:
        """Take over what ``planned`` does as far as it stands up to analysis."""
        changes = self.contents | {path: plan.after for path, plan in planned.items()}
        applied_now = (each for plan in planned.values() for each in plan.applied)
        joint = [frozenset(paths) for each in applied_now if len(paths := paths_of(each)) > 1]
        while changes:
            after = self.reanalyse(changes)
            applied = {path: planned[path].applied for path in planned.keys() & changes.keys()}
            bad = culprits(self.before, self.now, after, applied, changes, self.reanalyse)
            if not bad:
                self.contents, self.now = self._changed(changes), after
                self.joint += [paths for paths in joint if changes.keys() >= paths]
                return
            if wide := self._wide(planned, bad):
                self.barred.update(wide)
                return
            bad = _with_joint(bad, self.joint)
            for path, reason in bad.items():
                if path in planned and (plan := self._without_harm(path, planned[path])):
                    planned[path] = plan
                    changes[path] = plan.after
                elif path in planned and len(planned[path].applied) == 1:
                    self.barred[key_of(planned.pop(path).applied[0])] = reason
                    del changes[path]
                    if path in self.contents:
                        changes[path] = self.contents[path]
                else:
                    self.given_up[path] = reason
                    changes.pop(path, None)
        self.contents, self.now = {}, self.before

    def _changed(self, contents: Mapping[str, bytes]) -> dict[str, bytes]:
        """Those of ``contents`` that are not what the files hold anyway."""
        kept = contents.items()
        return {path: content for path, content in kept if content != self.files[path].source}

    def _wide(self, planned: Mapping[str, FilePlan], bad: Mapping[str, str]) -> dict[Key, str]:
        """The fixes of this round that span files with a bad one among them: they go first."""
        return {
            key_of(finding): bad[next(path for path in paths_of(finding) if path in bad)]
            for plan in planned.values()
            for finding in plan.applied
            if len(paths_of(finding)) > 1 and bad.keys() & set(paths_of(finding))
        }

    def _without_harm(self, path: str, plan: FilePlan) -> FilePlan | None:
        """A plan for the same file without the fixes that do harm by themselves.

        ``None`` when none of them does, or none is left.
        """
        if len(plan.applied) == 1:
            return None
        harms = {key_of(each): self._harm_of(path, each) for each in plan.applied}
        harmful = {key: harm for key, harm in harms.items() if harm}
        self.barred.update(harmful)
        wanted = (each for each in self.now if each.path == path and each.intent)
        again = self._try_to_plan(path, [each for each in wanted if not self._is_given_up(each)])
        return again if harmful and again and again.applied else None

    def _try_to_plan(self, path: str, findings: list[Finding]) -> FilePlan | None:
        try:
            return self._plan_file(path, findings)
        except Refused:
            return None

    def _harm_of(self, path: str, finding: Finding) -> str | None:
        """Why the fix of ``finding`` can't stay, when it is the only one."""
        alone = self._try_to_plan(path, [finding])
        if alone is None or not alone.applied:
            return None
        changes = {**self.contents, path: alone.after}
        after = self.reanalyse(changes)
        applied = {path: alone.applied}
        bad = culprits(self.before, self.now, after, applied, changes, self.reanalyse)
        return bad.get(path)

    def _is_given_up(self, finding: Finding) -> bool:
        return finding.path in self.given_up or key_of(finding) in self.barred

    def _give_up(self, reasons: Mapping[str, str]) -> None:
        """Put these files, and those that were changed along with them, back to what they were."""
        reasons = _with_joint(reasons, self.joint)
        self.given_up.update(reasons)
        if reasons.keys() & self.contents.keys():
            kept = self.contents.items()
            self.contents = {path: content for path, content in kept if path not in reasons}
            self.now = self.reanalyse(self.contents) if self.contents else self.before


def _with_joint(reasons: Mapping[str, str], joint: Iterable[frozenset[str]]) -> dict[str, str]:
    """``reasons``, and for the files that change along with them that they do."""
    first = next(iter(reasons), "")
    others = together(reasons, joint) - reasons.keys()
    return {**reasons, **dict.fromkeys(others, f"it changes together with {first}, which can't be")}


def _by_key(unfixed: Iterable[Unfixed]) -> dict[Key, list[str]]:
    reasons: dict[Key, list[str]] = defaultdict(list)
    for each in unfixed:
        reasons[key_of(each.finding)].append(each.reason)
    return reasons
