"""A small application that hands settings down its call chain, and a run of it."""

from __future__ import annotations

ROUTES = """\
from fastapi import APIRouter, BackgroundTasks, Depends

from app.tasks import scan_site

router = APIRouter()


def get_db_params():
    return {"host": "db"}


@router.post("/scan")
def scan(
    url: str,
    tasks: BackgroundTasks,
    db_params=Depends(get_db_params),
):
    tasks.add_task(scan_site, url, db_params, depth=2)
    return {"url": url}
"""
TASKS = """\
import logging

from app import store

logger = logging.getLogger(__name__)


def scan_site(url, db_params=None, *, depth: int = 1):
    logger.info("scan %s (%s)", url, db_params or "defaults")
    for number in range(depth):
        store.save(url, number, settings=db_params)
"""
STORE = """\
saved = []


def save(url, number, settings):
    saved.append((url, number))


def save_all(urls, db_params):
    for url in urls:
        save(url, 0, db_params)
"""
FILES = {"app/__init__.py": "", "app/routes.py": ROUTES, "app/tasks.py": TASKS,
         "app/store.py": STORE}  # fmt: skip
RUN = """
from fastapi import FastAPI
from fastapi.testclient import TestClient
from app import routes, store
app = FastAPI()
app.include_router(routes.router)
print(TestClient(app).post("/scan?url=a").json(), store.saved)
"""
