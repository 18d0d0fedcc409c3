"""With every expiry process dead, displays end in time all the same."""

from pathlib import Path

import anyio
import httpx
import pytest

from shared.contracts.instants import epoch_ms
from shared.mesh import clock
from tests.support.system import running_system
from tests.support.waiting import until


@pytest.mark.timeout(120)
async def test_reads_end_a_display_by_its_deadline_and_the_next_show_succeeds(tmp_path: Path) -> None:
    async with running_system(tmp_path, ttl=1, expiries=1) as system:
        await system.register("lightning")
        system.parts["expiry-0"].kill()
        async with httpx.AsyncClient(base_url=system.urls[0]) as client:
            shown = await client.post("/v1/banners/lightning/display", json={"text": "first"})
            deadline = shown.json()["until"]

            before = await client.get("/v1/banners/lightning")
            busy = await client.post("/v1/banners/lightning/display", json={"text": "too early"})
            await until(lambda: clock.now() >= deadline)
            after = await client.get("/v1/banners/lightning")
            listed = await client.get("/v1/banners")
            polled = await client.get(
                "/v1/banners/lightning", headers={"If-None-Match": before.headers["ETag"]}
            )
            again = await client.post("/v1/banners/lightning/display", json={"text": "second"})

        assert before.json()["display"]["text"] == "first"
        assert busy.status_code == 409
        assert after.json()["display"] is None
        assert [None] == [banner["display"] for banner in listed.json()["items"]]
        assert polled.status_code == 200  # not 304: what is seen has changed, although the revision has not
        assert again.status_code == 201
        assert again.json()["shown_at"] >= deadline


@pytest.mark.timeout(120)
async def test_an_expiry_service_that_comes_back_catches_up_with_what_it_missed(tmp_path: Path) -> None:
    async with running_system(tmp_path, ttl=0.5, expiries=1) as system:
        await system.register("lightning")
        system.parts["expiry-0"].kill()
        async with httpx.AsyncClient(base_url=system.urls[0]) as client:
            shown = (await client.post("/v1/banners/lightning/display", json={"text": "missed"})).json()
            await until(lambda: clock.now() >= shown["until"])
            overdue = (await client.get("/v1/banners/lightning")).json()
            system.parts["expiry-0"].start()

            async def expired() -> bool:
                banner = (await client.get("/v1/banners/lightning")).json()
                return bool(banner["revision"] > overdue["revision"])

            with anyio.fail_after(30):
                await until(expired, seconds=30)

        assert overdue["revision"] == shown["revision"]
        assert epoch_ms(shown["until"]) - epoch_ms(shown["shown_at"]) == 500
