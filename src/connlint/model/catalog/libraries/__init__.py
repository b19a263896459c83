"""The catalogue itself: one file a library, each with a ``LIBRARY``.

A new file is found by itself.
"""
