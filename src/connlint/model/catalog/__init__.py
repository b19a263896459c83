"""What libraries mean, written down as data.

Each file describes one library (SQLAlchemy, a driver, FastAPI, Flask, Celery ...) in the types of
``types``: which calls acquire, read, write or commit, what they return, and what registers a
handler. The rest of ``model`` holds no library's name.
"""
