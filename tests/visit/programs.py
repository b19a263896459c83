"""Random programs for property tests: valid by construction, and odd in layout."""

from __future__ import annotations

from hypothesis import strategies as st

Lines = list[str]
"""Lines without their ends, as deep as they are indented, one unit a level."""

UNIT = "\x01"
"""Stands for one level of indentation until a program is put together."""

_SIMPLE = (
    ["x = f()"],
    ["x = 1; g(x)"],
    ["pass  # größe"],
    ["x = '''", "  no code", "with f() as s:", "'''; g()"],
    ["x = (f(),", "  # inside", "", "     g())"],
    ["x = f() + \\", "  g()"],
    ["return_ = f'{g()} ü {h(1)}'"],
    ["y = lambda a=f(): g(a)"],
    ["del x, y"],
    ["import a.b as c, d"],
    ["z: int = f(g(h()))"],
    ["x += [f(i) for i in g() if h(i)][0]"],
    ["assert f(), 'ä' 'b'"],
    ["raise_(f)(g)(h)"],
    ["# only a comment"],
    [""],
)
_HEADERS = (
    "if f():",
    "for x, y in f():",
    "while g():  # turns",
    "with f() as a, g():",
    "with (f() as a, g(",
    "def inner(x=f(), *, y: g = 1):",
    "async def other(): # tight",
    "class A(f()):",
)
_TAILS = {"if f():": ("elif g():", "else:"), "while g():  # turns": ("else:",)}


def _indented(lines: Lines) -> Lines:
    return [f"{UNIT}{line}" if line else line for line in lines]


_simple = st.sampled_from(_SIMPLE).map(list)


@st.composite
def _compound(draw: st.DrawFn, inner: st.SearchStrategy[Lines]) -> Lines:
    header = draw(st.sampled_from(_HEADERS))
    lines = [header, "  )):"] if header.endswith("g(") else [header]
    if draw(st.booleans()) and header.startswith(("def", "class")):
        lines = ["@g()", "# between", *lines]
    lines += draw(inner)
    for tail in _TAILS.get(header, ()):
        if draw(st.booleans()):
            lines += [tail, *draw(inner)]
    return lines


@st.composite
def _try(draw: st.DrawFn, inner: st.SearchStrategy[Lines]) -> Lines:
    lines = ["try:", *draw(inner)]
    handlers = draw(st.integers(0, 2))
    for number in range(handlers):
        lines += [f"except (f(), E{number}) as e:", *draw(inner)]
    if handlers and draw(st.booleans()):
        lines += ["else:", *draw(inner)]
    if not handlers or draw(st.booleans()):
        lines += ["finally:", *draw(inner)]
    return lines


def _block(statements: st.SearchStrategy[list[Lines]]) -> st.SearchStrategy[Lines]:
    """An indented block; a statement at its end makes sure that it holds one."""
    return statements.map(
        lambda every: _indented([line for lines in every for line in lines] + ["pass"])
    )


_statement = st.recursive(
    _simple,
    lambda deeper: st.one_of(
        _compound(_block(st.lists(deeper, max_size=3))),
        _try(_block(st.lists(deeper, max_size=3))),
    ),
    max_leaves=8,
)
statements: st.SearchStrategy[Lines] = st.lists(_statement, max_size=4).map(
    lambda every: [line for lines in every for line in lines]
)
"""Some statements, not indented."""


def text_of(lines: Lines, unit: str = "    ", end: str = "\n") -> str:
    """The program that ``lines`` are."""
    return "".join(f"{line.replace(UNIT, unit)}{end}" for line in lines)


layouts = st.tuples(st.sampled_from(["    ", "\t", "  "]), st.sampled_from(["\n", "\r\n"]))
"""How a program is written down: a unit of indentation and an end of lines."""
