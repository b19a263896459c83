"""One view, rendered in many formats.

In: the verdict of a check or the tables of an audit. Out: text in the format asked for, one file a
format. Standard output carries this and nothing else; ``templates`` holds the Markdown and HTML
of the audit.
"""
