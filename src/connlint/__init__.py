"""connlint: enforces a Python code base's database-connection standard.

The folders follow the run: ``discover`` finds files, ``facts`` reads each, ``model`` links them,
``rules`` suspects, ``visit`` confirms, ``triage`` judges, ``report``, ``audit`` and ``fix`` use the
result. ``pipeline`` is that run in one page; docs/tour.md walks through it.
"""

__version__ = "0.1.0"
