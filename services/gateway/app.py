"""The application: routes, problems, limits. Made by a function; nothing happens at import."""

from collections.abc import Collection
from typing import Any, Final

from litestar import Litestar
from litestar.datastructures import State
from prometheus_client import CollectorRegistry

from services.gateway import display_routes, documents, moderation_routes, routes
from services.gateway.admission import ADMISSION, Admission
from services.gateway.authors import AUTHORITY, Authority, may_call
from services.gateway.calls import CALLS, Calls
from services.gateway.health import Missing, health_routes
from services.gateway.hub import Hub
from services.gateway.live import live_route
from services.gateway.openapi import openapi
from services.gateway.origins import cross_origin
from services.gateway.pages import static_routes
from services.gateway.problems import HANDLERS
from services.gateway.sse import live_events_route
from services.gateway.watches import Watches

BODY_BYTES: Final = 16 * 1024


def create_app(
    calls: Calls,
    hub: Hub,
    watches: Watches,
    *,
    missing: Missing,
    registry: CollectorRegistry,
    authority: Authority,
    admission: Admission,
    origins: Collection[str] = (),
) -> Litestar:
    """The gateway as an ASGI application."""
    handlers: list[Any] = [
        *routes.ROUTES,
        *display_routes.ROUTES,
        *moderation_routes.ROUTES,
        live_events_route(hub),
        live_route(hub, watches),
        *health_routes(missing, registry),
        *documents.ROUTES,
        *static_routes(),
    ]
    return Litestar(
        route_handlers=handlers,
        state=State({CALLS: calls, AUTHORITY: authority, ADMISSION: admission}),
        before_request=may_call,
        exception_handlers=HANDLERS,
        cors_config=cross_origin(origins),
        request_max_body_size=BODY_BYTES,
        openapi_config=openapi(documents.SwaggerPage()),
        logging_config=None,
    )
