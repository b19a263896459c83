"""Names in, what follows from them out, before anything is linked: who may use a database."""
