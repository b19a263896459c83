"""A small module for each library that calls functions back; entry points are marked."""

from __future__ import annotations

CALLBACKS = {
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
