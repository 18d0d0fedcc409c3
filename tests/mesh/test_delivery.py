"""What an acknowledgement subject tells, in both of its forms."""

import pytest

from shared.mesh.delivery import Delivery, delivery


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param("$JS.ACK.INTAKE.intake.1.57.12.1777896000250000000.3", id="short"),
        pytest.param(
            "$JS.ACK.hub.ACCOUNTHASH.INTAKE.intake.1.57.12.1777896000250000000.3.x7Yq", id="with a domain"
        ),
        pytest.param("$JS.ACK._.ACCOUNTHASH.INTAKE.intake.1.57.12.1777896000250000000.3", id="without one"),
    ],
)
def test_it_tells_where_an_entry_stands_and_when_it_was_taken(reply: str) -> None:
    assert Delivery(57, 12, 1_777_896_000_250_000_000, 3) == delivery(reply)
