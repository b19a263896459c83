"""A page is read into cases: files, standard, fixed files, and findings from markers."""

from __future__ import annotations

import pytest

from connlint.errors import RuleLoadError
from connlint.rules.specification import Case, Expected, Page, parse_page

PAGE = """\
# lost-write

`DBC399` · error · fix: safe

## What it does

Reports writes
that are lost.

Always.

## Examples

```toml
[sessions]
names = ["db"]
```

**A write in a route.** Which is `lost`.

```python title="app/a.py"
db.add(x)  # error: DBC399
db.add(y)  # error: DBC399, DBC301
```

Nobody commits.

```python title="app/b.py"
pass
```

```python title="app/a.py" fixed
db.commit()
```

### Another

```sql title="schema.sql"
-- nothing
```

```toml
ignore = ["DBC1"]
```

## Allowed

**Committed.**

````python title="c.py"
x = '''
```
'''  # error: no code
````

## Options

```toml
[sessions]
```
"""


@pytest.fixture(scope="module")
def page() -> Page:
    return parse_page(PAGE, "lost-write")


def _parse(examples: str) -> tuple[Case, ...]:
    return parse_page(f"# x\n\n## Examples\n\n{examples}\n", "x").cases


def test_the_head_of_the_page(page: Page) -> None:
    assert (page.title, page.metadata) == ("lost-write", "`DBC399` · error · fix: safe")
    assert page.summary == "Reports writes that are lost."
    assert list(page.sections) == ["What it does", "Examples", "Allowed", "Options"]
    assert page.sections["What it does"].endswith("Always.")


def test_cases_end_at_headings_and_bold_lines(page: Page) -> None:
    assert [(case.section, case.title) for case in page.cases] == [
        ("Examples", "A write in a route"),
        ("Examples", "Another"),
        ("Allowed", "Committed"),
    ]


def test_a_case_has_files_without_markers(page: Page) -> None:
    first = page.cases[0]
    assert {file.path: file.text for file in first.files} == {
        "app/a.py": "db.add(x)\ndb.add(y)\n",
        "app/b.py": "pass\n",
    }
    assert [(file.path, file.text) for file in first.fixed] == [("app/a.py", "db.commit()\n")]
    assert PAGE.splitlines()[first.files[0].line - 1].startswith("db.add(x)")


def test_markers_announce_findings(page: Page) -> None:
    assert page.cases[0].expected == {
        Expected("app/a.py", 1, "DBC399"),
        Expected("app/a.py", 2, "DBC399"),
        Expected("app/a.py", 2, "DBC301"),
    }
    assert page.cases[2].expected == frozenset()


def test_a_case_brings_its_standard_or_has_that_of_the_page(page: Page) -> None:
    of_page = '[sessions]\nnames = ["db"]\n'
    assert [case.standard for case in page.cases] == [of_page, 'ignore = ["DBC1"]\n', of_page]


def test_a_longer_fence_holds_shorter_ones(page: Page) -> None:
    assert page.cases[2].files[0].text == "x = '''\n```\n'''  # error: no code\n"


@pytest.mark.parametrize(
    ("examples", "reason"),
    [
        ("```python\nx\n```", 'line 5: a code block without title="path"'),
        ('```python title="a.py"\nx', "line 5: this code block is not closed"),
        ('```python title="a.py" fixed\nx\n```', "line 6: a.py is fixed but not shown before"),
        (
            '```python title="a.py"\nx\n```\n```python title="a.py"\ny\n```',
            "two blocks of one case are the same file",
        ),
        ('```python title="a.py"\nx\n```\n```toml\n```\n```toml\n```', "a second standard"),
        (
            '```python title="a.py"\nx\n```\n**B**\n```toml\n```',
            "a standard without files, behind the first case",
        ),
        ("## Examples", "a second section 'Examples'"),
    ],
)
def test_a_page_that_makes_no_sense_is_refused(examples: str, reason: str) -> None:
    with pytest.raises(RuleLoadError, match=r"page of x, line \d+: ") as caught:
        _parse(examples)
    assert reason in str(caught.value)
