"""Who is asking: a cookie makes a guest of its own, and nobody learns the cookie of another."""

import httpx
import pytest
from httpx import codes

from services.gateway.authors import COOKIE
from shared.contracts.identity import BannerId
from tests.support.gateways import Gateway, problem_in, registered_over, view_in


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
