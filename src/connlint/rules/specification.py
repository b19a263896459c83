"""A rule's Markdown page in, its sections and example cases out.

The page is documentation and test at once. It opens with the rule's name and a line of metadata::

    # forbidden-session-factory

    `DBC101` · error · fix: safe or unsafe

and has the sections of :data:`SECTIONS`, in that order. In Examples, Allowed and Limits, code
blocks are *cases*: consecutive blocks up to the next heading or the next line that starts in bold.
A block is a file, named by its info string (``python title="app/routes.py"``); with ``fixed``
behind the title it says what that file becomes under ``--fix --unsafe-fixes``. A TOML block without
a title is the standard that the case is held against; one that stands alone, before the first file
of its page, is the standard of all cases that bring none. ``# error: DBC101, DBC102`` at the end of
a line says what is reported there; the marker is not part of the file. Cases in Allowed and Limits
have to stay silent: in Allowed because that is right, in Limits although it is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from connlint.errors import RuleLoadError
from connlint.rules.card import RuleCard

SECTIONS = (
    "What it does",
    "Why it matters",
    "Examples",
    "Allowed",
    "Options",
    "Limits",
    "Fix safety",
)
_SECTIONS_WITH_CASES = ("Examples", "Allowed", "Limits")
_FENCE = re.compile(r"(?P<ticks>`{3,})(?P<info>.*)")
_TITLE = re.compile(r'\btitle="(?P<title>[^"]+)"')
_MARKER = re.compile(r"[ \t]*# error: (?P<codes>DBC\d{3}(?:, ?DBC\d{3})*)[ \t]*$")
_BOLD = re.compile(r"\*\*(?P<title>.+?)\*\*")
_SENTENCE = re.compile(r"(?<=[.!?])\s")


class Expected(NamedTuple):
    """A finding that a marker announces; lines start at 1."""

    path: str
    line: int
    code: str


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """One file of a case, without its markers. ``line`` is where the text begins on the page."""

    path: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Case:
    """A small project, the TOML of its standard, and what is found in it."""

    section: str
    title: str
    line: int
    files: tuple[ExampleFile, ...]
    fixed: tuple[ExampleFile, ...]
    standard: str
    expected: frozenset[Expected]


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page. ``sections`` maps each heading to its text, in the order of the page."""

    title: str
    metadata: str
    sections: dict[str, str]
    cases: tuple[Case, ...]

    @property
    def summary(self) -> str:
        """The first paragraph of What it does, on one line."""
        return self._opening(SECTIONS[0])

    @property
    def motive(self) -> str:
        """The first sentence of Why it matters, on one line."""
        return _SENTENCE.split(self._opening(SECTIONS[1]), maxsplit=1)[0]

    def _opening(self, section: str) -> str:
        """The first paragraph of a section, on one line."""
        return " ".join(self.sections.get(section, "").partition("\n\n")[0].split())


def metadata_line(rule: RuleCard) -> str:
    """The line below the title of ``rule``'s page."""
    fixes = " or ".join(rule.fixes) or "none"
    line = f"`{rule.code}` · {rule.severity} · fix: {fixes}"
    return line if rule.default_on else line + " · off by default"


def parse_page(text: str, name: str) -> Page:
    """Parse the page of the rule called ``name``; raises :class:`RuleLoadError` with the line."""
    reader = _Reader(name)
    for number, line in enumerate(text.splitlines(), start=1):
        reader.read(number, line)
    return reader.finish()


class _Block(NamedTuple):
    """A code block: the line of its fence, its info string and its lines."""

    line: int
    info: str
    lines: list[str]


@dataclass(slots=True)
class _Reader:
    """Reads a page line by line."""

    name: str
    title: str = ""
    metadata: str = ""
    sections: dict[str, list[str]] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    section: str = ""
    case_title: str = ""
    blocks: list[_Block] = field(default_factory=list)
    open_block: _Block | None = None
    ticks: str = ""
    standard: str = ""

    def read(self, number: int, line: str) -> None:
        """Take in the next line."""
        if self.section and not (line.startswith("## ") and self.open_block is None):
            self.sections[self.section].append(line)
        if self.open_block is not None:
            self._read_code(line)
        elif fence := _FENCE.fullmatch(line):
            self.ticks = fence["ticks"]
            self.open_block = _Block(number, fence["info"].strip(), [])
        else:
            self._read_prose(number, line)

    def finish(self) -> Page:
        """The page, when all lines are read."""
        if self.open_block is not None:
            raise self._error(self.open_block.line, "this code block is not closed")
        self._close_case()
        sections = {name: "\n".join(lines).strip() for name, lines in self.sections.items()}
        return Page(self.title, self.metadata, sections, tuple(self.cases))

    def _read_code(self, line: str) -> None:
        assert self.open_block is not None
        if line.rstrip() == self.ticks:
            if self.section in _SECTIONS_WITH_CASES:
                self.blocks.append(self.open_block)
            self.open_block = None
        else:
            self.open_block.lines.append(line)

    def _read_prose(self, number: int, line: str) -> None:
        if line.startswith("# ") and not self.title:
            self.title = line[2:].strip()
        elif line.startswith("## "):
            self._close_case()
            self.section = line[3:].strip()
            if self.section in self.sections:
                raise self._error(number, f"a second section {self.section!r}")
            self.sections[self.section] = []
        elif line.startswith("#"):
            self._close_case()
            self.case_title = line.lstrip("#").strip()
        elif bold := _BOLD.match(line):
            self._close_case()
            self.case_title = bold["title"].rstrip(".:")
        elif line.strip() and not self.section and not self.metadata:
            self.metadata = line.strip()

    def _close_case(self) -> None:
        blocks, self.blocks = self.blocks, []
        title, self.case_title = self.case_title, ""
        if not blocks:
            return
        standards = [block for block in blocks if _is_standard(block)]
        if len(standards) > 1:
            raise self._error(standards[1].line, "a second standard in one case")
        standard = "\n".join(standards[0].lines) + "\n" if standards else ""
        files = [block for block in blocks if not _is_standard(block)]
        if files:
            self.cases.append(self._case(title, files, standard or self.standard))
        elif self.cases:
            raise self._error(blocks[0].line, "a standard without files, behind the first case")
        else:
            self.standard = standard

    def _case(self, title: str, blocks: list[_Block], standard: str) -> Case:
        files, fixed = [], []
        expected: set[Expected] = set()
        for block in blocks:
            file = self._file(block)
            if block.info.split()[-1] == "fixed":
                fixed.append(file)
            else:
                files.append(file)
                expected.update(_expected(file.path, block.lines))
        paths = [file.path for file in files]
        if len(set(paths)) != len(paths):
            raise self._error(blocks[0].line, "two blocks of one case are the same file")
        for file in fixed:
            if file.path not in paths:
                raise self._error(file.line, f"{file.path} is fixed but not shown before")
        line = blocks[0].line
        return Case(
            section=self.section,
            title=title or f"line {line}",
            line=line,
            files=tuple(files),
            fixed=tuple(fixed),
            standard=standard,
            expected=frozenset(expected),
        )

    def _file(self, block: _Block) -> ExampleFile:
        title = _TITLE.search(block.info)
        if title is None:
            raise self._error(block.line, 'a code block without title="path"')
        text = "".join(_MARKER.sub("", line) + "\n" for line in block.lines)
        return ExampleFile(title["title"], text, block.line + 1)

    def _error(self, line: int, message: str) -> RuleLoadError:
        return RuleLoadError(f"page of {self.name}, line {line}: {message}")


def _is_standard(block: _Block) -> bool:
    return block.info == "toml"


def _expected(path: str, lines: list[str]) -> Iterator[Expected]:
    for number, line in enumerate(lines, start=1):
        if marker := _MARKER.search(line):
            for code in marker["codes"].split(","):
                yield Expected(path, number, code.strip())
