"""At the door: other names, other sites, other pages; and what every answer tells browsers."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from httpx import codes
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from services.gateway.access import Access
from services.gateway.origins import Door, is_loopback
from shared.contracts.identity import BannerId
from tests.support.gateways import HOST, Gateway, problem_in, running_gateway, show, view_in
from tests.support.nats_server import NatsServer
from tests.support.signing import keys_file

APP = "https://app.example.org"
EVIL = "https://evil.example"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": NOTHING,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@pytest.fixture(scope="module")
async def listed(nats_server: NatsServer, services: Any) -> AsyncGenerator[Gateway]:
    """A gateway that pages of an app on another site may call."""
    del services
    access = Access(keys=keys_file(), origins=[APP])
    async with running_gateway(nats_server.url, instance="listed", access=access) as gateway:
        yield gateway


def told(**headers: str) -> Any:
    """A request with these headers, as far as a door looks at it."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    method = headers.pop("method", "POST")
    return {"type": "http", "method": method, "headers": pairs}


# --- which page sent it ---------------------------------------------------------------------------

OWN = "127.0.0.1:8000"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no browser"),
        pytest.param({"origin": f"http://{OWN}"}, id="our own page"),
        pytest.param({"origin": f"https://{OWN}"}, id="our own page, which a proxy serves by https"),
        pytest.param({"origin": APP}, id="a listed page"),
        pytest.param({"origin": APP, "sec_fetch_site": "cross-site"}, id="a listed page that says so"),
        pytest.param({"sec_fetch_site": "same-origin", "origin": "http://behind.proxy"}, id="behind a proxy"),
        pytest.param({"sec_fetch_site": "none"}, id="somebody who typed the address"),
        pytest.param({"sec_fetch_site": "cross-site", "method": "GET"}, id="a link from elsewhere"),
    ],
)
def test_it_is_let_in_from(headers: dict[str, str]) -> None:
    assert Door(origins=[APP]).refusal(told(host=OWN, **headers)) is None


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        pytest.param({"origin": EVIL}, EVIL, id="another site"),
        pytest.param({"origin": EVIL, "method": "GET"}, EVIL, id="another site that reads"),
        pytest.param({"origin": "null"}, "null", id="a page without an origin"),
        pytest.param({"origin": "http://127.0.0.1:9000"}, "http://127.0.0.1:9000", id="another port"),
        pytest.param(
            {"origin": f"{APP}.evil.example"}, f"{APP}.evil.example", id="a name that begins the same"
        ),
        pytest.param({"origin": "http://app.example.org"}, "http://app.example.org", id="another scheme"),
        pytest.param({"sec_fetch_site": "cross-site"}, "another site", id="another site without its name"),
        pytest.param({"sec_fetch_site": "same-site"}, "another site", id="a neighbour without its name"),
    ],
)
def test_it_is_not_let_in_from(headers: dict[str, str], found: str) -> None:
    refusal = Door(origins=[APP]).refusal(told(host=OWN, **headers))

    assert refusal is not None
    assert ("wrong-origin", found) == (refusal.reason, getattr(refusal, "found", None))


def test_who_does_not_say_whom_it_calls_is_no_page_of_ours() -> None:
    assert Door().refusal(told(origin="null")) is not None


async def test_a_page_of_another_site_changes_nothing_and_is_logged(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    before = view_in(await ada.get(f"/v1/banners/{free}"))

    with capture_logs() as logged:
        answers = [
            await ada.request(
                method, f"/v1/banners/{free}/display", headers={"Origin": EVIL}, json={"text": "Hi"}
            )
            for method in ("POST", "PUT", "DELETE")
        ]

    assert {"/problems/wrong-origin"} == {problem_in(each)["type"] for each in answers}
    assert {("not let in", "wrong-origin", HOST)} == {
        (each["event"], each["reason"], each["address"]) for each in logged
    }
    assert before == view_in(await ada.get(f"/v1/banners/{free}"))


@pytest.mark.parametrize(
    ("origin", "opens"),
    [
        pytest.param(None, True, id="no browser"),
        pytest.param("own", True, id="our own page"),
        pytest.param(APP, True, id="a listed page"),
        pytest.param(EVIL, False, id="another site"),
        pytest.param("null", False, id="a page without an origin"),
    ],
)
async def test_a_live_channel_opens_for_the_same_pages(
    listed: Gateway,
    origin: Any,
    opens: bool,  # noqa: FBT001
) -> None:
    origin = listed.url if origin == "own" else origin
    if opens:
        async with connect(listed.live_url, origin=origin, proxy=None) as connection:
            assert '"op":"hello"' in str(await connection.recv())
        return
    with pytest.raises(InvalidStatus) as refused:
        await connect(listed.live_url, origin=origin, proxy=None)
    assert codes.FORBIDDEN == refused.value.response.status_code
    assert b"/problems/wrong-origin" in (refused.value.response.body or b"")


async def test_events_are_for_the_same_pages(listed: Gateway, free: BannerId) -> None:
    url = f"/v1/banners/{free}/live"
    refused = await listed.guest().get(url, headers={"Origin": EVIL})
    async with listed.guest().stream("GET", url, headers={"Origin": APP}) as followed:
        assert (codes.OK, APP) == (followed.status_code, followed.headers["access-control-allow-origin"])

    assert "/problems/wrong-origin" == problem_in(refused)["type"]


# --- pages of listed origins ----------------------------------------------------------------------


async def test_a_listed_page_may_ask_whether_it_may(listed: Gateway, free: BannerId) -> None:
    answer = await listed.guest().options(
        f"/v1/banners/{free}/display",
        headers={
            "Origin": APP,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization, content-type, idempotency-key, if-match",
        },
    )

    assert codes.NO_CONTENT == answer.status_code
    assert APP == answer.headers["access-control-allow-origin"]
    assert "true" == answer.headers["access-control-allow-credentials"]
    assert "PUT" in answer.headers["access-control-allow-methods"]


async def test_a_listed_page_shows_and_reads_what_it_was_answered(listed: Gateway, free: BannerId) -> None:
    guest = listed.guest("ada")
    guest.headers["Origin"] = APP

    answer = await show(guest, free)

    assert codes.CREATED == answer.status_code
    assert APP == answer.headers["access-control-allow-origin"]
    assert "Origin" == answer.headers["vary"]
    exposed = {each.strip() for each in answer.headers["access-control-expose-headers"].split(",")}
    assert {"ETag", "Location", "Retry-After", "RateLimit"} <= exposed


@pytest.mark.parametrize("which", ["listed", "gateway"])
async def test_an_unlisted_page_is_told_nothing(
    request: pytest.FixtureRequest, free: BannerId, which: str
) -> None:
    guest = request.getfixturevalue(which).guest()
    asks = {"Origin": EVIL, "Access-Control-Request-Method": "PUT"}

    answers = [
        await guest.options(f"/v1/banners/{free}/display", headers=asks),
        await guest.get("/v1/banners", headers={"Origin": EVIL}),
    ]

    assert {codes.FORBIDDEN} == {each.status_code for each in answers}
    assert not [name for each in answers for name in each.headers if name.startswith("access-control")]


# --- whom it takes us for -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost", "LOCALHOST:80", "[::1]:8000", "a.localhost", "127.9.9.9"]
)
async def test_on_loopback_it_answers_to(ada: httpx.AsyncClient, host: str) -> None:
    assert codes.OK == (await ada.get("/v1/banners", headers={"Host": host})).status_code


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.0.2.1",
        "0.0.0.0",
        "",
        "[",
    ],
)
async def test_on_loopback_it_does_not_answer_to(ada: httpx.AsyncClient, host: str) -> None:
    with capture_logs() as logged:
        response = await ada.get("/v1/banners", headers={"Host": host})

    assert codes.MISDIRECTED_REQUEST == response.status_code
    assert ("/problems/wrong-host", host) == (problem_in(response)["type"], problem_in(response)["found"])
    assert ["wrong-host"] == [each["reason"] for each in logged]


async def test_a_page_that_was_led_to_loopback_by_its_own_name_opens_no_channel(gateway: Gateway) -> None:
    headers = {"Host": "evil.example"}
    with pytest.raises(InvalidStatus) as refused:
        await connect(gateway.live_url, additional_headers=headers, origin="http://evil.example", proxy=None)  # type: ignore[arg-type]

    assert codes.MISDIRECTED_REQUEST == refused.value.response.status_code


async def test_it_answers_to_the_names_that_it_was_given(nats_server: NatsServer) -> None:
    access = Access(keys=keys_file(), hosts=["air.example.org"])
    async with running_gateway(nats_server.url, instance="named", access=access) as gateway:
        answers = {
            host: (await gateway.guest().get("/v1/banners", headers={"Host": host})).status_code
            for host in ("air.example.org", "AIR.example.org:8000", "127.0.0.1", "evil.example")
        }

    assert [200, 200, 200, 421] == list(answers.values())


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("example.org", False),
        ("", False),
        ("localhost.example.org", False),
    ],
)
def test_what_is_loopback(host: str, expected: bool) -> None:  # noqa: FBT001
    assert expected == is_loopback(host)


# --- what browsers are told -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/app/app.js",
        "/docs",
        "/docs/openapi.json",
        "/docs/static/swagger-ui.css",
        "/healthz",
        "/metrics",
        "/v1/banners",
        "/v1/banners/nobody",
        "/nowhere",
    ],
)
async def test_every_answer_tells_browsers_what_not_to_do(ada: httpx.AsyncClient, path: str) -> None:
    response = await ada.get(path)

    for name, value in HEADERS.items():
        assert 1 == len(response.headers.get_list(name)), name
        if name != "content-security-policy":
            assert value == response.headers[name]
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert "unsafe-eval" not in response.headers["content-security-policy"]
    assert "'unsafe-inline'" not in response.headers["content-security-policy"].partition("style-src")[0]
    assert "strict-transport-security" not in response.headers


async def test_what_is_no_page_may_load_nothing(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/v1/banners")

    assert HEADERS["content-security-policy"] == response.headers["content-security-policy"]


async def test_the_doors_own_answers_say_the_same(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/", headers={"Host": "evil.example"})

    assert HEADERS == {name: response.headers[name] for name in HEADERS}


async def test_who_came_by_https_shall_always_come_so(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/", headers={"X-Forwarded-Proto": "https"})

    assert "max-age=31536000" == response.headers["strict-transport-security"]
