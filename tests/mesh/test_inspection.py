"""What the server says of itself and of its streams."""

import dataclasses
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from nats.js.api import StreamConfig

from shared.contracts.errors import Unreachable
from shared.mesh import streams
from shared.mesh.connection import Mesh, Nats, open_mesh
from shared.mesh.inspection import certificate_ends, differences, kept, readings, server_version
from shared.mesh.streams import Missing
from tests.support.nats_server import running_nats_server
from tests.support.ports import HOST

ENDS = datetime(2099, 5, 4, 12, tzinfo=UTC)
WANTED = StreamConfig(name="S", subjects=["s.>"], max_age=15, max_msgs_per_subject=1)


async def test_every_stream_is_as_it_was_made(mesh: Mesh) -> None:
    for config in streams.everything(1):
        assert [] == list(differences(config, (await kept(mesh, config.name or "")).config)), config.name


@pytest.mark.parametrize(
    ("found", "different"),
    [
        pytest.param({}, [], id="none"),
        pytest.param({"max_age": 30 * 10**9}, ["max_age 15 s, found 30 s"], id="another time"),
        pytest.param({"subjects": ["s.>", "t.>"]}, ['subjects ["s.>"], found ["s.>", "t.>"]'], id="a list"),
        pytest.param({"max_bytes": 1}, ["max_bytes -1, found 1"], id="a limit that nobody asked for"),
        pytest.param({"deny_purge": True}, ["deny_purge False, found True"], id="a right"),
        pytest.param({"metadata": {"x": "y"}, "duplicate_window": 1}, [], id="what is the server's business"),
        pytest.param(
            {"republish": {"src": ">", "dest": "x.>"}},
            ['republish nothing, found {"src": ">", "dest": "x.>"}'],
            id="copies that nobody asked for",
        ),
    ],
)
def test_differences_are_said_setting_by_setting(found: dict[str, Any], different: list[str]) -> None:
    made = {
        "name": "S",
        "subjects": ["s.>"],
        "max_age": 15 * 10**9,
        "max_msgs_per_subject": 1,
        "storage": "file",
    }
    silent = {"retention": "limits", "max_msgs": -1, "max_bytes": -1, "max_consumers": -1, "discard": "old"}
    others = {"num_replicas": 1, "max_msg_size": -1}

    config = dataclasses.replace(WANTED, num_replicas=1, max_msg_size=-1)
    assert different == list(differences(config, {**made, **silent, **others, **found}))


async def test_a_stream_that_is_not_there_is_missing(mesh: Mesh) -> None:
    with pytest.raises(Missing):
        await kept(mesh, "NOWHERE")
    with pytest.raises(Missing):
        await readings(mesh, "NOWHERE")


async def test_a_server_that_does_not_answer_is_unreachable(own_mesh: Mesh, own_nats_server: Any) -> None:
    own_nats_server.pause()
    try:
        with pytest.raises(Unreachable):
            await kept(own_mesh, "HISTORY")
    finally:
        own_nats_server.resume()


async def test_the_server_says_its_version(mesh: Mesh) -> None:
    assert (2, 15) == server_version(mesh)[:2]


async def test_without_tls_there_is_no_certificate(mesh: Mesh) -> None:
    assert certificate_ends(mesh) is None


async def test_with_tls_the_end_of_the_certificate_is_known(tmp_path: Path) -> None:
    certificate, key = certified(tmp_path)
    configuration = f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}'
    async with (
        running_nats_server(tmp_path, configuration=configuration) as server,
        open_mesh(Nats(url=server.url, ca=certificate), name="test") as mesh,
    ):
        assert ENDS == certificate_ends(mesh)


def certified(directory: Path) -> tuple[Path, Path]:
    """A certificate for this machine that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ENDS - timedelta(days=100 * 365))
        .not_valid_after(ENDS)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = directory / "server.crt", directory / "server.key"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths
