"""A display ends at its deadline on every page, whoever is there to say so."""

import re
from uuid import uuid4

import pytest
from anyio import create_task_group
from playwright.async_api import expect

from tests.web.browsing import Visitor
from tests.web.mesh import WholeMesh

pytestmark = [pytest.mark.browser, pytest.mark.faults]


@pytest.fixture(scope="module")
def ttl() -> float:
    """Long enough to be seen on two pages, short enough to be waited for."""
    return 4.0


@pytest.fixture
async def name(whole_mesh: WholeMesh) -> str:
    """The name of a free banner."""
    name = f"Sparky {uuid4().hex[:8]}"
    await whole_mesh.register(name)
    return name


async def appears(visitor: Visitor, name: str) -> None:
    await expect(visitor.panel(name)).to_have_text("For a moment")


async def is_over(visitor: Visitor, name: str) -> None:
    await expect(visitor.panel(name)).to_have_text("")
    await expect(visitor.status(name)).to_have_text("Free")


async def test_a_text_disappears_from_every_page_when_its_time_is_up(
    name: str, visitor: Visitor, another: Visitor
) -> None:
    await visitor.write(name, "For a moment")
    async with create_task_group() as tasks:
        tasks.start_soon(appears, visitor, name)
        tasks.start_soon(appears, another, name)

    await is_over(visitor, name)
    await is_over(another, name)
    await expect(visitor.fate("For a moment")).to_have_text("Over: its time was up")


async def test_a_text_disappears_from_every_page_although_every_expiry_process_was_killed(
    whole_mesh: WholeMesh, name: str, visitor: Visitor, another: Visitor
) -> None:
    whole_mesh.kill_expiry()

    await visitor.write(name, "For a moment")
    async with create_task_group() as tasks:
        tasks.start_soon(appears, visitor, name)
        tasks.start_soon(appears, another, name)

    await is_over(visitor, name)
    await is_over(another, name)
    whole_mesh.start_expiry()


async def test_a_page_ends_a_display_by_itself_when_the_gateway_is_gone(
    whole_mesh: WholeMesh, name: str, visitor: Visitor
) -> None:
    await visitor.write(name, "For a moment")
    await appears(visitor, name)

    whole_mesh.kill_gateway()

    await is_over(visitor, name)
    await expect(visitor.fate("For a moment")).to_have_text("Over: its time was up")
    await expect(visitor.connection).not_to_have_text("Live")
    await whole_mesh.start_gateway()
    await expect(visitor.connection).to_have_text("Live")


@pytest.mark.usefixtures("whole_mesh")
async def test_who_waits_in_line_is_on_air_when_the_time_of_the_first_is_up_and_off_it_again(
    name: str, visitor: Visitor, another: Visitor
) -> None:
    await visitor.write(name, "First")
    await expect(another.status(name)).to_have_text(re.compile("Busy"))
    await another.wait_in_line(name, "Second")
    await expect(another.fate("Second")).to_have_text(re.compile(f"Place 1 in line for {name}"))

    await expect(another.fate("Second")).to_have_text(re.compile(f"On {name} for"))
    await expect(visitor.fate("First")).to_have_text("Over: its time was up")
    await expect(another.fate("Second")).to_have_text("Over: its time was up")
    await expect(another.status(name)).to_have_text("Free")
