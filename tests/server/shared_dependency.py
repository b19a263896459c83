"""A project in which a change shows where nothing calls what changed: only a whole look sees it.

A dependency that commits is none of the standard's business until a third route shares it: then it
runs on most requests.
"""

from __future__ import annotations

from pathlib import Path

from server.editing import write_project

COUNTS = """\
from app.database import get_session


def count_visit(visit):
    with get_session() as session:
        session.add(visit)
        session.commit()
"""
TWO_ROUTES = """\
from fastapi import Depends, FastAPI

from app.visits import count_visit

app = FastAPI()


@app.get("/one")
def one(visit=Depends(count_visit)):
    return 1


@app.get("/two")
def two(visit=Depends(count_visit)):
    return 2
"""
THREE_ROUTES = f"""{TWO_ROUTES}

@app.get("/three")
def three(visit=Depends(count_visit)):
    return 3
"""


def write_routes(root: Path) -> tuple[Path, Path]:
    """Lay out the project in ``root``; the paths of the routes and of what they depend on."""
    package = write_project(root, "").parent
    routes, visits = package / "routes.py", package / "visits.py"
    routes.write_text(TWO_ROUTES, "utf-8")
    visits.write_text(COUNTS, "utf-8")
    return routes, visits
