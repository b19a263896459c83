"""The standard that the code is held against.

In: TOML files and shipped presets. Out: one frozen ``Standard``, with the origin of each of its
values, or every configuration error at once, each with the nearest valid name. ``presets`` holds
the shipped standards as TOML data.
"""
