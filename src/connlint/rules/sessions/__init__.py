"""DBC1xx, sessions: who may open one, how long it lives, and who closes it."""
