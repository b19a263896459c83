"""A small module for each way to run tasks, schedules and messages; entry points are marked."""

from __future__ import annotations

JOBS = {
    "Celery": """
        from celery import Celery, Task, shared_task
        from celery.signals import task_failure, worker_ready

        app = Celery("jobs")

        @app.task
        def first():  # task
            pass

        @app.task(bind=True, name="second")
        def second(self):  # task
            pass

        @shared_task
        def third():  # task
            pass

        class Fourth(Task):
            def run(self):  # task
                pass

        @worker_ready.connect
        def ready(**kwargs):  # startup
            pass

        @task_failure.connect
        def failed(**kwargs):  # signal
            pass
    """,
    "RQ": """
        from redis import Redis
        from rq import Queue
        from rq.decorators import job

        queue = Queue(connection=Redis())

        @job("default")
        def decorated():  # task
            pass

        def enqueued():  # task
            pass

        queue.enqueue(enqueued)
    """,
    "Dramatiq": """
        import dramatiq

        @dramatiq.actor
        def work(key):  # task
            pass

        class Timed(dramatiq.Middleware):
            def before_process_message(self, broker, message):  # middleware
                pass
    """,
    "arq": """
        from arq import cron
        from arq.worker import func

        async def work(context):  # task
            pass

        async def nightly(context):  # scheduled-job
            pass

        class WorkerSettings:
            functions = [func(work)]
            cron_jobs = [cron(nightly, hour=3)]
    """,
    "APScheduler": """
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler()

        @scheduler.scheduled_job("interval", minutes=5)
        def tick():  # scheduled-job
            pass

        def nightly():  # scheduled-job
            pass

        scheduler.add_job(nightly, "cron", hour=3)
    """,
    "Concurrency": """
        import asyncio
        import atexit
        from concurrent.futures import ThreadPoolExecutor
        from functools import partial
        from threading import Thread

        async def task():  # task
            pass

        def thread():  # thread
            pass

        def pooled(key):  # thread
            pass

        def last():  # shutdown
            pass

        async def main():
            asyncio.create_task(task())
            Thread(target=partial(thread)).start()
            with ThreadPoolExecutor() as pool:
                pool.submit(pooled, 1)

        atexit.register(last)
    """,
    "Kafka consumers": """
        from kafka import KafkaConsumer

        def consume(session):  # message-consumer
            for message in KafkaConsumer("jobs"):
                session.add(message)
                session.commit()
    """,
    "RabbitMQ clients": """
        import pika

        def received(channel, method, properties, body):  # message-consumer
            pass

        def consume():
            channel = pika.BlockingConnection().channel()
            channel.basic_consume(queue="jobs", on_message_callback=received)
    """,
    "redis-py": """
        import redis

        def consume(session):  # message-consumer
            subscription = redis.Redis().pubsub()
            for message in subscription.listen():
                session.add(message)
                session.commit()
    """,
}
