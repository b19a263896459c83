"""A small module for each framework that answers requests or sockets; entry points are marked."""

from __future__ import annotations

WEB = {
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
}
