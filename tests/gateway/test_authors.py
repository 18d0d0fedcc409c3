"""Who is asking: a cookie makes a guest of its own, and nobody learns the cookie of another."""

import re

import httpx
import msgspec
import pytest
from httpx import codes
from structlog.testing import capture_logs

from services.gateway.access import Access
from services.gateway.authors import COOKIE
from services.gateway.tokens import user
from shared.contracts.identity import BannerId
from shared.contracts.live import CallerRole
from shared.mesh import clock
from tests.support.gateways import HOST, Gateway, problem_in, registered_over, running_gateway, show, view_in
from tests.support.nats_server import NatsServer
from tests.support.signing import HOUR, ISSUER, OLGA, OPERATOR_TOKEN, Issuer, bearing, keys_file


async def author_of_a_text_by(client: httpx.AsyncClient) -> str:
    """What others see of who shows something."""
    banner = await registered_over(client)
    answer = await client.post(f"/v1/banners/{banner}/display", json={"text": "Hello"})
    display = view_in(await client.get(f"/v1/banners/{banner}")).display
    assert display is not None
    assert answer.json()["by"] == display.by
    return display.by


async def test_one_cookie_is_one_author(gateway: Gateway, ada: httpx.AsyncClient) -> None:
    assert await author_of_a_text_by(ada) == await author_of_a_text_by(gateway.guest("ada"))


async def test_another_cookie_is_another_author(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    assert await author_of_a_text_by(ada) != await author_of_a_text_by(bob)


async def test_without_a_cookie_the_address_is_the_author(gateway: Gateway, ada: httpx.AsyncClient) -> None:
    nobody, nobody_else = gateway.guest(), gateway.guest()

    by = await author_of_a_text_by(nobody)

    assert by == await author_of_a_text_by(nobody_else)
    assert by != await author_of_a_text_by(ada)


async def test_an_empty_cookie_is_none(gateway: Gateway) -> None:
    assert await author_of_a_text_by(gateway.guest("")) == await author_of_a_text_by(gateway.guest())


async def test_a_cookie_cannot_take_the_place_of_an_address(gateway: Gateway) -> None:
    by_address = await author_of_a_text_by(gateway.guest())

    assert by_address != await author_of_a_text_by(gateway.guest("127.0.0.1"))


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
async def test_nobody_takes_another_address_by_a_header(gateway: Gateway, header: str) -> None:
    honest, pretender = gateway.guest(), gateway.guest()
    pretender.headers[header] = "192.0.2.7"

    assert await author_of_a_text_by(honest) == await author_of_a_text_by(pretender)


async def test_who_is_the_author_does_not_tell_the_cookie(gateway: Gateway) -> None:
    cookie = "0123456789abcdef"

    by = await author_of_a_text_by(gateway.guest(cookie))

    assert by.startswith("guest-")
    assert cookie not in by
    assert by != await author_of_a_text_by(gateway.guest(by))


async def test_the_app_gives_a_newcomer_a_cookie_that_scripts_and_other_sites_cannot_use(
    gateway: Gateway,
) -> None:
    newcomer = gateway.guest()

    response = await newcomer.get("/")

    name, _, rest = response.headers["set-cookie"].partition("=")
    assert COOKIE == name
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in rest.split(";")}


async def test_the_cookie_of_the_app_makes_an_author(gateway: Gateway) -> None:
    newcomer = gateway.guest()
    before = await author_of_a_text_by(newcomer)

    await newcomer.get("/")

    assert before != await author_of_a_text_by(newcomer)


async def test_two_newcomers_get_two_cookies(gateway: Gateway) -> None:
    one, other = gateway.guest(), gateway.guest()

    await one.get("/")
    await other.get("/")

    assert one.cookies[COOKIE] != other.cookies[COOKIE]


async def test_who_has_a_cookie_keeps_it(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/")

    assert "set-cookie" not in response.headers


async def test_another_guest_cannot_end_a_display(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, free: BannerId
) -> None:
    shown = await ada.post(f"/v1/banners/{free}/display", json={"text": "Mine"})

    refused = await bob.delete(f"/v1/banners/{free}/display")

    assert codes.FORBIDDEN == refused.status_code
    assert "/problems/not-yours" == problem_in(refused)["type"]
    display = view_in(await bob.get(f"/v1/banners/{free}")).display
    assert display is not None
    assert shown.json()["id"] == display.id


# --- bearers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_who_shows_the_token_of_an_operator_is_one(
    ada: httpx.AsyncClient, free: BannerId, scheme: str
) -> None:
    response = await ada.put(
        f"/v1/banners/{free}/hold",
        json={"reason": "wind"},
        headers={"Authorization": f"{scheme} {OPERATOR_TOKEN}"},
    )

    assert codes.OK == response.status_code


async def test_the_bearer_is_the_author_whatever_the_cookie_says(
    gateway: Gateway, ada: httpx.AsyncClient
) -> None:
    with_a_cookie = gateway.guest("ada")
    with_a_cookie.headers.update(bearing(OPERATOR_TOKEN))

    assert OLGA == await author_of_a_text_by(gateway.operator()) == await author_of_a_text_by(with_a_cookie)
    assert OLGA != await author_of_a_text_by(ada)


async def test_an_author_ends_what_is_shown_on_another_machine_with_another_token(
    gateway: Gateway, free: BannerId
) -> None:
    at_home = gateway.bearer(ISSUER.sign("grace", "author"))
    on_the_way = gateway.bearer(ISSUER.sign("grace", "author", jti="another"))
    await show(at_home, free)

    assert codes.NO_CONTENT == (await on_the_way.delete(f"/v1/banners/{free}/display")).status_code


# --- those who are not let in ---------------------------------------------------------------------

STRANGER = Issuer(ISSUER.key_id)
PAST = int(clock.seconds()) - HOUR
NO_TOKENS = [
    pytest.param(b"Bearer wrong", id="a wrong token"),
    pytest.param(f"Bearer {OPERATOR_TOKEN}x".encode(), id="a token and more"),
    pytest.param(f"Bearer {OPERATOR_TOKEN[:-1]}".encode(), id="less than a token"),
    pytest.param(f"Bearer {OPERATOR_TOKEN.upper()}".encode(), id="a token in upper case"),
    pytest.param(f"Bearer {STRANGER.sign('olga', 'operator')}".encode(), id="a forged token"),
    pytest.param(f"Bearer {ISSUER.sign('olga', 'operator', exp=PAST)}".encode(), id="an expired token"),
    pytest.param(f"Bearer {ISSUER.sign('olga', 'operator', aud='x')}".encode(), id="a token for others"),
    pytest.param(b"Bearer", id="no token"),
    pytest.param(b"", id="nothing"),
    pytest.param(OPERATOR_TOKEN.encode(), id="a token without a scheme"),
    pytest.param(f"Basic {OPERATOR_TOKEN}".encode(), id="another scheme"),
    pytest.param(f"Bearer{OPERATOR_TOKEN}".encode(), id="no space"),
    pytest.param("Bearer schlüssel-🎈".encode(), id="a token that is not ASCII"),
    pytest.param(b"Bearer \xff\xfe", id="a token that is no text"),
    pytest.param(b"Bearer " + b"x" * 4_000, id="a very long token"),
    pytest.param(b"Bearer " + b"x" * 20_000, id="a token that is too long"),
]
Call = tuple[str, str, dict[str, str] | None]
HOLD: Call = ("PUT", "/v1/banners/{banner}/hold", {"reason": "wind"})
CALLS = [
    pytest.param(HOLD, id="hold"),
    pytest.param(("DELETE", "/v1/banners/{banner}/hold", None), id="release"),
    pytest.param(("POST", "/v1/banners/{banner}/display", {"text": "Hello"}), id="show"),
    pytest.param(("POST", "/v1/displays", {"text": "Hello"}), id="show anywhere"),
    pytest.param(("POST", "/v1/banners", {}), id="register"),
    pytest.param(("GET", "/v1/banners", None), id="list"),
    pytest.param(("GET", "/v1/banners/{banner}/live", None), id="follow"),
]


async def sent(client: httpx.AsyncClient, call: Call, banner: str, **headers: bytes) -> httpx.Response:
    """The answer to a call."""
    method, path, body = call
    told = {name.encode(): value for name, value in headers.items()}
    return await client.request(method, path.format(banner=banner), json=body, headers=told)


@pytest.mark.parametrize("shown", NO_TOKENS)
@pytest.mark.parametrize("call", CALLS)
async def test_who_shows_anything_else_is_not_let_in_even_as_a_guest(
    ada: httpx.AsyncClient, free: BannerId, shown: bytes, call: Call
) -> None:
    before = view_in(await ada.get(f"/v1/banners/{free}"))

    with capture_logs() as logged:
        response = await sent(ada, call, free, Authorization=shown)

    problem = problem_in(response)
    assert codes.UNAUTHORIZED == response.status_code
    assert "/problems/not-authorized" == problem["type"]
    challenge = response.headers["www-authenticate"]
    assert re.fullmatch(r'Bearer error="invalid_token", error_description="[ -!#-\[\]-~]+"', challenge)
    assert before == view_in(await ada.get(f"/v1/banners/{free}"))
    (line,) = [each for each in logged if each["event"] == "token refused"]
    assert (HOST, "warning") == (line["address"], line["log_level"])
    token = shown.decode("latin-1").partition(" ")[2]
    assert not token or token not in f"{response.text}{response.headers}{logged}"


async def test_the_answer_says_what_is_wrong_with_a_token(ada: httpx.AsyncClient) -> None:
    expired = await ada.get("/v1/banners", headers=bearing(ISSUER.sign(exp=1_000_000_000)))

    sentence = "Expected a token that is still valid, found one that expired at 2001-09-09T01:46:40.000Z."
    assert sentence == problem_in(expired)["detail"]
    assert (
        f'Bearer error="invalid_token", error_description="{sentence}"'
        == (expired.headers["www-authenticate"])
    )


async def test_the_other_calls_of_displays_let_nobody_in_with_a_wrong_token(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    shown = await show(ada, free)
    wrong = {"Authorization": "Bearer wrong"}

    answers = [
        await ada.put(f"/v1/banners/{free}/display", json={"text": "Hi"}, headers=wrong),
        await ada.delete(f"/v1/banners/{free}/display", headers=wrong),
        await ada.delete(shown.headers["location"], headers=wrong),
        await ada.post("/v1/displays", json={"text": "Hi"}, headers=wrong),
    ]

    assert {codes.UNAUTHORIZED} == {answer.status_code for answer in answers}
    assert view_in(await ada.get(f"/v1/banners/{free}")).display is not None


async def test_where_no_key_is_known_nobody_is_an_operator(
    nats_server: NatsServer, ada: httpx.AsyncClient, free: BannerId
) -> None:
    async with running_gateway(nats_server.url, instance="open", access=Access()) as gateway:
        pretender = gateway.guest()
        answers = [
            await sent(pretender, HOLD, free, Authorization=each.encode())
            for each in ("Bearer", "Bearer None", f"Bearer {OPERATOR_TOKEN}")
        ]
        guest = await sent(pretender, HOLD, free)

    assert {codes.UNAUTHORIZED} == {answer.status_code for answer in answers}
    assert "/problems/not-operator" == problem_in(guest)["type"]
    assert view_in(await ada.get(f"/v1/banners/{free}")).hold is None


# --- roles ----------------------------------------------------------------------------------------

TAKES: dict[tuple[str, str], CallerRole] = {
    ("GET", "/v1/banners"): "viewer",
    ("POST", "/v1/banners"): "operator",
    ("GET", "/v1/banners/{banner}"): "viewer",
    ("GET", "/v1/banners/{banner}/history"): "viewer",
    ("GET", "/v1/banners/{banner}/telemetry"): "viewer",
    ("GET", "/v1/banners/{banner}/live"): "viewer",
    ("PUT", "/v1/banners/{banner}/hold"): "operator",
    ("DELETE", "/v1/banners/{banner}/hold"): "operator",
    ("PUT", "/v1/banners/{banner}/approval"): "operator",
    ("DELETE", "/v1/banners/{banner}/approval"): "operator",
    ("GET", "/v1/banners/{banner}/pending"): "operator",
    ("GET", "/v1/pending"): "operator",
    ("PUT", "/v1/displays/{display}/approval"): "operator",
    ("GET", "/v1/blocklist"): "operator",
    ("PUT", "/v1/blocklist/{word}"): "operator",
    ("DELETE", "/v1/blocklist/{word}"): "operator",
    ("POST", "/v1/banners/{banner}/display"): "author",
    ("PUT", "/v1/banners/{banner}/display"): "author",
    ("DELETE", "/v1/banners/{banner}/display"): "author",
    ("POST", "/v1/displays"): "author",
    ("GET", "/v1/displays/{display}"): "viewer",
    ("DELETE", "/v1/displays/{display}"): "author",
}
BODIES = {"/hold": {"reason": "wind"}, "/display": {"text": "Hello"}, "/displays": {"text": "Hello"}}
RANK = ["viewer", "author", "operator"]


async def test_every_call_is_listed_with_the_role_that_it_takes(ada: httpx.AsyncClient) -> None:
    document = (await ada.get("/docs/openapi.json")).json()

    served = {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}
    assert {each for each in served if each[1].startswith("/v1")} == TAKES.keys()


@pytest.mark.parametrize("role", RANK)
@pytest.mark.parametrize(("method", "path"), TAKES)
async def test_a_call_takes_its_role_and_no_lesser_one(
    gateway: Gateway, free: BannerId, method: str, path: str, role: CallerRole
) -> None:
    takes = TAKES[method, path]
    client = gateway.bearer(ISSUER.sign(f"a-{role}", role))
    before = view_in(await client.get(f"/v1/banners/{free}"))
    body = BODIES.get(path[path.rindex("/") :], {}) if method != "GET" else None
    url = path.format(banner=free, display="nothing", word="frog")

    with capture_logs() as logged:
        async with client.stream(method, url, json=body) as response:
            refused = response.status_code == 403
            problem = msgspec.json.decode(await response.aread()) if refused else {}

    assert refused == (RANK.index(role) < RANK.index(takes))
    if refused:
        assert f"/problems/not-{takes}" == problem["type"]
        assert [("role refused", takes, role, user("", f"a-{role}"))] == [
            (each["event"], each["needs"], each["role"], each["by"]) for each in logged
        ]
        assert before == view_in(await client.get(f"/v1/banners/{free}"))


async def test_who_reaches_for_the_display_of_somebody_else_is_refused_and_logged(
    gateway: Gateway, ada: httpx.AsyncClient, free: BannerId
) -> None:
    await show(ada, free)
    before = view_in(await ada.get(f"/v1/banners/{free}"))
    grace = gateway.bearer(ISSUER.sign("grace", "author"))

    with capture_logs() as logged:
        response = await grace.delete(f"/v1/banners/{free}/display")

    assert "/problems/not-yours" == problem_in(response)["type"]
    assert [("not-yours", user("", "grace"), free)] == [
        (each["reason"], each["by"], each["on"]) for each in logged if each["event"] == "role refused"
    ]
    assert before == view_in(await ada.get(f"/v1/banners/{free}"))


# --- guests ---------------------------------------------------------------------------------------


async def test_guests_who_may_only_look_do_not_show(nats_server: NatsServer, free: BannerId) -> None:
    access = Access(keys=keys_file(), guests="viewer")
    async with running_gateway(nats_server.url, instance="looked-at", access=access) as gateway:
        guest, author = gateway.guest("ada"), gateway.bearer(ISSUER.sign("ada"))
        seen = await guest.get(f"/v1/banners/{free}")
        refused = await show(guest, free)
        shown = await show(author, free)

    assert (codes.OK, codes.CREATED) == (seen.status_code, shown.status_code)
    assert "/problems/not-author" == problem_in(refused)["type"]


OPEN_TO_ALL = ["/healthz", "/readyz", "/metrics", "/docs", "/docs/openapi.json", "/", "/app/app.js"]


async def test_where_guests_are_not_let_in_every_call_takes_a_token(
    nats_server: NatsServer, free: BannerId
) -> None:
    access = Access(keys=keys_file(), guests="off")
    async with running_gateway(nats_server.url, instance="closed", access=access) as gateway:
        guest, viewer = gateway.guest("ada"), gateway.bearer(ISSUER.sign("ada", "viewer"))
        refused = [
            await guest.request(method, path.format(banner=free, display="d", word="frog"))
            for method, path in TAKES
        ]
        seen = await viewer.get(f"/v1/banners/{free}")
        all_the_same = [await guest.get(path) for path in OPEN_TO_ALL]

    assert {(codes.UNAUTHORIZED, "Bearer")} == {
        (each.status_code, each.headers["www-authenticate"]) for each in refused
    }
    assert {"Expected a bearer token, found none; guests are not let in here."} == {
        problem_in(each)["detail"] for each in refused
    }
    assert codes.OK == seen.status_code
    assert {codes.OK} == {each.status_code for each in all_the_same}


async def test_the_cookie_is_only_for_https_where_the_page_came_by_it(gateway: Gateway) -> None:
    by_http = await gateway.guest().get("/")
    by_https = await gateway.guest().get("/", headers={"X-Forwarded-Proto": "https"})

    assert "secure" not in by_http.headers["set-cookie"].lower()
    assert "secure" in by_https.headers["set-cookie"].lower()
