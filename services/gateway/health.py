"""Whether this gateway is alive, whether it is ready, and its figures."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Response, get
from litestar.status_codes import HTTP_200_OK
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest

from services.gateway.answers import Answer, answers
from services.gateway.problem_types import NOT_READY
from services.gateway.problems import problem

Missing = Callable[[], Awaitable[list[str]]]
"""Says what is missing for this gateway to be of use; nothing when it is ready."""


class Health(msgspec.Struct, frozen=True):
    """The answer when all is well."""

    status: str


def refusals_counted(registry: CollectorRegistry) -> Callable[[str], None]:
    """What counts those who were refused because there was too much, by what there was too much of."""
    refused = Counter(
        "airdisplay_refused", "Refused: too often, too much, too slow", ["reason"], registry=registry
    )

    def count(reason: str) -> None:
        refused.labels(reason).inc()

    return count


def health_routes(missing: Missing, registry: CollectorRegistry) -> list[Any]:
    """The routes that machines ask."""

    @get(
        "/healthz",
        summary="Is it alive",
        tags=["Health"],
        opt=answers(Answer(HTTP_200_OK, "It is.", Health)),
    )
    async def healthz() -> Health:
        """This process answers."""
        return Health("alive")

    @get(
        "/readyz",
        summary="Is it ready",
        tags=["Health"],
        opt=answers(Answer(HTTP_200_OK, "It is.", Health), refusals=(NOT_READY,)),
    )
    async def readyz() -> Response[Any]:
        """Everything that it needs is there; 503 says what is missing."""
        lacking = await missing()
        if not lacking:
            return Response(Health("ready"))
        detail = "Not ready; missing: " + ", ".join(lacking) + "."
        return problem("not-ready", "Not ready", 503, detail, headers={"Retry-After": "1"}, missing=lacking)

    @get(
        "/metrics",
        summary="Figures for Prometheus",
        tags=["Health"],
        opt=answers(Answer(HTTP_200_OK, "The figures.", {"type": "string"}, "text/plain")),
    )
    async def metrics() -> Response[bytes]:
        """In Prometheus' text format."""
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [healthz, readyz, metrics]
