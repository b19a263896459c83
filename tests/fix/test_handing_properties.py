"""However settings are handed down, they go from every file or stay in all; what is done stays."""

from __future__ import annotations

import ast
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fix.fixed_project import Project

# Not called by anybody: where the settings come from.
START = """\
from app import {first}


def main(url, db_params):
    {call}
"""
STANDARD = """\
[sessions]
parameter-bundles = ["settings"]
"""
PARAMETERS = {
    "last": "url, {own}",
    "first": "{own}, url",
    "with a default": "url, depth=1, {own}=None",
    "by keyword": "url, *, {own}, depth=1",
    "on lines": "\n    url,  # where\n    {own},\n    depth=1,\n",
    "first by keyword": "url, *, {own}=None, depth: int = 2",
    "typed": "{own}: dict, url: str = 'x'",
}
WAYS = {
    "by keyword": "{callee}(url=url, {theirs}={own})",
    "in another order": "{callee}({theirs}={own}, url=url)",
    "on lines": "{callee}(\n        url=url,\n        {theirs}={own},  # settings\n    )",
    "with a depth": "{callee}(depth=3, url=url, {theirs}={own})",
}
BY_POSITION = {
    "last": "{callee}(url, {own})",
    "first": "{callee}({own}, url)",
    "with a default": "{callee}(url, 2, {own})",
    "on lines": "{callee}(\n        url, {own},  # settings\n        2)",
    "typed": "{callee}({own}, url)",
}
USES = {
    "nothing": "pass",
    "log": 'logger.info("for %s", {own})',
    "keep": "saved.append({own})",
    "ask": "if {own}: saved.append(1)",
    "again": "{own} = dict({own})",
}


@st.composite
def programs(draw: st.DrawFn) -> dict[str, str]:
    """Two modules of functions that call those behind them, with settings or without."""
    count = draw(st.integers(2, 5))
    functions: list[tuple[str, str, str, str]] = []
    for number in range(count):
        module = draw(st.sampled_from(["one", "two"]))
        own = draw(st.sampled_from(["db_params", "db_params", "settings"]))
        shape = draw(st.sampled_from(sorted(PARAMETERS)))
        functions.append((f"step_{number}", module, own, shape))
    texts = {"one": "", "two": ""}
    for at in reversed(range(count)):
        name, module, own, shape = functions[at]
        lines = [f"saved.append((url, {at}))"]
        for callee, where, theirs, their_shape in functions[at + 1 :]:
            if not draw(st.booleans()):
                continue
            way = draw(st.sampled_from(sorted(WAYS)))
            if way == "with a depth" and "depth" not in PARAMETERS[their_shape]:
                way = "by keyword"
            called = callee if where == module else f"{where}.{callee}"
            call = WAYS[way]
            if draw(st.booleans()):
                call = BY_POSITION.get(their_shape, call)
            lines.append(call.format(callee=called, theirs=theirs, own=own))
        use = draw(st.sampled_from(["nothing"] * 6 + sorted(USES)))
        lines.append(USES[use].format(own=own))
        parameters = PARAMETERS[shape].format(own=own)
        body = "".join(f"    {line}\n" for line in lines)
        texts[module] += f"\n\ndef {name}({parameters}):\n{body}"
    first, module, theirs, _ = functions[0]
    call = f"{module}.{first}(url=url, {theirs}=db_params)"
    return {
        "app/__init__.py": "import logging\n\nsaved = []\nlogger = logging.getLogger(__name__)\n",
        "app/one.py": f"from app import logger, saved, two\n{texts['one']}",
        "app/two.py": f"from app import logger, saved, one\n{texts['two']}",
        "app/start.py": START.format(first=module, call=call),
    }


def _done(files: dict[str, str]) -> list[object]:
    """What the program saves when it is started; its files are put together by hand."""
    saved: list[object] = []
    modules = {each: ModuleType(each) for each in ("one", "two", "start")}
    for name, module in modules.items():
        module.__dict__.update(modules, saved=saved, logger=logging.getLogger("handing"))
        # The code is what the strategy above put together, and what the fixes make of it.
        code = "".join(files[f"app/{name}.py"].partition("\n\n")[1:])
        exec(compile(code, name, "exec"), module.__dict__)
    try:
        modules["start"].main("a", {"host": "db"})
    except TypeError as error:
        saved.append(str(error))
    return saved


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_settings_go_everywhere_or_nowhere(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Project.of(Path(folder), "DBC107", STANDARD, files)
        outcome = project.fix(unsafe=True)
        after = {path: project.read(path) for path in files}
        assert project.fix(unsafe=True).changes == ()
    for text in after.values():
        compile(text, "after", "exec")
    assert _done(after) == _done(files)
    assert {each.path for each in outcome.changes} == {
        path for path in files if after[path] != files[path]
    }
    if outcome.fixed and not outcome.refused:
        handed = {keyword.arg for text in after.values() for keyword in _keywords(text)}
        assert handed <= {"url", "depth"}


def _keywords(text: str) -> Iterator[ast.keyword]:
    """The keyword arguments of all calls."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield from node.keywords
