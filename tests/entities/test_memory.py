"""What the store in memory offers beyond the contract: its whole log, to look at."""

from shared.entities.memory import MemoryStore


async def test_the_log_holds_every_commit_in_order() -> None:
    store = MemoryStore()

    first = await store.commit("a", b"one", 0)
    await store.commit("b", b"two", 0)
    await store.commit("a", b"three", first)

    assert [("a", b"one"), ("b", b"two"), ("a", b"three")] == store.log


async def test_revisions_count_through_all_keys() -> None:
    store = MemoryStore()

    assert 1 == await store.commit("a", b"one", 0)
    assert 2 == await store.commit("b", b"two", 0)
