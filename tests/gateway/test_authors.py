"""Who is asking: a cookie makes a guest of its own, and nobody learns the cookie of another."""

import httpx
import pytest
from httpx import codes

from services.gateway.authors import COOKIE
from shared.contracts.identity import BannerId
from tests.support.gateways import (
    OPERATOR_TOKEN,
    Gateway,
    problem_in,
    registered_over,
    running_gateway,
    view_in,
)
from tests.support.nats_server import NatsServer


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


# --- operators ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_who_shows_the_token_is_an_operator(
    ada: httpx.AsyncClient, free: BannerId, scheme: str
) -> None:
    response = await ada.put(
        f"/v1/banners/{free}/hold",
        json={"reason": "wind"},
        headers={"Authorization": f"{scheme} {OPERATOR_TOKEN}"},
    )

    assert codes.OK == response.status_code


async def test_all_operators_are_one_author(gateway: Gateway, ada: httpx.AsyncClient) -> None:
    olga = gateway.guest()
    olga.headers["Authorization"] = f"Bearer {OPERATOR_TOKEN}"

    assert "operator" == await author_of_a_text_by(gateway.operator()) == await author_of_a_text_by(olga)
    assert "operator" != await author_of_a_text_by(ada)


NO_TOKENS = [
    pytest.param(b"Bearer wrong", id="a wrong token"),
    pytest.param(f"Bearer {OPERATOR_TOKEN}x".encode(), id="a token and more"),
    pytest.param(f"Bearer {OPERATOR_TOKEN[:-1]}".encode(), id="less than a token"),
    pytest.param(f"Bearer {OPERATOR_TOKEN.upper()}".encode(), id="a token in upper case"),
    pytest.param(b"Bearer", id="no token"),
    pytest.param(b"", id="nothing"),
    pytest.param(OPERATOR_TOKEN.encode(), id="a token without a scheme"),
    pytest.param(f"Basic {OPERATOR_TOKEN}".encode(), id="another scheme"),
    pytest.param(f"Bearer{OPERATOR_TOKEN}".encode(), id="no space"),
    pytest.param("Bearer schlüssel-🎈".encode(), id="a token that is not ASCII"),
    pytest.param(b"Bearer \xff\xfe", id="a token that is no text"),
    pytest.param(b"Bearer " + b"x" * 4_000, id="a very long token"),
]
CALLS = [
    pytest.param(("PUT", "/v1/banners/{banner}/hold", {"reason": "wind"}), id="hold"),
    pytest.param(("DELETE", "/v1/banners/{banner}/hold", None), id="release"),
    pytest.param(("POST", "/v1/banners/{banner}/display", {"text": "Hello"}), id="show"),
    pytest.param(("POST", "/v1/banners", {}), id="register"),
]


@pytest.mark.parametrize("shown", NO_TOKENS)
@pytest.mark.parametrize("call", CALLS)
async def test_who_shows_anything_else_is_not_let_in_even_as_a_guest(
    ada: httpx.AsyncClient, free: BannerId, shown: bytes, call: tuple[str, str, dict[str, str] | None]
) -> None:
    method, path, body = call
    response = await ada.request(
        method, path.format(banner=free), json=body, headers={b"Authorization": shown}
    )

    problem = problem_in(response)
    assert codes.UNAUTHORIZED == response.status_code
    assert "/problems/not-authorized" == problem["type"]
    assert "Bearer" == response.headers["www-authenticate"]
    assert OPERATOR_TOKEN not in response.text
    view = view_in(await ada.get(f"/v1/banners/{free}"))
    assert (None, None) == (view.display, view.hold)


async def test_the_other_calls_of_displays_let_nobody_in_with_a_wrong_token(
    ada: httpx.AsyncClient, free: BannerId
) -> None:
    shown = await ada.post(f"/v1/banners/{free}/display", json={"text": "Hello"})
    wrong = {"Authorization": "Bearer wrong"}

    answers = [
        await ada.put(f"/v1/banners/{free}/display", json={"text": "Hi"}, headers=wrong),
        await ada.delete(f"/v1/banners/{free}/display", headers=wrong),
        await ada.delete(shown.headers["location"], headers=wrong),
        await ada.post("/v1/displays", json={"text": "Hi"}, headers=wrong),
    ]

    assert {codes.UNAUTHORIZED} == {answer.status_code for answer in answers}
    assert view_in(await ada.get(f"/v1/banners/{free}")).display is not None


@pytest.mark.parametrize("token", [None, ""])
async def test_where_there_is_no_token_nobody_is_an_operator(
    nats_server: NatsServer, ada: httpx.AsyncClient, free: BannerId, token: str | None
) -> None:
    async with running_gateway(nats_server.url, instance="open", operator_token=token) as gateway:
        pretender = gateway.guest()
        answers = [
            await pretender.put(
                f"/v1/banners/{free}/hold", json={"reason": "wind"}, headers={"Authorization": each}
            )
            for each in ("Bearer", "Bearer None", f"Bearer {OPERATOR_TOKEN}")
        ]
        guest = await pretender.put(f"/v1/banners/{free}/hold", json={"reason": "wind"})

    assert {codes.UNAUTHORIZED} == {answer.status_code for answer in answers}
    assert "/problems/not-operator" == problem_in(guest)["type"]
    assert view_in(await ada.get(f"/v1/banners/{free}")).hold is None
