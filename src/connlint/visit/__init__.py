"""Suspects confirmed on concrete syntax.

In: suspects and the source of the files that have any. Out: ``Finding``s as plain data. Only those
files are parsed with LibCST, each is traversed once for all rules, and each suspect has to be
the kind of node that its rule names before it becomes a finding with an exact range.
"""
