"""Keys: what a file may hold, and what happens when it changes while the gateway runs."""

import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from services.gateway.keys import Key, KeyFile, Keys, keys_in
from services.gateway.tokens import TokenRefused, Tokens
from shared.contracts.errors import NotFit
from tests.support.signing import ISSUER, Issuer, put_keys
from tests.support.waiting import until


def private_pem() -> bytes:
    """What must stay with whoever signs."""
    return ISSUER.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def jwk(algorithm: Any, key: Any) -> dict[str, Any]:
    """A public key as a JWK."""
    found: dict[str, Any] = algorithm.to_jwk(key, as_dict=True)
    return found


UNFIT = [
    pytest.param(b"", "cannot use the keys", id="nothing"),
    pytest.param(b"\xff\xfe", "cannot use the keys", id="no text"),
    pytest.param(b"{}", "missing required field `keys`", id="no keys member"),
    pytest.param(b'{"keys": []}', "expected keys for signatures, found none", id="no keys"),
    pytest.param(b"[" * 5_000, "cannot use the keys", id="nests without end"),
    pytest.param(b" " * 300_000, "expected at most 262144 bytes, found more", id="too much"),
    pytest.param(private_pem(), "expected a public key, found a private one", id="a private key as PEM"),
    pytest.param(
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "cannot use", id="half a PEM"
    ),
]
UNFIT_KEYS = [
    pytest.param(
        [jwk(OKPAlgorithm, ISSUER.private)], "expected public keys, found a private one", id="a private key"
    ),
    pytest.param([ISSUER.jwk, ISSUER.jwk], "found 'of-tests' twice", id="a kid twice"),
    pytest.param([{**ISSUER.jwk, "use": "enc"}], "found none", id="only for secrecy"),
    pytest.param(
        [{"kty": "oct", "k": "c2hvcnQ"}], "of at least 32 bytes, found 5 bytes", id="a short secret"
    ),
    pytest.param(
        [{"kty": "oct", "alg": "HS512", "k": "A" * 86}], "found 64 bytes for HS512", id="another secret"
    ),
    pytest.param([{**ISSUER.jwk, "alg": "none"}], "another kind, or half of one", id="alg none"),
    pytest.param(
        [{**ISSUER.jwk, "alg": "HS256"}], "another kind, or half of one", id="a key taken for a secret"
    ),
    pytest.param([{"kty": "magic"}], "another kind, or half of one", id="an unknown kind"),
    pytest.param([{"kty": "OKP", "crv": "Ed25519"}], "another kind, or half of one", id="half a key"),
    pytest.param(
        [jwk(RSAAlgorithm, rsa.generate_private_key(65_537, 1_024).public_key())],  # noqa: S505 (refused)
        "expected at least 2048 bits, found 1024",
        id="a short RSA key",
    ),
    pytest.param(
        [jwk(ECAlgorithm, ec.generate_private_key(ec.SECP384R1()).public_key())],
        "expected an Ed25519, P-256 or RSA key",
        id="another curve",
    ),
]


@pytest.mark.parametrize(("content", "sentence"), UNFIT)
def test_a_file_that_is_none_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "keys"
    path.write_bytes(content)

    with pytest.raises(NotFit) as refused:
        keys_in(path)

    assert str(refused.value).startswith(f"cannot use the keys in {path}: ")
    assert sentence in str(refused.value)


@pytest.mark.parametrize(("keys", "sentence"), UNFIT_KEYS)
def test_a_key_that_will_not_do_is_refused_and_not_quoted(
    tmp_path: Path, keys: list[dict[str, Any]], sentence: str
) -> None:
    with pytest.raises(NotFit) as refused:
        keys_in(put_keys(tmp_path / "keys.json", *keys))

    assert sentence in str(refused.value)
    assert not [
        each for key in keys for each in ("k", "d", "x") if key.get(each, "never") in str(refused.value)
    ]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFit, match=f"cannot read the keys in {tmp_path}/none: No such file"):
        keys_in(tmp_path / "none")


def test_a_kid_finds_its_key_and_no_other() -> None:
    one, other = Key("EdDSA", 1), Key("ES256", 2)

    assert (one, other) == (Keys({"a": one, "b": other}).get("a"), Keys({"a": one, "b": other}).get("b"))
    assert (None, None) == (Keys({"a": one, "b": other}).get("c"), Keys({"a": one, "b": other}).get(None))
    assert (one, None) == (Keys({"a": one}).get(None), Keys({"a": one}).get("b"))
    assert one == Keys({None: one}).get("whatever")


def believes(tokens: Tokens, token: str) -> Callable[[], Awaitable[bool]]:
    """Whether a token is believed now."""

    async def now() -> bool:
        with contextlib.suppress(TokenRefused):
            tokens.bearer(token)
            return True
        return False

    return now


async def test_keys_are_exchanged_while_it_runs(tmp_path: Path) -> None:
    old, new = Issuer("old"), Issuer("new")
    path = put_keys(tmp_path / "keys.json", old.jwk)
    tokens = Tokens(KeyFile(path), audience="airdisplay", issuer=None)
    before, after = old.sign(), new.sign()
    assert await believes(tokens, before)()
    assert not await believes(tokens, after)()

    put_keys(path, old.jwk, new.jwk)

    await until(believes(tokens, after))
    assert await believes(tokens, before)()

    put_keys(path, new.jwk)

    async def no_longer() -> bool:
        return not await believes(tokens, before)()

    await until(no_longer)  # although it had been believed before
    assert await believes(tokens, after)()


@pytest.mark.parametrize("broken", [b"{", b"", None], ids=["half a file", "an empty file", "no file"])
async def test_a_broken_file_leaves_the_keys_that_were_there(
    tmp_path: Path, broken: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put_keys(tmp_path / "keys.json", ISSUER.jwk)
    tokens = Tokens(KeyFile(path), audience="airdisplay", issuer=None)
    token = ISSUER.sign()

    if broken is None:
        path.unlink()
    else:
        path.write_bytes(broken)

    async def said() -> bool:
        assert await believes(tokens, token)()
        return "keys not read, the old ones stay" in capsys.readouterr().out

    await until(said)

    put_keys(path, Issuer("new").jwk)

    async def exchanged() -> bool:
        return not await believes(tokens, token)()

    await until(exchanged)
