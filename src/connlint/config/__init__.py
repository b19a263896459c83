"""The standard that the code is held against.

In: TOML files and shipped presets. Out: one frozen ``Standard``, with the origin of each of its
values, or every configuration error at once, each with the nearest valid name. ``presets`` holds
the shipped standards as TOML data. ``globs``, ``roles`` and ``selection`` say what a standard's
patterns and selectors mean for a file, a name or a rule.
"""
