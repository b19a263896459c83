"""DBC3xx, write load: commits for every event or iteration, and queries where one would do."""
