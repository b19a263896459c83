"""One rule, one ``.py`` and one ``.md`` of the same stem, in the folder of its family.

In: the ``Project``. Out: ``Suspect``s, each with its place, its message and the evidence. Rules
read no bytes, parse nothing and print nothing. A rule is found because its file is there: no list
has to be edited. The ``.md`` is its documentation and its test at once.
"""
