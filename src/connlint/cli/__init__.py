"""The command line: arguments in, exit code out.

One file a command; ``app`` puts them together and is the only place where an error becomes a line
on standard error and exit code 2. Importing ``app`` loads neither LibCST nor rich, Jinja or
sqlglot.
"""
