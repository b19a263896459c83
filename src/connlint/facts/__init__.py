"""What one file says, and nothing else.

In: the bytes of one file. Out: ``FileFacts``, a compact copy of its imports, definitions, bodies,
literals and directives. Facts depend on the bytes alone (no path, no configuration), so that the
cache can keep them under the hash of the content and one process a core can extract them.
"""
