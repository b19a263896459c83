"""APScheduler 3: jobs added to a scheduler or decorated with it."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, same
from connlint.model.catalog.types import Library, Registrar, Type

_BASE = "apscheduler.schedulers.base.BaseScheduler"
_SCHEDULERS = {
    "asyncio": "AsyncIOScheduler",
    "background": "BackgroundScheduler",
    "blocking": "BlockingScheduler",
    "gevent": "GeventScheduler",
    "tornado": "TornadoScheduler",
    "twisted": "TwistedScheduler",
}

LIBRARY = Library(
    name="APScheduler",
    packages=("apscheduler", "flask_apscheduler"),
    types=(
        Type(
            _BASE,
            methods=same(
                "add_job scheduled_job add_listener start shutdown remove_job get_job get_jobs "
                "pause_job resume_job modify_job reschedule_job",
                NOTHING,
            ),
        ),
        *(
            Type(f"apscheduler.schedulers.{module}.{name}", bases=(_BASE,))
            for module, name in _SCHEDULERS.items()
        ),
        Type("flask_apscheduler.APScheduler", attributes={"scheduler": _BASE}),
    ),
    registrars=(
        Registrar(f"{_BASE}.scheduled_job", "scheduled-job", label="id", calls=False),
        Registrar(f"{_BASE}.add_job", "scheduled-job", 0, "func", label="id", decorates=False),
        Registrar(f"{_BASE}.add_listener", "signal", 0, "callback", label=None, decorates=False),
        Registrar("flask_apscheduler.APScheduler.task", "scheduled-job", label=1, calls=False),
        Registrar(
            "flask_apscheduler.APScheduler.add_job",
            "scheduled-job",
            1,
            "func",
            label=0,
            decorates=False,
        ),
    ),
    spawns=(f"{_BASE}.add_job",),
)
