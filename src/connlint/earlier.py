"""An analysis and a git revision in, the analysis of the project as it was before the change out.

What did not change is shared with the present analysis; what did comes from git's objects, through
the same cache. Both states are held against the standard of now: a comparison is about the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec

from connlint.detect.detection import Detection
from connlint.discover.dependencies import Dependencies, declares
from connlint.discover.revision import Earlier, changes_since
from connlint.discover.walk import Found, FoundFile, rules_of
from connlint.facts.cache import hashed, hashed_file, is_sql
from connlint.facts.loading import LoadedFacts
from connlint.facts.sql_statements import extract_sql
from connlint.facts.store import encode_facts
from connlint.facts.types import FileFacts
from connlint.facts.unsaved import facts_of
from connlint.pipeline import Analysis
from connlint.triage.remembered import RunResult


class EarlierAnalysis(Analysis):
    """The analysis of what the project held before a change.

    ``change`` says which files differ from those of the analysis ``now``.
    """

    def __init__(self, now: Analysis, change: Earlier) -> None:
        self._now = now
        self.change = change
        present = {file.relative for file in now.found.files}
        takes = rules_of(now.request.loaded.root, now.request.loaded.standard.exclude)
        taken = {p: data for p, data in change.contents.items() if p in present or takes(p)}
        sources = {path: data for path, data in taken.items() if not is_sql(path)}
        self._sql_then = {path: data for path, data in taken.items() if is_sql(path)}
        super().__init__(msgspec.structs.replace(now.request, unsaved=sources))

    @cached_property
    def found(self) -> Found:
        """The files that there were."""
        files = {
            f.relative: f for f in self._now.found.files if f.relative not in self.change.added
        }
        for path in self.request.unsaved:
            files.setdefault(path, FoundFile(str(self._root / path), path))
        now = self._now.found
        return Found(tuple(files[path] for path in sorted(files)), now.skipped, (), self._sql())

    def _sql(self) -> tuple[FoundFile, ...]:
        paths = {f.relative for f in self._now.found.sql} - set(self.change.added)
        paths.update(self._sql_then)
        return tuple(FoundFile(str(self._root / path), path) for path in sorted(paths))

    def _sql_facts(self) -> list[FileFacts]:
        """What each file of SQL said, in their order."""
        return [
            self._facts_then(file.relative, self._sql_then[file.relative])
            if file.relative in self._sql_then
            else self._saved_facts.by_path[file.relative].facts
            for file in self.found.sql
        ]

    @cached_property
    def result(self) -> RunResult:
        """Everything that was found then; without a change, what is found now."""
        same = not (self.change.contents or self.change.added or self._now.request.unsaved)
        return self._now.result if same else super().result

    @cached_property
    def facts(self) -> Mapping[str, FileFacts]:
        """What each file said, by path relative to the root, in order."""
        then = self.request.unsaved
        facts = {
            file.relative: self._facts_then(file.relative, then[file.relative])
            if file.relative in then
            else self._saved_facts.by_path[file.relative].facts
            for file in self.found.files
        }
        if problem := self._now._store.save():
            self._cache_problems[problem] = None
        return facts

    def _facts_then(self, path: str, data: bytes) -> FileFacts:
        store, content = self._now._store, hashed_file(path, data)
        facts = store.facts(content)
        if facts is None:
            facts = extract_sql(data) if is_sql(path) else facts_of(data)
            store.put(content, encode_facts(facts))
        return facts

    @cached_property
    def _saved_facts(self) -> LoadedFacts:
        return self._now._saved_facts

    @cached_property
    def detection(self) -> Detection | None:
        """The standard that the code follows now, where none is declared."""
        return self._now.detection

    @cached_property
    def _remarks(self) -> tuple[str, ...]:
        return ()  # what the standard names need not have been there

    @cached_property
    def _dependencies(self) -> Dependencies:
        instead: dict[str, bytes | None] = dict.fromkeys(self.change.added)
        instead.update(self.change.contents)
        return Dependencies(self._root, (file.relative for file in self.found.files), instead)

    def _contents_digest(self) -> bytes | None:
        contents = self.request.unsaved | self._sql_then
        then = {path: hashed_file(path, data) for path, data in contents.items()}
        total = [b"then"]
        for file in (*self.found.files, *self.found.sql):
            content = then.get(file.relative) or self._content_hash(file.relative)
            total.append(file.relative.encode("utf-8", "surrogateescape") + b"\0" + content)
        if not self.request.loaded.declared:  # what is assumed follows from the present code
            now = self._now._contents_digest()
            if now is None:
                return None
            total.append(now)
        return hashed(b"\0".join(total))

    def _content_hash(self, path: str) -> bytes:
        """The hash of what a file holds that did not change."""
        known = self._now._lookup.contents.get(path)
        return known or self._saved_facts.by_path[path].content


def before(now: Analysis, revision: str) -> EarlierAnalysis:
    """The project as it was before the change since ``revision``.

    Raises :class:`UsageError` in one line where git can't tell.
    """
    loaded = now.request.loaded
    takes = rules_of(loaded.root, loaded.standard.exclude)
    present = [file.relative for file in (*now.found.files, *now.found.sql)]

    def is_wanted(path: str) -> bool:
        return declares(path) or takes(path)

    return EarlierAnalysis(now, changes_since(loaded.root, revision, present, is_wanted))
