"""Who may reach a gateway: what it demands before it serves others than its own machine."""

from pathlib import Path
from typing import Any

import pytest

from services.gateway.access import Access, authority_for, door_for
from services.gateway.authors import Guests
from shared.contracts.errors import NotFit
from tests.support.signing import keys_file

OTHERS = ["0.0.0.0", "::", "192.0.2.1", "air.example.org"]


def told(host: str) -> Any:
    """A request that came by this name."""
    return {"type": "http", "method": "GET", "headers": [(b"host", host.encode())]}


@pytest.mark.parametrize("host", OTHERS)
@pytest.mark.parametrize("guests", [None, "author", "viewer", "off"])
def test_where_others_can_call_it_does_not_serve_without_keys(host: str, guests: Guests | None) -> None:
    with pytest.raises(NotFit, match=rf"cannot serve HTTP on {host} without keys, .*--auth-keys"):
        authority_for(Access(guests=guests), host)


def test_a_name_for_others_makes_loopback_public() -> None:
    with pytest.raises(NotFit, match="cannot serve HTTP under the names of --http-hosts without keys"):
        authority_for(Access(hosts=["air.example.org"]), "127.0.0.1")


def test_keys_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    with pytest.raises(NotFit, match="cannot read the keys in "):
        authority_for(Access(keys=tmp_path / "none"), "127.0.0.1")


def test_every_name_of_a_public_address_is_good_unless_some_are_set() -> None:
    assert door_for(Access(), "0.0.0.0").refusal(told("anything.example")) is None
    assert door_for(Access(hosts=["a.example"]), "0.0.0.0").refusal(told("b.example")) is not None


@pytest.mark.parametrize(
    ("host", "access", "expected"),
    [
        pytest.param("127.0.0.1", Access(), "author", id="loopback"),
        pytest.param("::1", Access(keys=keys_file()), "author", id="loopback with keys"),
        pytest.param("0.0.0.0", Access(keys=keys_file()), "viewer", id="every address"),
        pytest.param(
            "127.0.0.1", Access(keys=keys_file(), hosts=["a.example"]), "viewer", id="behind a proxy"
        ),
        pytest.param("0.0.0.0", Access(keys=keys_file(), guests="off"), "off", id="as it was set"),
    ],
)
def test_what_guests_may_do_unless_it_is_said(host: str, access: Access, expected: Guests) -> None:
    assert expected == authority_for(access, host).guests
