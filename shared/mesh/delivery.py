"""What an acknowledgement subject tells of the entry that it came with."""

from typing import Final, NamedTuple

ACK_PREFIX: Final = "$JS.ACK."
"""What the subject begins with to which an entry is acknowledged."""

_SHORT_FORM_TOKENS: Final = 9


class Delivery(NamedTuple):
    """Where an entry stands: in the stream, in what this consumer sent, since when, and how many are left."""

    sequence: int
    delivered: int
    nanoseconds: int
    """When the stream took it: nanoseconds after 1970, by the server's clock."""
    pending: int


def delivery(reply: str) -> Delivery:
    """Read an acknowledgement subject of either form: domain and account may stand before the stream."""
    tokens = reply.split(".")
    stream = 2 if len(tokens) == _SHORT_FORM_TOKENS else 4
    return Delivery(*map(int, tokens[stream + 3 : stream + 7]))
