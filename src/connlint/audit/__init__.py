"""The tables of the audit, computed once, as data.

In: the ``Project`` and the verdict. Out: every connection point with its verdict and reason, the
flows by entry point, the inventory and classification of files, progress against an earlier audit,
priorities and store migrations. Nothing here knows about output formats.
"""
