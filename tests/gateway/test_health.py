"""Health for machines: alive, ready or not and why, and figures that Prometheus can read."""

import httpx
from httpx import codes
from prometheus_client.parser import text_string_to_metric_families

from shared.contracts.identity import BannerId
from shared.mesh.connection import Mesh
from tests.support.banners import running_banner_service
from tests.support.gateways import Gateway, problem_in, running_gateway
from tests.support.nats_server import NatsServer
from tests.support.viewers import watching
from tests.support.waiting import until


async def figures_of(client: httpx.AsyncClient) -> dict[str, float]:
    """Every figure by its name, read as Prometheus reads it."""
    text = (await client.get("/metrics")).text
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_gateway_that_answers_is_alive(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/healthz")

    assert codes.OK == response.status_code
    assert {"status": "alive"} == response.json()


async def test_a_gateway_that_has_all_that_it_needs_is_ready(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/readyz")

    assert codes.OK == response.status_code
    assert {"status": "ready"} == response.json()


async def test_what_is_missing_is_said_until_it_is_there(own_nats_server: NatsServer, own_mesh: Mesh) -> None:
    async with running_gateway(own_nats_server.url) as gateway:
        ada = gateway.guest("ada")

        async def missing() -> list[str]:
            response = await ada.get("/readyz")
            if response.is_success:
                return []
            problem = problem_in(response)
            assert codes.SERVICE_UNAVAILABLE == response.status_code
            assert "/problems/not-ready" == problem["type"]
            assert response.headers["retry-after"]
            assert all(each in problem["detail"] for each in problem["missing"])
            return list(problem["missing"])

        async def misses(*what: str) -> bool:
            return [*what] == await missing()

        assert ["banner service"] == await missing()
        async with running_banner_service(own_mesh):
            assert [] == await missing()
            await own_nats_server.kill()
            await until(lambda: misses("mesh"))
            assert codes.OK == (await ada.get("/healthz")).status_code
            await own_nats_server.start()
            await until(misses)
        await until(lambda: misses("banner service"))


async def test_the_figures_are_read_by_prometheus(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/metrics")

    assert codes.OK == response.status_code
    assert response.headers["content-type"].startswith("text/plain")
    assert {
        "airdisplay_viewers",
        "airdisplay_banners",
        "airdisplay_log_revision",
        "airdisplay_changes_total",
        "airdisplay_frames_total",
    } <= set(await figures_of(ada))


async def test_the_figures_follow_what_happens(
    gateway: Gateway, ada: httpx.AsyncClient, free: BannerId
) -> None:
    before = await figures_of(ada)
    async with watching(gateway.live_url, free) as viewer:
        answer = await ada.post(f"/v1/banners/{free}/display", json={"text": "Hello"})
        revision: int = answer.json()["revision"]
        await viewer.changes_until(free, revision)

        async def is_in_the_figures() -> bool:
            now = await figures_of(ada)
            return revision <= now["airdisplay_log_revision"]

        await until(is_in_the_figures)
        now = await figures_of(ada)
        assert before["airdisplay_viewers"] + 1 == now["airdisplay_viewers"]
        assert before["airdisplay_changes_total"] < now["airdisplay_changes_total"]
        assert before["airdisplay_frames_total"] < now["airdisplay_frames_total"]
        assert 1 <= now["airdisplay_banners"]

    async def is_gone() -> bool:
        now = await figures_of(ada)
        return before["airdisplay_viewers"] == now["airdisplay_viewers"]

    await until(is_gone)
