"""DBC9xx, the run itself: unreadable files, stale suppressions and stale baseline entries."""
