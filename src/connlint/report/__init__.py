"""One view, rendered in many formats.

In: the verdict of a check or the tables of an audit. Out: text in the format asked for, one file a
format, but for the two of the audit that are folders. Standard output carries this and
nothing else.
"""
