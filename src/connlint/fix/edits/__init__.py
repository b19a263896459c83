"""One LibCST transformer a file, each for one kind of fix intent.

In: a parsed module and the place of the finding. Out: the rewritten module, or the reason why the
rewrite is refused.
"""
