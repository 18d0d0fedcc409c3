"""Many HTTP requests at the same instant: all connections are open before the first request leaves."""

import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import anyio
from anyio.abc import SocketStream


class Answer(NamedTuple):
    """What one of them got."""

    status: int
    headers: dict[str, str]
    body: Any


async def burst(requests: list[tuple[str, bytes, dict[str, str]]]) -> list[Answer]:
    """POST each (URL, JSON body, headers) at once; the answers stand in the order of the requests."""
    streams = [await _connect(url) for url, _, _ in requests]
    answers: list[Answer | None] = [None] * len(requests)

    async def ask(number: int) -> None:
        url, body, headers = requests[number]
        async with streams[number] as stream:
            await stream.send(_head(url, len(body), headers) + body)
            answers[number] = _parse(await _read_all(stream))

    async with anyio.create_task_group() as tasks:
        for number in range(len(requests)):
            tasks.start_soon(ask, number)
    return [answer for answer in answers if answer is not None]


async def _connect(url: str) -> SocketStream:
    place = urlsplit(url)
    assert place.hostname is not None
    assert place.port is not None
    return await anyio.connect_tcp(place.hostname, place.port)


async def _read_all(stream: SocketStream) -> bytes:
    received = b""
    try:
        while True:
            received += await stream.receive()
    except anyio.EndOfStream:
        return received


def _head(url: str, length: int, headers: dict[str, str]) -> bytes:
    place = urlsplit(url)
    fields = {
        "Host": place.netloc,
        "Content-Type": "application/json",
        "Content-Length": str(length),
        "Connection": "close",
        **headers,
    }
    lines = [f"POST {place.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _parse(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(status.split()[1]), headers, json.loads(body))
