"""What has the name or the methods of a session and is none does nothing to the database."""

from __future__ import annotations

import pytest

from model.written import linked

NO_SESSIONS = {
    "a git repository": """
        import git

        def work(path):
            repo = git.Repo(path)
            repo.index.add([path])
            repo.index.commit("message")
            repo.git.commit("-m", "message")
    """,
    "an unknown repository": """
        def work(repo, message):
            repo.commit(message)
            repo.index.commit(message)
    """,
    "a Kafka consumer": """
        from kafka import KafkaConsumer

        def work():
            consumer = KafkaConsumer("jobs")
            for message in consumer:
                consumer.commit()
    """,
    "another Kafka consumer": """
        from confluent_kafka import Consumer

        def work(settings):
            consumer = Consumer(settings)
            consumer.poll(1)
            consumer.commit(asynchronous=False)
    """,
    "a Redis pipeline": """
        import redis

        def work(job):
            client = redis.Redis()
            pipeline = client.pipeline()
            pipeline.hset("job", mapping=job)
            pipeline.execute()
    """,
    "an HTTP session": """
        import requests

        def work(url):
            session = requests.Session()
            session.get(url)
            session.close()
    """,
    "an HTTP session as a parameter": """
        def work(session, url):
            session.get(url)
            session.post(url)
            return session.delete(url)
    """,
    "an aiohttp session": """
        import aiohttp

        async def work(url):
            async with aiohttp.ClientSession() as session:
                async with session.get(url) as response:
                    return await response.json()
    """,
    "a boto3 session": """
        import boto3

        def work():
            session = boto3.Session()
            return session.client("s3")
    """,
    "a TensorFlow session": """
        import tensorflow as tf

        def work(graph):
            with tf.Session(graph=graph) as session:
                session.run(graph)
    """,
    "Flask's session": """
        from flask import session

        def work(user):
            session["user"] = user
            session.pop("job", None)
            session.clear()
    """,
    "a Whoosh writer": """
        from whoosh.index import open_dir

        def work(path):
            writer = open_dir(path).writer()
            writer.add_document(title="x")
            writer.commit()
    """,
    "a class of the project with a commit": """
        class Form:
            def commit(self):
                self.saved = True

        def work():
            form = Form()
            form.commit()
    """,
    "a parameter that callers pass something else for": """
        import git

        def store(repo):
            repo.commit("message")

        def work(path):
            store(git.Repo(path))
    """,
    "a session by name alone": """
        def work(session):
            session["job"] = 1
            return session.get("user")
    """,
}


@pytest.mark.parametrize("source", NO_SESSIONS.values(), ids=NO_SESSIONS)
def test_what_is_no_session_does_nothing_to_the_database(source: str) -> None:
    project = linked({"app/jobs.py": source})
    kinds = {
        operation.effect.kind
        for _, operation in project.operations()
        if operation.effect.kind != "slow"
    }
    assert kinds == set()
