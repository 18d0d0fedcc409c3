"""How several instances share the deadlines without asking one another: by rendezvous hashing. Pure.

For every banner each instance has a weight; the heaviest acts at the deadline, the next one a little later
if nothing has happened by then, and so on. When an instance comes or goes, only its own share moves.
"""

import hashlib
from collections.abc import Iterable


def rank(instance: str, peers: Iterable[str], banner: str) -> int:
    """How many of the peers come before this instance for that banner; 0 means that it acts first."""
    own = _weight(instance, banner)
    return sum(1 for peer in peers if peer != instance and _weight(peer, banner) > own)


def _weight(instance: str, banner: str) -> bytes:
    return hashlib.blake2b(f"{banner} {instance}".encode(), digest_size=8).digest()
