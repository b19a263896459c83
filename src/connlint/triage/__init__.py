"""What the run comes to.

In: findings, suppression comments, per-file ignores, severities and the baseline. Out: the
``Verdict``: which findings count, which are silenced and by what, which suppressions are stale, and
the exit code.
"""
