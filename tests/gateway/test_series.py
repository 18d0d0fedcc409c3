"""What was measured: the newest of each kind, and one kind over time, a page at a time."""

from typing import Any

import anyio
import httpx
import msgspec
import pytest

from services.gateway import series
from shared.contracts import subjects
from shared.contracts.errors import Unreachable
from shared.contracts.identity import BannerId
from shared.contracts.instants import Instant, later
from shared.contracts.telemetry import AT_HEADER
from shared.mesh import clock
from shared.mesh.connection import Mesh
from tests.support.gateways import Gateway, problem_in, registered_over

Value = dict[str, Any]


async def keep(mesh: Mesh, banner: BannerId, kind: str, value: Value, at: Instant | None = None) -> None:
    """Keep a value as the intake does."""
    headers: dict[str, str] = {} if at is None else {AT_HEADER: at}
    subject = subjects.measured(banner, kind)
    await mesh.requests.ask(subject, msgspec.json.encode(value), timeout=5, headers=headers)


async def measured(client: httpx.AsyncClient, banner: str, **query: str | int) -> dict[str, Any]:
    """A page of what was measured."""
    response = await client.get(f"/v1/banners/{banner}/telemetry", params=query)
    assert httpx.codes.OK == response.status_code, response.text
    page: dict[str, Any] = response.json()
    return page


def numbers(page: dict[str, Any]) -> list[int]:
    """The values, where each is a number."""
    return [item["value"]["n"] for item in page["items"]]


async def test_without_a_kind_it_is_the_newest_of_each(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    now = clock.now()
    for number in range(3):
        await keep(mesh, free, "wind", {"n": number}, now)
    await keep(mesh, free, "rain", {"n": 7}, later(now, -5_000))

    expected = [
        {"kind": "rain", "at": later(now, -5_000), "value": {"n": 7}},
        {"kind": "wind", "at": now, "value": {"n": 2}},
    ]
    assert {"items": expected, "next_cursor": None} == await measured(ada, free)
    assert expected[1:] == (await measured(ada, free, since=later(now, -1)))["items"]
    assert expected[:1] == (await measured(ada, free, limit=1))["items"]


async def test_one_banner_comes_with_the_newest_of_each_kind(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    assert {} == (await ada.get(f"/v1/banners/{free}")).json()["telemetry"]
    now = clock.now()
    await keep(mesh, free, "wind", {"n": 1}, now)

    assert {"wind": {"at": now, "value": {"n": 1}}} == (await ada.get(f"/v1/banners/{free}")).json()[
        "telemetry"
    ]


@pytest.mark.parametrize("trouble", ["slow", "away"])
async def test_one_banner_comes_without_when_that_cannot_be_had_at_once(
    ada: httpx.AsyncClient, free: BannerId, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    async def newest(*_: object, **__: object) -> None:
        if trouble == "away":
            raise Unreachable("the stream TELEMETRY")
        await anyio.sleep_forever()

    monkeypatch.setattr(series, "newest", newest)
    response = await ada.get(f"/v1/banners/{free}")

    assert httpx.codes.OK == response.status_code
    assert None is response.json()["telemetry"]


async def test_a_series_without_since_is_the_last_of_it_the_oldest_first(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    for number in range(12):
        await keep(mesh, free, "wind", {"n": number})

    page = await measured(ada, free, kind="wind", limit=5)
    assert ([7, 8, 9, 10, 11], None) == (numbers(page), page["next_cursor"])
    assert list(range(12)) == numbers(await measured(ada, free, kind="wind"))


async def test_a_series_from_a_time_on_comes_in_pages_and_has_every_value_once(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    times: list[Instant] = []
    for number in range(25):
        times.append(clock.now())
        await keep(mesh, free, "wind", {"n": number}, times[-1])
        await keep(mesh, free, "rain", {"n": -1})
        await anyio.sleep(0.002)

    seen: list[int] = []
    query: dict[str, str | int] = {"kind": "wind", "since": times[5], "limit": 7}
    while True:
        page = await measured(ada, free, **query)
        assert len(page["items"]) <= 7
        seen += numbers(page)
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert list(range(5, 25)) == seen


async def test_what_was_measured_before_and_kept_after_is_not_from_then_on(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId
) -> None:
    now = clock.now()
    await keep(mesh, free, "wind", {"n": 1}, later(now, -1))
    await keep(mesh, free, "wind", {"n": 2}, now)

    assert [2] == numbers(await measured(ada, free, kind="wind", since=now))


async def test_of_a_long_series_the_last_is_found(mesh: Mesh, ada: httpx.AsyncClient, free: BannerId) -> None:
    subject = subjects.measured(free, "wind")
    for number in range(6_000):
        await mesh.publish(subject, b'{"n":%d}' % number)
    await mesh.client.flush()
    await keep(mesh, free, "wind", {"n": 6_000})

    page = await measured(ada, free, kind="wind", limit=3)
    assert [5_998, 5_999, 6_000] == numbers(page)
    assert 1_000 == len((await measured(ada, free, kind="wind", limit=1_000))["items"])


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"kind": "nothing-like-it"}, id="a kind that nobody measures"),
        pytest.param({"kind": "wind", "since": "2999-01-01T00:00:00Z"}, id="from a time to come"),
        pytest.param({"since": "2999-01-01T00:00:00Z"}, id="every kind from a time to come"),
        pytest.param({"kind": "wind", "cursor": "999999999"}, id="after everything"),
    ],
)
async def test_where_there_is_nothing_there_is_an_empty_page(
    mesh: Mesh, ada: httpx.AsyncClient, free: BannerId, query: dict[str, str]
) -> None:
    await keep(mesh, free, "wind", {"n": 1})

    assert {"items": [], "next_cursor": None} == await measured(ada, free, **query)


async def test_of_a_banner_that_there_is_not_nothing_is_told(ada: httpx.AsyncClient) -> None:
    for banner in ("nowhere", "NO-ID"):
        response = await ada.get(f"/v1/banners/{banner}/telemetry")
        assert (404, "/problems/unknown-banner") == (response.status_code, problem_in(response)["type"])


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("kind=UP", id="a kind that can be none"),
        pytest.param("kind=a.b", id="a kind that is a subject"),
        pytest.param("kind=*", id="a wildcard"),
        pytest.param("kind=", id="an empty kind"),
        pytest.param("since=yesterday", id="a word for a time"),
        pytest.param("since=2026-02-30T00:00:00Z", id="a day that there is not"),
        pytest.param("since=2026-01-01T00:00:00", id="a time without a zone"),
        pytest.param("limit=0", id="none at all"),
        pytest.param("limit=1001", id="too many"),
        pytest.param("limit=ten", id="a word for a number"),
        pytest.param("kind=wind&cursor=x", id="a cursor that is none"),
        pytest.param("cursor=7", id="a cursor without a kind"),
    ],
)
async def test_what_cannot_be_asked_is_refused_and_said_why(
    ada: httpx.AsyncClient, free: BannerId, query: str
) -> None:
    response = await ada.get(f"/v1/banners/{free}/telemetry?{query}")

    problem = problem_in(response)
    assert (422, "/problems/invalid-request") == (response.status_code, problem["type"])
    assert query.rpartition("&")[2].partition("=")[0] in problem["detail"]


async def test_a_banner_that_was_registered_elsewhere_a_moment_ago_is_known(
    gateway: Gateway, ada: httpx.AsyncClient
) -> None:
    banner = await registered_over(gateway.guest())

    assert {"items": [], "next_cursor": None} == await measured(ada, banner)
