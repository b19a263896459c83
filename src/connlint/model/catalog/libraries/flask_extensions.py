"""Extensions of Flask: resources that are routes, and loaders that run with every request.

Flask-RESTful and Flask-RESTX; Flask-Login, Flask-JWT-Extended and Flask-HTTPAuth.
"""

from __future__ import annotations

from connlint.model.catalog.notation import each, hooks, spelled
from connlint.model.catalog.types import Library, Registrar, Type

_LOGIN = "flask_login.LoginManager"
_JWT = "flask_jwt_extended.JWTManager"
_AUTH = "flask_httpauth.HTTPAuth"
_AUTHS = each("flask_httpauth", "HTTPBasicAuth HTTPDigestAuth HTTPTokenAuth")
_RESTX = each("flask_restx", "Api Namespace")

LIBRARY = Library(
    name="Flask extensions",
    packages=(
        "flask_httpauth",
        "flask_jwt_extended",
        "flask_login",
        "flask_restful",
        "flask_restx",
        "flask_security",
        "quart_auth",
    ),
    aliases={
        **spelled(
            "flask_login",
            {"flask_login.login_manager": "LoginManager", "flask_login.utils": "current_user"},
        ),
        **spelled(
            "flask_jwt_extended",
            {
                "flask_jwt_extended.jwt_manager": "JWTManager",
                "flask_jwt_extended.utils": "current_user",
            },
        ),
        **spelled(
            "flask_restx",
            {
                "flask_restx.namespace": "Namespace",
                "flask_restx.api": "Api",
                "flask_restx.resource": "Resource",
            },
        ),
    },
    types=(
        *(Type(name) for name in (_LOGIN, _JWT, _AUTH, "flask_restful.Api", *_RESTX)),
        *(Type(name, bases=(_AUTH,)) for name in _AUTHS),
        *(
            Type(name, bases=("flask.views.MethodView",))
            for name in ("flask_restful.Resource", "flask_restx.Resource")
        ),
    ),
    rows=tuple(
        f"{package}.current_user"
        for package in ("flask_jwt_extended", "flask_login", "flask_security", "quart_auth")
    ),
    registrars=(
        *hooks(_LOGIN, "user_loader request_loader", "request-hook"),
        *hooks(
            _JWT,
            "user_lookup_loader token_in_blocklist_loader token_verification_loader "
            "user_identity_loader additional_claims_loader",
            "request-hook",
        ),
        *hooks(_AUTH, "get_password get_user_roles", "request-hook"),
        *hooks("flask_httpauth.HTTPBasicAuth", "verify_password hash_password", "request-hook"),
        *hooks("flask_httpauth.HTTPTokenAuth", "verify_token", "request-hook"),
        *(
            Registrar(f"{owner}.add_resource", "route", 0, "resource", label=1, decorates=False)
            for owner in ("flask_restful.Api", *_RESTX)
        ),
        *(Registrar(f"{owner}.route", "route", calls=False) for owner in _RESTX),
    ),
)
