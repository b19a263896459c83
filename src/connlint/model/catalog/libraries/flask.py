"""Flask: routes, request hooks, class-based views, commands and signals."""

from __future__ import annotations

from connlint.model.catalog.notation import each, handlers, hooks, routes, spelled
from connlint.model.catalog.types import Base, Library, Registrar, Type

_APP = "flask.Flask"
_BLUEPRINT = "flask.Blueprint"
_SCAFFOLD = "flask.sansio.scaffold.Scaffold"
_GROUP = "flask.cli.AppGroup"

_VERBS = "get post put patch delete"
_PER_REQUEST = "request_started request_finished request_tearing_down"
_SIGNALS = (
    f"{_PER_REQUEST} appcontext_pushed appcontext_popped appcontext_tearing_down "
    "got_request_exception message_flashed template_rendered before_render_template"
)

LIBRARY = Library(
    name="Flask",
    packages=("flask",),
    aliases={
        **spelled(
            "flask",
            {"flask.app": "Flask", "flask.blueprints": "Blueprint", "flask.signals": _SIGNALS},
        ),
        # Until 2.2.
        "flask.scaffold.Scaffold": _SCAFFOLD,
    },
    types=(
        Type(_SCAFFOLD, attributes={"cli": _GROUP}),
        Type(_APP, bases=(_SCAFFOLD,), attributes={"logger": "logging.Logger"}),
        Type(_BLUEPRINT, bases=(_SCAFFOLD,)),
        Type(_GROUP, bases=("click.Group",)),
        Type("flask.cli.FlaskGroup", bases=(_GROUP,)),
        Type("flask.views.View"),
        Type("flask.views.MethodView", bases=("flask.views.View",)),
    ),
    values={
        "flask.current_app": _APP,
        **dict.fromkeys(each("flask", _SIGNALS), "blinker.NamedSignal"),
    },
    registrars=(
        *routes(_SCAFFOLD, _VERBS),
        Registrar(f"{_SCAFFOLD}.route", "route", calls=False),
        Registrar(f"{_SCAFFOLD}.add_url_rule", "route", 2, "view_func", decorates=False),
        *hooks(_SCAFFOLD, "before_request after_request teardown_request", "request-hook"),
        *hooks(_SCAFFOLD, "url_value_preprocessor context_processor", "request-hook"),
        *hooks(_APP, "teardown_appcontext", "request-hook"),
        *hooks(
            _BLUEPRINT,
            "before_app_request after_app_request teardown_app_request app_context_processor "
            "app_url_value_preprocessor",
            "request-hook",
        ),
        # Until 2.2.
        *hooks(_APP, "before_first_request", "startup"),
        *hooks(_BLUEPRINT, "before_app_first_request", "startup"),
        Registrar("flask.after_this_request", "request-hook", label=None),
        *(
            Registrar(f"{signal}.connect", "request-hook", label=None)
            for signal in each("flask", _PER_REQUEST)
        ),
    ),
    bases=(
        Base("flask.views.MethodView", handlers(f"{_VERBS} head options", "route")),
        Base("flask.views.View", handlers("dispatch_request", "route")),
    ),
)
