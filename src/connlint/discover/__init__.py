"""Which files are looked at, and under which module names.

In: the paths given, the import roots, ``.gitignore`` and the excludes. Out: the files in a stable
order, the dotted name of each, and every file that was left out, with the reason.
"""
