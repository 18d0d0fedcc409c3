"""A page stays open through the death of what it depends on, and shows the right state again by itself."""

import re

import pytest
from playwright.async_api import Browser, expect

from shared.contracts.banner import Clear, Show
from shared.contracts.command import Accepted
from shared.contracts.identity import BannerId
from shared.mesh.banners import Banners
from tests.support.banners import new_command_id
from tests.web.browsing import visiting
from tests.web.mesh import WholeMesh

pytestmark = [pytest.mark.browser, pytest.mark.faults, pytest.mark.timeout(120)]


async def test_a_page_lives_through_a_killed_and_restarted_nats_server(
    own_whole_mesh: WholeMesh, browser: Browser
) -> None:
    for name in ("Lightning", "Sparky"):
        await own_whole_mesh.register(name)
    async with visiting(browser, own_whole_mesh.url) as visitor:
        await visitor.write("Lightning", "Before")
        await expect(visitor.panel("Lightning")).to_have_text("Before")

        await own_whole_mesh.nats.kill()
        await visitor.write("Sparky", "Meanwhile")
        await expect(visitor.outcome).to_have_text(re.compile("nothing was done|No answer came"))
        await expect(visitor.panel("Sparky")).to_have_text("")
        await own_whole_mesh.nats.start()
        await own_whole_mesh.ready()

        await visitor.button("Try again").click()
        await expect(visitor.panel("Sparky")).to_have_text("Meanwhile")
        await expect(visitor.panel("Lightning")).to_have_text("Before")
        await visitor.take_down("Lightning").click()
        await expect(visitor.status("Lightning")).to_have_text("Free")


@pytest.mark.parametrize("politely", [True, False], ids=["stopped", "killed"])
async def test_a_page_finds_what_changed_while_the_gateway_was_away(
    own_whole_mesh: WholeMesh, browser: Browser, *, politely: bool
) -> None:
    sparky, stormy = [BannerId(await own_whole_mesh.register(name)) for name in ("Sparky", "Stormy")]
    banners = Banners(own_whole_mesh.mesh)
    async with visiting(browser, own_whole_mesh.url) as visitor:
        shown = await banners.command(sparky, Show(id=new_command_id(), by="ada", text="Before"))
        assert isinstance(shown, Accepted)
        await expect(visitor.panel("Sparky")).to_have_text("Before")

        end = own_whole_mesh.stop_gateway if politely else own_whole_mesh.kill_gateway
        end()
        await expect(visitor.connection).not_to_have_text("Live")
        await expect(visitor.panel("Sparky")).to_have_text("Before")
        for banner, command in (
            (sparky, Clear(by="ada")),
            (stormy, Show(id=new_command_id(), by="ada", text="Meanwhile")),
        ):
            assert isinstance(await banners.command(banner, command), Accepted)
        await own_whole_mesh.start_gateway()

        await expect(visitor.connection).to_have_text("Live")
        await expect(visitor.panel("Sparky")).to_have_text("")
        await expect(visitor.panel("Stormy")).to_have_text("Meanwhile")


async def test_who_sends_while_the_gateway_is_away_is_told_to_try_again(
    own_whole_mesh: WholeMesh, browser: Browser
) -> None:
    await own_whole_mesh.register("Sparky")
    async with visiting(browser, own_whole_mesh.url) as visitor:
        await expect(visitor.status("Sparky")).to_have_text("Free")
        own_whole_mesh.kill_gateway()

        await visitor.write("Sparky", "Is anybody there?")
        await expect(visitor.outcome).to_have_text(re.compile("No answer came.*Try again"))
        await own_whole_mesh.start_gateway()
        await visitor.button("Try again").click()

        await expect(visitor.panel("Sparky")).to_have_text("Is anybody there?")
