"""Chance that can be repeated: whatever is random in the simulation follows from a seed and a name. Pure."""

import hashlib


def chance(seed: int, *what: object) -> float:
    """From 0 to 1, without 1: always the same for the same seed and the same words and numbers."""
    words = "\x00".join(map(str, (seed, *what)))
    digest = hashlib.blake2b(words.encode(), digest_size=7).digest()
    return int.from_bytes(digest) / 2**56


def between(low: float, high: float, share: float) -> float:
    """That share of the way from one to the other."""
    return low + (high - low) * share
