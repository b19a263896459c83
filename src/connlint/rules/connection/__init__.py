"""DBC4xx, connection configuration: engines, pools, URLs, credentials and drivers."""
