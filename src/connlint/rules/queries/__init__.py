"""DBC5xx, queries: SQL held against the schemas that the project itself declares."""
