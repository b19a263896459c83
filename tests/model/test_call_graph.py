"""Calls lead to what they run: through classes, decorators, callbacks and coroutines."""

from __future__ import annotations

import pytest

from model.call_chains import COMMIT, chains, project_of

REACHED = {
    "a function": (
        """
        def store(tx: Session):
            tx.commit()

        def work(tx: Session):
            store(tx)
        """,
        ["store"],
    ),
    "two functions": (
        """
        def store(tx: Session):
            tx.commit()

        def finish(tx: Session):
            store(tx)

        def work(tx: Session):
            finish(tx)
        """,
        ["finish", "store"],
    ),
    "a method": (
        """
        class Store:
            def save(self, tx: Session):
                tx.commit()

        def work(tx: Session):
            Store().save(tx)
        """,
        ["Store.save"],
    ),
    "self": (
        """
        class Store:
            def save(self, tx: Session):
                tx.commit()

            def finish(self, tx: Session):
                self.save(tx)

        def work(tx: Session):
            Store().finish(tx)
        """,
        ["Store.finish", "Store.save"],
    ),
    "a method of a base class": (
        """
        class Base:
            def save(self, tx: Session):
                tx.commit()

        class Store(Base):
            pass

        def work(tx: Session):
            Store().save(tx)
        """,
        ["Base.save"],
    ),
    "a method that overrides": (
        """
        class Base:
            def save(self, tx: Session):
                pass

            def finish(self, tx: Session):
                self.save(tx)

        class Store(Base):
            def save(self, tx: Session):
                tx.commit()

        def work(tx: Session):
            Store().finish(tx)
        """,
        ["Base.finish", "Store.save"],
    ),
    "super": (
        """
        class Base:
            def save(self, tx: Session):
                tx.commit()

        class Store(Base):
            def save(self, tx: Session):
                super().save(tx)

        def work(tx: Session):
            Store().save(tx)
        """,
        ["Store.save", "Base.save"],
    ),
    "super past a class in between": (
        """
        class Base:
            def save(self, tx: Session):
                tx.commit()

        class Between(Base):
            pass

        class Store(Between):
            def save(self, tx: Session):
                super(Store, self).save(tx)

        def work(tx: Session):
            Store().save(tx)
        """,
        ["Store.save", "Base.save"],
    ),
    "an abstract method": (
        """
        from abc import ABC, abstractmethod

        class Base(ABC):
            @abstractmethod
            def save(self, tx: Session): ...

        class Store(Base):
            def save(self, tx: Session):
                tx.commit()

        def work(tx: Session, base: Base):
            base.save(tx)
        """,
        ["Store.save"],
    ),
    "a class method": (
        """
        class Store:
            @classmethod
            def save(cls, tx: Session):
                tx.commit()

        def work(tx: Session):
            Store.save(tx)
        """,
        ["Store.save"],
    ),
    "a static method": (
        """
        class Store:
            @staticmethod
            def save(tx: Session):
                tx.commit()

        def work(tx: Session):
            Store.save(tx)
        """,
        ["Store.save"],
    ),
    "an instance that is called": (
        """
        class Store:
            def __call__(self, tx: Session):
                tx.commit()

        store = Store()

        def work(tx: Session):
            store(tx)
        """,
        ["Store.__call__"],
    ),
    "a constructor": (
        """
        class Store:
            def __init__(self, tx: Session):
                tx.commit()

        def work(tx: Session):
            Store(tx)
        """,
        ["Store.__init__"],
    ),
    "an attribute whose class is constructed": (
        """
        class Store:
            def save(self, tx: Session):
                tx.commit()

        class Service:
            def __init__(self):
                self.store = Store()

            def finish(self, tx: Session):
                self.store.save(tx)

        def work(tx: Session):
            Service().finish(tx)
        """,
        ["Service.finish", "Store.save"],
    ),
    "an attribute whose class is declared": (
        """
        class Store:
            def save(self, tx: Session):
                tx.commit()

        class Service:
            def __init__(self, store: Store):
                self.store = store

            def finish(self, tx: Session):
                self.store.save(tx)

        def work(tx: Session, service: Service):
            service.finish(tx)
        """,
        ["Service.finish", "Store.save"],
    ),
    "a class that is passed": (
        """
        class Store:
            @classmethod
            def save(cls, tx: Session):
                tx.commit()

        def work(tx: Session, store: type[Store]):
            store.save(tx)
        """,
        ["Store.save"],
    ),
    "a callback": (
        """
        def store(tx: Session):
            tx.commit()

        def call(function, argument):
            function(argument)

        def work(tx: Session):
            call(store, tx)
        """,
        ["call", "store"],
    ),
    "a method as a callback": (
        """
        class Store:
            def save(self, tx: Session):
                tx.commit()

        def call(function, argument):
            function(argument)

        def work(tx: Session):
            call(Store().save, tx)
        """,
        ["call", "Store.save"],
    ),
    "a coroutine": (
        """
        async def store(tx: Session):
            tx.commit()

        async def work(tx: Session):
            await store(tx)
        """,
        ["store"],
    ),
    "coroutines that are gathered": (
        """
        import asyncio

        async def store(tx: Session):
            tx.commit()

        async def work(tx: Session):
            await asyncio.gather(store(tx))
        """,
        ["store"],
    ),
    "a function in a thread": (
        """
        import asyncio

        def store(tx: Session):
            tx.commit()

        async def work(tx: Session):
            await asyncio.to_thread(store, tx)
        """,
        ["store"],
    ),
    "a generator": (
        """
        def stores(tx: Session):
            tx.commit()
            yield 1

        def work(tx: Session):
            for number in stores(tx):
                print(number)
        """,
        ["stores"],
    ),
    "map": (
        """
        def store(tx: Session):
            tx.commit()

        def work(tx: Session):
            list(map(store, [tx]))
        """,
        ["store"],
    ),
    "a decorator that keeps the function": (
        """
        from functools import wraps

        def logged(function):
            @wraps(function)
            def wrapper(*args, **kwargs):
                print(args)
                return function(*args, **kwargs)

            return wrapper

        @logged
        def store(tx: Session):
            tx.commit()

        def work(tx: Session):
            store(tx)
        """,
        ["store"],
    ),
    "a decorator with arguments": (
        """
        def retried(times):
            def decorate(function):
                def wrapper(*args):
                    return function(*args)

                return wrapper

            return decorate

        @retried(3)
        def store(tx: Session):
            tx.commit()

        def work(tx: Session):
            store(tx)
        """,
        ["store"],
    ),
    "an unknown decorator": (
        """
        from elsewhere import traced

        @traced("store")
        def store(tx: Session):
            tx.commit()

        def work(tx: Session):
            store(tx)
        """,
        ["store"],
    ),
}


@pytest.mark.parametrize(("source", "chain"), REACHED.values(), ids=REACHED)
def test_a_call_leads_to_the_commit(source: str, chain: list[str]) -> None:
    (found,) = chains(project_of(source))
    assert found[-1] == COMMIT
    assert [text for text in found[:-1] if text != "wrapper"] == chain
