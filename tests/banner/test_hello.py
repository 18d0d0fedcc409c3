"""Hellos: everybody is told what is true after the hello, nobody more than a few times a second."""

import anyio
import pytest

from services.banner.hello import AT_ONCE, Hellos
from shared.contracts.errors import Unreachable
from shared.contracts.identity import BannerId
from tests.support.waiting import until

A, B = BannerId("a"), BannerId("b")


class Answers:
    """What was answered to whom, of a world that changes; may be held up, and may fail."""

    def __init__(self) -> None:
        self.world = 0
        self.told: list[tuple[BannerId, int]] = []
        self.under_way = 0
        self.most_under_way = 0
        self.open = anyio.Event()
        self.open.set()
        self.fails = False
        self.known = True

    async def answer(self, banner: BannerId) -> bool:
        """Read the world, and tell it."""
        world = self.world
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.open.wait()
        finally:
            self.under_way -= 1
        if self.fails:
            raise Unreachable("the store")
        if self.known:
            self.told.append((banner, world))
        return self.known


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def hellos(answers: Answers) -> Hellos:
    return Hellos(answers.answer)


async def test_a_hello_is_answered(hellos: Hellos, answers: Answers) -> None:
    async with hellos.answering():
        hellos.heard(A)
        await until(lambda: answers.told == [(A, 0)])

    assert 1 == hellos.facts()["hellos_answered"]


async def test_a_flood_gets_a_few_answers_a_second_and_one_after_its_end(
    hellos: Hellos, answers: Answers
) -> None:
    async with hellos.answering():
        began = anyio.current_time()
        for world in range(100):
            answers.world = world
            for _ in range(100):
                hellos.heard(A)
            await anyio.sleep(0.01)
        await until(lambda: (A, 99) in answers.told)
        seconds = anyio.current_time() - began

    assert len(answers.told) <= 5 * seconds + 2
    assert 9_000 < hellos.facts()["hellos_merged"]


async def test_a_flood_of_one_keeps_no_other_waiting(hellos: Hellos, answers: Answers) -> None:
    async with hellos.answering():
        for _ in range(10_000):
            hellos.heard(A)
        hellos.heard(B)
        await until(lambda: len(answers.told) >= 2)

    assert [A, B] == [banner for banner, _ in answers.told[:2]]


async def test_who_says_hello_while_its_answer_is_on_its_way_gets_another_one(
    hellos: Hellos, answers: Answers
) -> None:
    answers.open = anyio.Event()
    async with hellos.answering():
        hellos.heard(A)
        await until(lambda: answers.under_way == 1)
        answers.world = 1
        hellos.heard(A)
        answers.open.set()
        await until(lambda: answers.told == [(A, 0), (A, 1)])


async def test_so_many_are_read_at_once_and_no_more(hellos: Hellos, answers: Answers) -> None:
    answers.open = anyio.Event()
    async with hellos.answering():
        for number in range(10 * AT_ONCE):
            hellos.heard(BannerId(f"b{number}"))
        await until(lambda: answers.under_way == AT_ONCE)
        await anyio.wait_all_tasks_blocked()
        answers.open.set()
        await until(lambda: len(answers.told) == 10 * AT_ONCE)

    assert AT_ONCE == answers.most_under_way


async def test_those_who_wait_at_the_end_are_answered_still(hellos: Hellos, answers: Answers) -> None:
    async with hellos.answering():
        for number in range(100):
            hellos.heard(BannerId(f"b{number}"))

    assert 100 == len(answers.told)


async def test_an_answer_that_fails_is_counted_and_the_next_one_comes(
    hellos: Hellos, answers: Answers
) -> None:
    answers.fails = True
    async with hellos.answering():
        hellos.heard(A)
        await until(lambda: hellos.facts()["hellos_failed"] == 1)
        answers.fails = False
        hellos.heard(A)
        await until(lambda: answers.told == [(A, 0)])


async def test_hellos_of_banners_that_nobody_registered_are_counted(hellos: Hellos, answers: Answers) -> None:
    answers.known = False
    async with hellos.answering():
        hellos.heard(A)
        await until(lambda: hellos.facts()["hellos_of_unknown_banners"] == 1)


async def test_more_than_may_wait_have_to_say_hello_again(
    hellos: Hellos, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.banner.hello.WAITING_AT_MOST", 10)
    for number in range(20):
        hellos.heard(BannerId(f"b{number}"))
    async with hellos.answering():
        await until(lambda: len(answers.told) == 10)

    assert 10 == hellos.facts()["hellos_failed"]


async def test_nothing_is_remembered_of_who_was_answered_a_while_ago(hellos: Hellos) -> None:
    async with hellos.answering():
        for number in range(100):
            hellos.heard(BannerId(f"b{number}"))
        await until(lambda: not hellos.resting)
