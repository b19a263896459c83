"""The standard that the code already follows.

In: a ``Project`` linked without a standard. Out: the assumed ``Standard`` and the reason for each
choice. ``connlint init`` writes it down; a run without configuration is held against it.
"""
