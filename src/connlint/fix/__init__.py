"""Findings turned into edits that keep the code working.

In: findings with a fix intent. Out: files rewritten atomically, or left alone with a reason. A
rewrite is written only when it round-trips, parses, removes its finding, adds none, and would
change nothing when run again.
"""
