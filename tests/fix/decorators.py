"""The decorators of a project, which pass sessions in each in its own way."""

from __future__ import annotations

DECORATORS = '''\
import functools
from contextlib import contextmanager, suppress
from functools import wraps
from typing import cast

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("sqlite://"))


def by_position(function):
    @functools.wraps(function)
    def run(*args, **kwargs):
        """Runs it."""
        with SessionLocal() as session:
            return function(session, *args, **kwargs)

    return run


def by_keyword(function):
    @wraps(function)
    def run(*args, **kwargs):
        session = SessionLocal()
        try:
            return function(*args, session=session, **kwargs)
        finally:
            session.close()

    return cast(type, run)


def optional(function):
    @wraps(function)
    def run(*args, **kwargs):
        if "session" not in kwargs:
            with SessionLocal() as session:
                return function(*args, **kwargs, session=session)
        return function(*args, **kwargs)

    return run


def looking(function):
    at = function.__code__.co_varnames.index("session")

    @wraps(function)
    def run(*args, **kwargs):
        if "session" in kwargs or at < len(args):
            return function(*args, **kwargs)
        with SessionLocal() as session:
            return function(*args, session=session, **kwargs)

    return run


def otherwise(function):
    at = function.__code__.co_varnames.index("session")

    @wraps(function)
    def run(*args, **kwargs):
        if "session" in kwargs or at < len(args):
            return function(*args, **kwargs)
        else:
            with SessionLocal() as session:
                return function(*args, session=session, **kwargs)

    return run


def committing(function):
    @wraps(function)
    def run(*args, **kwargs):
        session = SessionLocal(expire_on_commit=False)
        try:
            result = function(session, *args, **kwargs)
            session.commit()
        except Exception:
            session.rollback()
            raise
        else:
            return result
        finally:
            session.close()

    return run


def made(*, name="session"):
    def decorate(function):
        @wraps(function)
        def run(*args, **kwargs):
            with SessionLocal() as session:
                kwargs["session"] = session
                result = function(*args, **kwargs)
            return result

        return run

    return decorate


def for_methods(method):
    @wraps(method)
    def run(self, *args, **kwargs):
        with SessionLocal() as session:
            return method(self, session, *args, **kwargs)

    return run


def unmarked(function):
    def run(*args, **kwargs):
        with SessionLocal() as session:
            return function(session, *args, **kwargs)

    return run


def retrying(function):
    @wraps(function)
    def run(*args, **kwargs):
        for attempt in range(3):
            with SessionLocal() as session:
                return function(session, *args, **kwargs)

    return run


def swallowing(function):
    @wraps(function)
    def run(*args, **kwargs):
        with SessionLocal() as session:
            try:
                return function(session, *args, **kwargs)
            except Exception:
                session.rollback()

    return run


def wrapping(function):
    @wraps(function)
    def run(*args, **kwargs):
        with SessionLocal() as session:
            return {"result": function(session, *args, **kwargs)}

    return run


def demanding(name):
    def decorate(function):
        @wraps(function)
        def run(*args, **kwargs):
            with SessionLocal() as session:
                return function(session, *args, **kwargs)

        return run

    return decorate


@contextmanager
def unit():
    session = SessionLocal()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def silent():
    session = SessionLocal()
    try:
        yield session
    except Exception:
        session.rollback()


def in_unit(function):
    @wraps(function)
    def run(*args, **kwargs):
        with unit() as session:
            return function(session, *args, **kwargs)

    return run


def in_silence(function):
    @wraps(function)
    def run(*args, **kwargs):
        with silent() as session:
            return function(session, *args, **kwargs)

    return run


def suppressing(function):
    @wraps(function)
    def run(*args, **kwargs):
        with suppress(ValueError), SessionLocal() as session:
            return function(session, *args, **kwargs)

    return run


def popping(function):
    @wraps(function)
    def run(*args, **kwargs):
        timeout = kwargs.pop("timeout", 1)
        with SessionLocal() as session:
            return function(session, *args, **kwargs)

    return run


def replacing(function):
    @wraps(function)
    def run(*args, **kwargs):
        args = args[1:]
        with SessionLocal() as session:
            return function(session, *args, **kwargs)

    return run


def forgetting(function):
    @wraps(function)
    def run(*args):
        with SessionLocal() as session:
            return function(session, *args)

    return run
'''
