"""What every store promises, in memory and on JetStream alike."""

import anyio
import pytest

from shared.contracts.errors import Conflict
from shared.entities.store import Store, Stored


@pytest.fixture(params=[True, False], ids=["fresh", "from anywhere"])
def fresh(request: pytest.FixtureRequest) -> bool:
    """How a value is loaded."""
    return bool(request.param)


async def test_a_key_that_was_never_written_is_at_revision_nought(
    store: Store, key: str, *, fresh: bool
) -> None:
    assert Stored(0, None) == await store.load(key, fresh=fresh)


async def test_what_was_committed_is_loaded_with_its_revision(store: Store, key: str, *, fresh: bool) -> None:
    revision = await store.commit(key, b"one", 0)

    assert Stored(revision, b"one") == await store.load(key, fresh=fresh)


async def test_bytes_of_any_kind_come_back_as_they_were(store: Store, key: str, *, fresh: bool) -> None:
    data = bytes(range(256)) + b"\r\n" * 3

    revision = await store.commit(key, data, 0)

    assert Stored(revision, data) == await store.load(key, fresh=fresh)
    assert data == await store.load_at(key, revision)


async def test_revisions_of_a_key_only_rise(store: Store, key: str) -> None:
    first = await store.commit(key, b"one", 0)
    second = await store.commit(key, b"two", first)

    assert 0 < first < second


@pytest.mark.parametrize(
    "expected_past",
    [pytest.param(-1, id="an older one"), pytest.param(1, id="one that is still to come")],
)
async def test_a_commit_at_another_revision_conflicts_and_writes_nothing(
    store: Store, key: str, expected_past: int
) -> None:
    first = await store.commit(key, b"one", 0)
    second = await store.commit(key, b"two", first)

    with pytest.raises(Conflict):
        await store.commit(key, b"three", first if expected_past < 0 else second + expected_past)

    assert Stored(second, b"two") == await store.load(key, fresh=True)


async def test_a_first_commit_conflicts_with_one_that_was_there_before(store: Store, key: str) -> None:
    await store.commit(key, b"one", 0)

    with pytest.raises(Conflict):
        await store.commit(key, b"other", 0)


async def test_a_commit_to_what_was_never_written_conflicts_at_any_revision(store: Store, key: str) -> None:
    with pytest.raises(Conflict):
        await store.commit(key, b"one", 7)

    assert Stored(0, None) == await store.load(key, fresh=True)


async def test_of_many_commits_at_one_revision_exactly_one_is_written(store: Store, key: str) -> None:
    written: list[tuple[int, bytes]] = []
    conflicts: list[bytes] = []

    async def commit(data: bytes) -> None:
        try:
            written.append((await store.commit(key, data, 0), data))
        except Conflict:
            conflicts.append(data)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(commit, b"%d" % number)

    assert 1 == len(written)
    assert 49 == len(conflicts)
    assert Stored(*written[0]) == await store.load(key, fresh=True)


async def test_keys_do_not_disturb_one_another(store: Store, key: str) -> None:
    await store.commit(key, b"one", 0)

    revision = await store.commit(f"{key}-other", b"two", 0)

    assert Stored(revision, b"two") == await store.load(f"{key}-other", fresh=True)


async def test_every_revision_of_a_key_can_be_loaded_again(store: Store, key: str) -> None:
    revisions = [0]

    for number in range(40):  # the bucket lets go of all but sixteen
        revisions.append(await store.commit(key, b"%d" % number, revisions[-1]))
        await store.until_archived(key, revisions[-1])

    found = [await store.load_at(key, revision) for revision in revisions[1:]]
    assert [b"%d" % number for number in range(40)] == found


async def test_a_revision_of_another_key_is_not_found(store: Store, key: str) -> None:
    other = await store.commit(f"{key}-other", b"two", 0)
    await store.commit(key, b"one", 0)

    assert await store.load_at(key, other) is None


async def test_a_revision_that_never_was_is_not_found(store: Store, key: str) -> None:
    await store.commit(key, b"one", 0)

    assert await store.load_at(key, 1_000_000) is None


async def test_what_came_after_a_revision_is_the_first_of_its_key(store: Store, key: str) -> None:
    first = await store.commit(key, b"one", 0)
    await store.commit(f"{key}-other", b"other", 0)
    second = await store.commit(key, b"two", first)
    third = await store.commit(key, b"three", second)

    assert Stored(first, b"one") == await store.load_after(key, 0)
    assert Stored(first, b"one") == await store.load_after(key, first - 1)
    assert Stored(second, b"two") == await store.load_after(key, first)
    assert Stored(third, b"three") == await store.load_after(key, second)


async def test_nothing_comes_after_the_newest(store: Store, key: str) -> None:
    revision = await store.commit(key, b"one", 0)
    await store.commit(f"{key}-other", b"other", 0)

    assert await store.load_after(key, revision) is None
    assert await store.load_after(key, 1_000_000) is None


async def test_nothing_comes_after_any_revision_of_a_key_that_was_never_written(
    store: Store, key: str
) -> None:
    await store.commit(f"{key}-other", b"other", 0)

    assert await store.load_after(key, 0) is None


async def test_what_came_after_a_revision_is_found_however_much_came_after_that(
    store: Store, key: str
) -> None:
    revisions = [0]
    for number in range(40):
        revisions.append(await store.commit(key, b"%d" % number, revisions[-1]))
        await store.until_archived(key, revisions[-1])

    found = [await store.load_after(key, revision) for revision in revisions]
    assert [*(Stored(revisions[n + 1], b"%d" % n) for n in range(40)), None] == found
