"""One small module for each framework of the catalogue. A function that is an entry point has its
kind in a comment behind its ``def``."""

from __future__ import annotations

from model.callback_frameworks import CALLBACKS
from model.job_frameworks import JOBS
from model.web_frameworks import WEB

FRAMEWORKS = WEB | JOBS | CALLBACKS
