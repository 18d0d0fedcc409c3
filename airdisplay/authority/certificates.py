"""Certificates for nats-servers that speak TLS: one that vouches, and one for the servers.

    tls/ca.pem, ca.key            vouches for servers; clients need the first, nobody else the second
    tls/server.pem, server.key    what servers show, good for the names that they are reached by

Keys are for their owner alone. Made anew when the names change or half of the time is over; the one that
vouches stays, so clients need no new file.
"""

import datetime as dt
import ipaddress
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from airdisplay.signing import put
from shared.contracts.errors import NotFit
from shared.mesh import clock

FOLDER: Final = "tls"
CA_DAYS: Final = 10 * 365
SERVER_DAYS: Final = 2 * 365
# For machines whose clocks are a little behind.
_BEFORE: Final = dt.timedelta(hours=1)
_FOR_ALL: Final = 0o644
_is_host = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9-.]*[a-z0-9])?", re.IGNORECASE).fullmatch


class Certificates(NamedTuple):
    """Where they are."""

    ca: Path
    server: Path
    server_key: Path


def certificates(directory: Path, names: Sequence[str]) -> Certificates:
    """Certificates for servers that are reached by these names and addresses; made where they are not there.

    Raises:
        NotFit: a name is none, or files cannot be read or written.
    """
    folder = directory / FOLDER
    where = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
        alternatives = x509.SubjectAlternativeName([_name(each) for each in names])
        ca_key, ca = _authority(folder / "ca.key", where.ca)
        if not _lasts(where.server, alternatives, ca):
            key = generate_private_key(SECP256R1())
            put(where.server_key, _pem(key))
            certificate = _server(names[0], alternatives, key, ca, ca_key)
            put(where.server, certificate.public_bytes(Encoding.PEM), mode=_FOR_ALL)
    except OSError as error:
        raise NotFit(f"cannot keep certificates in {folder}: {error.strerror}") from error
    return where


def _name(text: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(text))
    if _is_host(text) is None:
        raise NotFit(f"expected the name or address of a host, found {text!r}")
    return x509.DNSName(text)


def _authority(key_file: Path, file: Path) -> tuple[EllipticCurvePrivateKey, x509.Certificate]:
    """What vouches: as it is kept, or new."""
    if not key_file.exists():
        key = generate_private_key(SECP256R1())
        put(key_file, _pem(key))
        put(file, _ca(key).public_bytes(Encoding.PEM), mode=_FOR_ALL)
    try:
        kept = load_pem_private_key(key_file.read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
    except (ValueError, TypeError) as error:
        raise NotFit(f"expected a key and its certificate in {key_file.parent}: {error}") from error
    if not isinstance(kept, EllipticCurvePrivateKey) or kept.public_key() != certificate.public_key():
        raise NotFit(f"the key {key_file} is not that of the certificate {file}")
    return kept, certificate


def _ca(key: EllipticCurvePrivateKey) -> x509.Certificate:
    title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AirDisplay")])
    builder = _builder(title, title, key, CA_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(_usage(signs_certificates=True), critical=True).sign(key, hashes.SHA256())


def _server(
    name: str,
    names: x509.SubjectAlternativeName,
    key: EllipticCurvePrivateKey,
    ca: x509.Certificate,
    ca_key: EllipticCurvePrivateKey,
) -> x509.Certificate:
    title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    # Between two servers, each is the client of the other.
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    builder = _builder(title, ca.subject, key, SERVER_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(purposes, critical=False)
    builder = builder.add_extension(issuer, critical=False)
    return builder.add_extension(names, critical=False).sign(ca_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = _now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _lasts(file: Path, names: x509.SubjectAlternativeName, ca: x509.Certificate) -> bool:
    """Whether a certificate is there, for these names and by this authority, with half of its life to go."""
    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
        found.verify_directly_issued_by(ca)
    except (FileNotFoundError, ValueError, InvalidSignature):
        return False
    left = found.not_valid_after_utc - _now()
    same = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value == names
    return same and left > dt.timedelta(days=SERVER_DAYS / 2)


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _now() -> dt.datetime:
    return dt.datetime.fromtimestamp(int(clock.seconds()), dt.UTC)
