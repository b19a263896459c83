"""One small module for each framework of the catalogue. A function that is an entry point has its
kind in a comment behind its ``def``."""

from __future__ import annotations

FRAMEWORKS = {
    "FastAPI": """
        from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, WebSocket

        async def lifespan(app):  # startup
            yield

        app = FastAPI(lifespan=lifespan)
        router = APIRouter(prefix="/jobs")

        def check(request):  # request-hook
            return request

        guarded = APIRouter(dependencies=[Depends(check)])

        @app.get("/")
        def index():  # route
            return {}

        @router.post("/{id}")
        async def create(id: int, tasks: BackgroundTasks):  # route
            tasks.add_task(later, id)

        def later(id):  # task
            return id

        @router.websocket("/live")
        async def live(socket: WebSocket):  # websocket
            await socket.accept()

        @app.middleware("http")
        async def timed(request, call_next):  # middleware
            return await call_next(request)

        @app.on_event("shutdown")
        def stop():  # startup
            pass

        def plain():  # route
            pass

        app.add_api_route("/plain", plain)
        app.include_router(router, prefix="/api")
    """,
    "Starlette": """
        from starlette.applications import Starlette
        from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
        from starlette.middleware.base import BaseHTTPMiddleware
        from starlette.routing import Route

        class Timed(BaseHTTPMiddleware):
            async def dispatch(self, request, call_next):  # middleware
                return await call_next(request)

        class Jobs(HTTPEndpoint):
            async def get(self, request):  # route
                return request

            def helper(self):
                pass

        class Live(WebSocketEndpoint):
            async def on_receive(self, socket, data):  # socket-event
                pass

        async def index(request):  # route
            return request

        app = Starlette(routes=[Route("/", index)])
    """,
    "Flask": """
        from flask import Blueprint, Flask
        from flask.views import MethodView

        app = Flask(__name__)
        jobs = Blueprint("jobs", __name__, url_prefix="/jobs")

        @app.route("/")
        def index():  # route
            return ""

        @jobs.post("/new")
        def create():  # route
            return ""

        @app.before_request
        def stamp():  # request-hook
            pass

        @app.teardown_appcontext
        def close(error):  # request-hook
            pass

        class Jobs(MethodView):
            def get(self):  # route
                return ""

        def added():  # route
            return ""

        app.add_url_rule("/added", "added", added)
    """,
    "Flask-AppBuilder": """
        from flask_appbuilder import BaseView, expose

        class Jobs(BaseView):
            @expose("/list")
            def jobs(self):  # route
                return ""
    """,
    "Flask extensions": """
        from flask_httpauth import HTTPBasicAuth
        from flask_login import LoginManager

        login = LoginManager()
        auth = HTTPBasicAuth()

        @login.user_loader
        def load(key):  # request-hook
            return key

        @auth.verify_password
        def verify(name, password):  # request-hook
            return name
    """,
    "Flask-SocketIO": """
        from flask_socketio import Namespace, SocketIO

        socketio = SocketIO()

        @socketio.on("message")
        def message(data):  # socket-event
            socketio.start_background_task(work)

        @socketio.event
        def ping():  # socket-event
            pass

        class Chat(Namespace):
            def on_join(self, data):  # socket-event
                pass

            def helper(self):
                pass

        def work():  # task
            pass
    """,
    "python-socketio": """
        import socketio

        server = socketio.AsyncServer()

        @server.on("message")
        async def message(sid, data):  # socket-event
            pass

        @server.event
        async def connect(sid, environ):  # socket-event
            pass

        async def late(sid):  # socket-event
            pass

        server.on("late", late)
    """,
    "aiohttp.web": """
        from aiohttp import web

        routes = web.RouteTableDef()

        @routes.get("/")
        async def index(request):  # route
            return web.Response()

        @web.middleware
        async def timed(request, handler):  # middleware
            return await handler(request)

        async def live(request):  # route
            return web.Response()

        app = web.Application()
        app.router.add_get("/live", live)
    """,
    "Tornado": """
        from tornado.ioloop import PeriodicCallback
        from tornado.web import RequestHandler
        from tornado.websocket import WebSocketHandler

        class Jobs(RequestHandler):
            def get(self):  # route
                pass

            def prepare(self):  # request-hook
                pass

        class Live(WebSocketHandler):
            def on_message(self, message):  # socket-event
                pass

        def tick():  # scheduled-job
            pass

        PeriodicCallback(tick, 1000).start()
    """,
    "websockets": """
        import websockets

        async def live(socket):  # websocket
            async for message in socket:
                print(message)

        async def main():
            async with websockets.serve(live, "localhost", 8000):
                pass
    """,
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
    "logging": """
        import logging

        class Stored(logging.Handler):
            def emit(self, record):  # log-handler
                pass

            def store(self, record):
                pass
    """,
    "SQLAlchemy Core": """
        from sqlalchemy import event

        class Job:
            pass

        @event.listens_for(Job, "after_insert")
        def inserted(mapper, connection, target):  # orm-event
            pass

        def deleted(mapper, connection, target):  # orm-event
            pass

        event.listen(Job, "after_delete", deleted)
    """,
    "blinker": """
        from blinker import Signal

        saved = Signal()

        @saved.connect
        def on_saved(sender):  # signal
            pass

        def on_saved_too(sender):  # signal
            pass

        saved.connect(on_saved_too)
    """,
    "click and Typer": """
        import click
        import typer

        app = typer.Typer()

        @click.command()
        def first():  # cli
            pass

        @click.group()
        def group():  # cli
            pass

        @group.command("second")
        def second():  # cli
            pass

        @app.command()
        def third():  # cli
            pass
    """,
    "Progress callbacks": """
        from urllib.request import urlretrieve

        from watchdog.events import FileSystemEventHandler

        def shown(count, size, total):  # progress-callback
            pass

        class Watched(FileSystemEventHandler):
            def on_modified(self, event):  # progress-callback
                pass

        def fetch(url):
            urlretrieve(url, "file", shown)
    """,
    "Storage clients": """
        import boto3

        def shown(sent):  # progress-callback
            pass

        def upload(path):
            boto3.client("s3").upload_file(path, "bucket", "key", Callback=shown)
    """,
}
