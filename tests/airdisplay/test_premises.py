"""What must be granted before anything is started, in one sentence each."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from airdisplay.premises import (
    check_ports,
    data_directory,
    operator_token,
    reachable,
    read_operator_token,
)
from airdisplay.signing import PRIVATE_KEY, PUBLIC_KEYS, signing_key
from shared.contracts.errors import NotFit
from tests.support.ports import HOST, free_port
from tests.support.signing import claims_in

DAY = 24 * 60 * 60


@pytest.fixture
def taken() -> Generator[int]:
    """A port on which somebody listens."""
    with socket.create_server((HOST, 0)) as listener:
        yield listener.getsockname()[1]


def test_a_data_directory_is_made(tmp_path: Path) -> None:
    with data_directory(tmp_path / "some" / "where") as directory:
        assert directory.is_dir()
        assert str(os.getpid()) == (directory / "up.lock").read_text().strip()


def test_a_data_directory_is_ours_alone_while_it_is_held(tmp_path: Path) -> None:
    with (
        data_directory(tmp_path),
        pytest.raises(NotFit, match=rf"in use by another airdisplay up \(process {os.getpid()}\)"),
        data_directory(tmp_path),
    ):
        pass


def test_a_data_directory_can_be_held_again(tmp_path: Path) -> None:
    for _ in range(2):
        with data_directory(tmp_path):
            pass


def test_a_data_directory_is_free_again_when_its_holder_is_killed(tmp_path: Path) -> None:
    hold = (
        "import sys, time; from pathlib import Path; from airdisplay.premises import data_directory\n"
        "with data_directory(Path(sys.argv[1])): print(flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", hold, tmp_path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(NotFit, match="in use"), data_directory(tmp_path):
            pass
        holder.kill()
    with data_directory(tmp_path):
        pass


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(NotFit, match=f"cannot write to the data directory {file}/data: "):
        data_directory(file / "data").__enter__()


def test_the_token_of_operators_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = operator_token(tmp_path)
    token = read_operator_token(path)

    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert {"role": "operator", "sub": "operator"}.items() <= claims_in(token).items()
    assert path == operator_token(tmp_path)
    assert token == read_operator_token(path)
    assert {path.name, PRIVATE_KEY, PUBLIC_KEYS} == {each.name for each in tmp_path.iterdir()}


@pytest.mark.parametrize("found", ["one of before", "about to end", "of another key", ""])
def test_a_token_that_will_not_do_is_made_anew(tmp_path: Path, found: str) -> None:
    key = signing_key(tmp_path)
    old = {
        "about to end": key.token("operator", "operator", 180 * DAY),
        "of another key": signing_key(tmp_path / "other").token("operator", "operator", 1_000 * DAY),
    }.get(found, found)
    (tmp_path / "operator.token").write_text(f"{old}\n")

    token = read_operator_token(operator_token(tmp_path))

    assert old != token
    assert key.lasts(token, 700 * DAY)


def test_a_token_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "operator.token").mkdir()

    with pytest.raises(NotFit, match=f"cannot write {tmp_path}/operator.token: "):
        operator_token(tmp_path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(None, "there is no operator token at ", id="not there"),
        pytest.param(b"", "expected an operator token in ", id="empty"),
        pytest.param(b" \n", "expected an operator token in ", id="blank"),
        pytest.param(b"one\ntwo", "expected an operator token in ", id="two lines"),
        pytest.param("tokén".encode(), "expected an operator token in ", id="no header could carry it"),
        pytest.param(b"\xff", "cannot read the operator token in ", id="no text"),
    ],
)
def test_what_is_no_token_is_said(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "operator.token"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(NotFit, match=f"{sentence}{path}"):
        read_operator_token(path)


def test_a_token_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFit, match="cannot read the operator token in "):
        read_operator_token(tmp_path)


def test_free_ports_will_do() -> None:
    check_ports((HOST, free_port()), (HOST, free_port()))


def test_a_taken_port_for_http_is_named(taken: int) -> None:
    sentence = f"port {taken} on {HOST} is taken by another program: choose another with --http-port"
    with pytest.raises(NotFit, match=sentence):
        check_ports((HOST, taken), (HOST, free_port()))


def test_a_taken_port_for_nats_is_named(taken: int) -> None:
    sentence = f"port {taken} on {HOST} is taken by another program: choose another with --nats-port"
    with pytest.raises(NotFit, match=sentence):
        check_ports((HOST, free_port()), (HOST, taken))


def test_a_taken_port_for_mqtt_is_named(taken: int) -> None:
    sentence = f"port {taken} on {HOST} is taken by another program: choose another with --mqtt-port"
    with pytest.raises(NotFit, match=sentence):
        check_ports((HOST, free_port()), (HOST, free_port()), taken)


def test_mqtt_has_the_port_that_is_named_or_none() -> None:
    port = free_port()

    assert port == check_ports((HOST, free_port()), (HOST, free_port()), port)
    assert check_ports((HOST, free_port()), (HOST, free_port()), 0) is None


def test_mqtt_has_its_usual_port_where_that_is_free(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    def usual(port: int, *, nats: int) -> int | None:
        monkeypatch.setattr("airdisplay.premises.DEFAULT_MQTT_PORT", port)
        return check_ports((HOST, free_port()), (HOST, nats))

    port = free_port()
    assert port == usual(port, nats=free_port())
    assert usual(taken, nats=free_port()) is None
    assert usual(port, nats=port) is None


@pytest.mark.parametrize(
    ("http", "nats", "mqtt", "sentence"),
    [
        (0, 0, 1, "HTTP and NATS cannot both have port .*: choose another with --http-port"),
        (0, 1, 0, "HTTP and MQTT cannot both have port .*: choose another with --http-port"),
        (0, 1, 1, "NATS and MQTT cannot both have port .*: choose another with --nats-port"),
    ],
)
def test_each_server_needs_a_port_of_its_own(http: int, nats: int, mqtt: int, sentence: str) -> None:
    ports = free_port(), free_port()

    with pytest.raises(NotFit, match=sentence):
        check_ports((HOST, ports[http]), (HOST, ports[nats]), ports[mqtt])


def test_an_address_of_another_machine_cannot_be_served() -> None:
    with pytest.raises(NotFit, match=r"cannot serve HTTP on 192\.0\.2\.1 port"):
        check_ports(("192.0.2.1", free_port()), (HOST, free_port()))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1:8000"),
        ("localhost", "localhost:8000"),
        ("0.0.0.0", "127.0.0.1:8000"),
        ("::", "[::1]:8000"),
        ("::1", "[::1]:8000"),
    ],
)
def test_people_get_an_address_that_they_can_open(host: str, expected: str) -> None:
    assert expected == reachable(host, 8000)
