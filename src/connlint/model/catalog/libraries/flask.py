"""Flask: routes, request hooks, class-based views, commands and signals.

With it the extensions that register routes (Flask-RESTful, Flask-RESTX, Flask-AppBuilder) and
those whose loaders run with every authenticated request (Flask-Login, Flask-JWT-Extended,
Flask-HTTPAuth).
"""

from __future__ import annotations

from connlint.model.catalog.notation import each, handlers, hooks, routes, spelled
from connlint.model.catalog.types import Base, Library, Registrar, Type

_APP = "flask.Flask"
_BLUEPRINT = "flask.Blueprint"
_SCAFFOLD = "flask.sansio.scaffold.Scaffold"
_GROUP = "flask.cli.AppGroup"
_JWT = "flask_jwt_extended.JWTManager"
_LOGIN = "flask_login.LoginManager"
_HTTP_AUTH = "flask_httpauth.HTTPAuth"

_VERBS = "get post put patch delete"
_VIEW_METHODS = handlers(f"{_VERBS} head options", "route")
_SIGNALS = (
    "request_started request_finished request_tearing_down appcontext_pushed appcontext_popped "
    "appcontext_tearing_down got_request_exception message_flashed template_rendered "
    "before_render_template"
)
_PER_REQUEST = "request_started request_finished request_tearing_down"

_EXTENSION_REGISTRARS = (
    *hooks(_LOGIN, "user_loader request_loader", "request-hook"),
    *hooks(
        _JWT,
        "user_lookup_loader token_in_blocklist_loader token_verification_loader "
        "user_identity_loader additional_claims_loader",
        "request-hook",
    ),
    *hooks(_HTTP_AUTH, "get_password get_user_roles", "request-hook"),
    *hooks("flask_httpauth.HTTPBasicAuth", "verify_password hash_password", "request-hook"),
    *hooks("flask_httpauth.HTTPTokenAuth", "verify_token", "request-hook"),
    Registrar("flask_restful.Api.add_resource", "route", 0, "resource", label=1, decorates=False),
    *(
        Registrar(f"{owner}.route", "route", calls=False)
        for owner in ("flask_restx.Namespace", "flask_restx.Api")
    ),
    *(
        Registrar(f"{owner}.add_resource", "route", 0, "resource", label=1, decorates=False)
        for owner in ("flask_restx.Namespace", "flask_restx.Api")
    ),
    Registrar("flask_appbuilder.expose", "route", calls=False),
)

LIBRARY = Library(
    name="Flask",
    packages=(
        "flask",
        "flask_appbuilder",
        "flask_httpauth",
        "flask_jwt_extended",
        "flask_login",
        "flask_restful",
        "flask_restx",
    ),
    aliases={
        **spelled("flask", {"flask.app": "Flask", "flask.blueprints": "Blueprint"}),
        **spelled("flask", {"flask.signals": _SIGNALS}),
        **spelled("flask_login", {"flask_login.login_manager": "LoginManager"}),
        **spelled("flask_jwt_extended", {"flask_jwt_extended.jwt_manager": "JWTManager"}),
        **spelled("flask_restx", {"flask_restx.namespace": "Namespace", "flask_restx.api": "Api"}),
        **spelled("flask_restx", {"flask_restx.resource": "Resource"}),
        **dict.fromkeys(
            ("flask_appbuilder.baseviews.expose", "flask_appbuilder.api.expose"),
            "flask_appbuilder.expose",
        ),
    },
    types=(
        Type(_SCAFFOLD, attributes={"cli": _GROUP}),
        Type(_APP, bases=(_SCAFFOLD,)),
        Type(_BLUEPRINT, bases=(_SCAFFOLD,)),
        Type(_GROUP, bases=("click.Group",)),
        Type("flask.views.View"),
        Type("flask.views.MethodView", bases=("flask.views.View",)),
        *(Type(name) for name in (_LOGIN, _JWT, _HTTP_AUTH)),
        *(
            Type(name, bases=(_HTTP_AUTH,))
            for name in each("flask_httpauth", "HTTPBasicAuth HTTPDigestAuth HTTPTokenAuth")
        ),
        *(Type(name) for name in ("flask_restful.Api", "flask_restx.Api", "flask_restx.Namespace")),
        *(
            Type(name, bases=("flask.views.MethodView",))
            for name in ("flask_restful.Resource", "flask_restx.Resource")
        ),
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
        *hooks(_APP, "before_first_request", "startup"),
        *hooks(
            _BLUEPRINT,
            "before_app_request after_app_request teardown_app_request app_context_processor "
            "app_url_value_preprocessor",
            "request-hook",
        ),
        *hooks(_BLUEPRINT, "before_app_first_request", "startup"),
        Registrar("flask.after_this_request", "request-hook", label=None),
        *(
            Registrar(f"{signal}.connect", "request-hook", label=None)
            for signal in each("flask", _PER_REQUEST)
        ),
        *_EXTENSION_REGISTRARS,
    ),
    bases=(
        Base("flask.views.MethodView", _VIEW_METHODS),
        Base("flask.views.View", {"dispatch_request": "route"}),
    ),
)
