"""What the small applications of the tests have in common."""

DATABASE = """
from contextlib import contextmanager
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

make_session = sessionmaker(create_engine("sqlite://"))


@contextmanager
def get_session():
    with make_session() as session:
        yield session
"""
"""A module with a factory and the provider that opens sessions from it."""
