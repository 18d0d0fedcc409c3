"""The simulated banners: always the same, and registered however long that takes."""

import anyio

from airdisplay.fleet import fleet, register
from airdisplay.planes.coasts import home_of
from shared.contracts.command import Accepted
from shared.contracts.identity import banner_id
from shared.mesh.banners import Banners
from shared.mesh.connection import Mesh
from tests.support.banners import running_banner_service


def test_the_first_three_are_lightning_sparky_and_stormy() -> None:
    assert fleet(3) == ["lightning", "sparky", "stormy"]


def test_none_are_none() -> None:
    assert fleet(0) == []


def test_more_banners_are_the_same_ones_and_others() -> None:
    assert fleet(100)[:12] == fleet(12)


def test_every_banner_has_a_valid_id_of_its_own() -> None:
    banners = fleet(10_000)

    assert 10_000 == len(set(map(banner_id, banners)))


async def test_all_are_registered_and_again_is_fine(own_mesh: Mesh) -> None:
    async with running_banner_service(own_mesh) as banners:
        for _ in range(2):
            with anyio.fail_after(20):
                assert [] == await register(own_mesh, fleet(100))

        for banner in fleet(100):
            assert isinstance(await banners.get(banner), Accepted)


async def test_names_are_for_people(own_mesh: Mesh) -> None:
    async with running_banner_service(own_mesh) as banners:
        await register(own_mesh, fleet(30))
        found = [await banners.get(fleet(30)[place]) for place in (0, 29)]

    assert ["Lightning", "Banner 30"] == [
        answer.state.name for answer in found if isinstance(answer, Accepted)
    ]


async def test_registering_waits_for_the_banner_service(own_mesh: Mesh) -> None:
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(register, own_mesh, fleet(1))
            await anyio.wait_all_tasks_blocked()
            async with running_banner_service(own_mesh):
                while not isinstance(await Banners(own_mesh).get(fleet(1)[0]), Accepted):
                    await anyio.sleep(0.01)


async def test_every_banner_has_its_coast_as_a_tag(own_mesh: Mesh) -> None:
    async with running_banner_service(own_mesh) as banners:
        await register(own_mesh, fleet(3))
        found = [await banners.get(banner) for banner in fleet(3)]

    assert [(home_of(banner).tag,) for banner in fleet(3)] == [
        answer.state.tags for answer in found if isinstance(answer, Accepted)
    ]
