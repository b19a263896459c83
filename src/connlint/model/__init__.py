"""All facts linked into one ``Project``.

In: the facts of every file and the standard. Out: names resolved across files, session values, the
call graph, roles, entry points, the effects of each function with a witness chain, and the states
that an entity can have at each commit. Whatever does not resolve is counted, never guessed.
"""
