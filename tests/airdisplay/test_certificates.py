"""Certificates that are made for nats-servers; that TLS works with them is shown by the composition."""

import stat
from pathlib import Path

import pytest
from cryptography import x509

from airdisplay.authority.certificates import CA_DAYS, SERVER_DAYS, Certificates, certificates
from shared.contracts.errors import NotFit
from shared.mesh import clock

NAMES = ["nats-1", "nats.example.org", "127.0.0.1", "::1"]


def loaded(file: Path) -> x509.Certificate:
    """A certificate in a file."""
    return x509.load_pem_x509_certificate(file.read_bytes())


def contents(made: Certificates) -> list[bytes]:
    """What stands in all files."""
    return [file.read_bytes() for file in made]


def test_the_servers_have_a_certificate_for_all_their_names(tmp_path: Path) -> None:
    made = certificates(tmp_path, NAMES)

    ca, server = loaded(made.ca), loaded(made.server)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    server.verify_directly_issued_by(ca)
    assert NAMES == [str(each.value) for each in names]
    assert CA_DAYS == (ca.not_valid_after_utc - ca.not_valid_before_utc).days
    assert SERVER_DAYS == (server.not_valid_after_utc - server.not_valid_before_utc).days


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    made = certificates(tmp_path, NAMES)

    for key in (made.server_key, made.ca.with_suffix(".key")):
        assert 0o600 == stat.S_IMODE(key.stat().st_mode)


def test_what_is_there_and_lasts_is_kept(tmp_path: Path) -> None:
    made = contents(certificates(tmp_path, NAMES))

    assert made == contents(certificates(tmp_path, NAMES))


@pytest.mark.parametrize("why", ["other names", "half of the time is over", "another one vouches", "torn"])
def test_servers_get_a_new_certificate_when_they_need_one(
    tmp_path: Path, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificates(tmp_path, NAMES)
    ca, before, _ = contents(made)
    match why:
        case "half of the time is over":
            later = clock.seconds() + (SERVER_DAYS / 2 + 1) * 24 * 60 * 60
            monkeypatch.setattr(clock, "seconds", lambda: later)
        case "another one vouches":
            made.ca.with_suffix(".key").unlink()
        case "torn":
            made.server.write_bytes(before[:100])
        case _:
            pass

    certificates(tmp_path, NAMES[:1] if why == "other names" else NAMES)

    assert before != made.server.read_bytes()
    assert (ca == made.ca.read_bytes()) == (why != "another one vouches")
    loaded(made.server).verify_directly_issued_by(loaded(made.ca))


@pytest.mark.parametrize("name", ["", "n\u00e4ts"])
def test_what_is_no_name_of_a_host_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFit, match="the name or address of a host"):
        certificates(tmp_path, [name])


def test_a_key_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    made = certificates(tmp_path, NAMES)
    made.ca.with_suffix(".key").write_text("nothing")

    with pytest.raises(NotFit, match="expected a key and its certificate"):
        certificates(tmp_path, NAMES)
