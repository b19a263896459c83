"""Decorators that pass a session in, and the code of a shop that could use them."""

from __future__ import annotations

from textwrap import dedent, indent

from fix import shop

BY_POSITION = """
def with_session(function):
    @wraps(function)
    {a}def run(*args, **kwargs):
        {a}with {Factory}() as session:
            return {await_}function(session, *args, **kwargs)
    return run
"""
BY_KEYWORD = """
def with_session(function):
    @wraps(function)
    {a}def run(*args, **kwargs):
        if "session" in kwargs:
            return {await_}function(*args, **kwargs)
        {a}with {Factory}() as session:
            return {await_}function(*args, session=session, **kwargs)
    return run
"""
COMMITTING = """
def with_session(function):
    @wraps(function)
    {a}def run(*args, **kwargs):
        session = {Factory}(expire_on_commit=False)
        try:
            result = {await_}function(session, *args, **kwargs)
            {await_}session.commit()
        except BaseException:
            {await_}session.rollback()
            raise
        finally:
            {await_}session.close()
        return result
    return run
"""
MADE = """
def with_session(*, read_only=False):
    def decorate(function):
        @wraps(function)
        {a}def run(*args, **kwargs):
            {a}with {Factory}() as session:
                kwargs["session"] = session
                return {await_}function(*args, **kwargs)
        return run
    return decorate
"""
FOR_METHODS = """
def with_session(method):
    @wraps(method)
    {a}def run(self, *args, **kwargs):
        {a}with {Factory}() as session:
            return {await_}method(self, session, *args, **kwargs)
    return run
"""
CLASS = """
class with_session:
    def __init__(self, factory={Factory}):
        self.factory = factory

    def __call__(self, function):
        @wraps(function)
        {a}def run(*args, **kwargs):
            {a}with {Factory}() as session:
                return {await_}function(*args, **kwargs, session=session)
        return run
"""
CHECK = f"""\
import sqlalchemy as sa

from shop.db import Item, {{Factory}}
{shop.CHECK}"""
FUNCTIONS = """

{a}def {a_}block(name):
    \"\"\"Adds an item.\"\"\"
    {a}with {Factory}() as session:
        session.add(Item(name=name))
        {await_}session.flush()
        _check(name)
        {await_}session.commit()


{a}def {a_}block_that_reads(name, *, at_most=3):
    # how many
    {a}with {Factory}() as db:
        rows = {await_}db.execute(sa.select(sa.func.count()).select_from(Item))
        return _check(name), min(rows.scalar_one(), at_most)


{a}def {a_}transaction(name, again=False):
    {a}with {Factory}.begin() as session:
        session.add(Item(name=name))
        {await_}session.flush()
        _check(name)


{a}def {a_}closed_finally(name):
    if not name:
        return None
    session = {Factory}()
    # a comment
    try:
        session.add(Item(name=name))
        {await_}session.flush()
        _check(name)
        {await_}session.commit()
    finally:
        {await_}session.close()


{a}def {a_}opened_inside(name):
    session = None
    try:
        session = {Factory}()
        session.add(Item(name=name))
        {await_}session.flush()
        _check(name)
        {await_}session.commit()
    finally:
        if session is not None:
            {await_}session.close()


{a}def {a_}without_an_end(name):
    session = {Factory}()
    session.add(Item(name=name))
    {await_}session.flush()
    _check(name)
    {await_}session.commit()


{a}def _helper(count, /, name, *names):
    {a}with {Factory}() as session:
        found = [{await_}session.scalar(sa.select(sa.literal(each))) for each in names]
        _check(name)
        return found[:count]


{a}def {a_}through_a_helper(name):
    return {await_}_helper(2, name, "a", "b", "c")
"""
METHODS = """

class Shop:
    def __init__(self, prefix):
        self.prefix = prefix

    {a}def add(self, name):
        {a}with {Factory}() as session:
            session.add(Item(name=self.prefix + name))
            {await_}session.flush()
            _check(name)
            {await_}session.commit()
            return self.prefix

    @classmethod
    {a}def found(cls, name):
        session = {Factory}()
        try:
            return {await_}session.scalar(sa.select(sa.literal(cls.__name__ + _check(name))))
        finally:
            {await_}session.close()


{a}def {a_}shop_adds(name):
    return {await_}Shop("shop of ").add(name)


{a}def {a_}shop_finds(name):
    return {await_}Shop.found(name=name)
"""


def written(text: str, *, is_async: bool) -> str:
    """``text`` for synchronous or asynchronous sessions."""
    factory = "AsyncSessionLocal" if is_async else "SessionLocal"
    a, await_, a_ = ("async ", "await ", "async_") if is_async else ("", "", "")
    return dedent(text).format(a=a, await_=await_, a_=a_, Factory=factory)


def nested(text: str) -> str:
    """``text`` one level deeper."""
    return indent(text, "    ")
