"""The gateway's application without anything behind it, for what can be read off it."""

from typing import Any

from litestar import Litestar
from prometheus_client import CollectorRegistry

from services.gateway.app import create_app
from services.gateway.authors import Authority


def bare_app() -> Litestar:
    """An application whose routes can be looked at; nothing can be called."""
    nothing: Any = None
    return create_app(
        nothing,
        nothing,
        nothing,
        missing=nothing,
        registry=CollectorRegistry(),
        authority=Authority(None),
        admission=nothing,
    )
