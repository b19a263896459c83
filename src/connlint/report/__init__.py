"""One view, rendered in many formats.

In: the verdict of a check or the tables of an audit. Out: text in the format asked for, one file a
format, but for the HTML page of the audit, which is a folder. Standard output carries this and
nothing else.
"""
