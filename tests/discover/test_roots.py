"""Import roots that only the imports show."""

from __future__ import annotations

import pytest

from connlint.discover.roots import Imported, implied_roots

SRC = (".", "src")
LIBRARIES = frozenset({"sqlalchemy"})


def _imports(**lines: str) -> dict[str, list[Imported]]:
    """Files by path, ``__`` for a slash; each imports ``module``, ``module:attr`` or ``.attr``."""
    found = {}
    for path, text in lines.items():
        items = []
        for word in text.split():
            level = len(word) - len(word.lstrip("."))
            module, _, attr = word.lstrip(".").partition(":")
            items.append(Imported(module, attr, level))
        found[path.replace("__", "/") + ".py"] = items
    return found


ROOTS = {
    "a package below a folder": (
        _imports(backend__app__main="app.db:Session", backend__app__db=""),
        ("backend",),
    ),
    "from far below": (
        _imports(backend__app__api__users="app.db:Session", backend__app__db=""),
        ("backend",),
    ),
    "a submodule as a name": (
        _imports(backend__main="app:db", backend__app__db=""),
        ("backend",),
    ),
    "modules side by side": (_imports(backend__main="database", backend__database=""),
                             ("backend",)),
    "modules above": (_imports(backend__api__users="database:get_db", backend__database=""),
                      ("backend",)),
    "several services": (
        _imports(one__main="db.session", one__db__session="",
                 two__main="db.session", two__db__session=""),
        ("one", "two"),
    ),
    "named as a package by fewer files": (
        _imports(backend__app__main="app.db", backend__app__db="", backend__app__api="app.db",
                 tests__test_it="backend.app.db"),
        ("backend",),
    ),
    "a root is known": (_imports(src__app__main="app.db", src__app__db=""), ()),
    "found from the project's folder": (_imports(app__main="app.db", app__db=""), ()),
    "installed": (_imports(backend__main="fastapi", backend__app__db=""), ()),
    "in the standard library": (_imports(backend__main="queue:Queue", backend__queue=""), ()),
    "a library that the analysis knows": (
        _imports(app__routes__jobs="sqlalchemy:text", app__routes__sqlalchemy=""), ()
    ),
    "the file itself": (_imports(app__stripe="stripe:Client"), ()),
    "a package, by its relative imports": (
        _imports(app__pay="stripe:Client", app__stripe="", app__main=".pay"), ()
    ),
    "a package, by its full name": (
        _imports(app__pay="stripe:Client", app__stripe="", run="app.stripe"), ()
    ),
    "named as a package by as many files": (
        _imports(lib__hdfs__client="", lib__spark="hdfs.client", run="lib.hdfs.client"), ()
    ),
    "a folder of scripts that is called like a package": (
        _imports(backend__main="docker:client", backend__docker__build=""), ()
    ),
}  # fmt: skip


@pytest.mark.parametrize(("imports", "roots"), ROOTS.values(), ids=ROOTS)
def test_implied_roots(imports: dict[str, list[Imported]], roots: tuple[str, ...]) -> None:
    assert implied_roots(imports, SRC, LIBRARIES) == roots


def test_the_projects_folder_when_it_is_no_root() -> None:
    imports = _imports(app__main="app.db", app__db="")
    assert implied_roots(imports, ("lib",), LIBRARIES) == (".",)
