"""DBC6xx, boundaries: what crosses from the database to the API, and from one store to another."""
