"""DBC9xx, the run itself: unreadable files, and suppressions or baseline entries that went stale."""
