"""The tables of the audit, computed once, as data.

In: the ``Project`` and the findings. Out: every connection point with its verdict and reason
(``places`` → ``inventory``), the flows by entry point, the inventory and classification of files,
progress against an earlier audit, priorities, remedies, store migrations and connection
configuration; ``tables`` puts them together. Nothing here knows about output formats.
"""
