"""Bearer tokens: what is believed, what is not, and what is said about it."""

import base64
import contextlib
import hashlib
import hmac
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from services.gateway.keys import KeyFile
from services.gateway.tokens import LEEWAY_SECONDS, TOKEN_BYTES_AT_MOST, Bearer, TokenRefused, Tokens, user
from shared.mesh import clock
from tests.support.signing import HOUR, ISSUER, Issuer, keys_file, put_keys

SECRET = b"0123456789abcdef0123456789abcdef"


def tokens(path: Path | None = None, *, audience: str = "airdisplay", issuer: str | None = None) -> Tokens:
    """What believes the issuer of the tests, or those in a file."""
    return Tokens(KeyFile(path or keys_file()), audience=audience, issuer=issuer)


def refusal(token: str, believer: Tokens | None = None) -> TokenRefused:
    """Why a token is not believed."""
    with pytest.raises(TokenRefused) as refused:
        (tokens() if believer is None else believer).bearer(token)
    assert not token or token not in str(refused.value)
    return refused.value


def encoded(part: Any) -> str:
    """A part of a token, written by hand."""
    data = part if isinstance(part, bytes) else msgspec.json.encode(part)
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(**more: Any) -> dict[str, Any]:
    """What a good token says."""
    return {"sub": "ada", "aud": "airdisplay", "exp": int(clock.seconds()) + HOUR, **more}


def by_hand(header: Any, body: Any, signature: bytes = b"") -> str:
    """A token that no library would write."""
    return f"{encoded(header)}.{encoded(body)}.{encoded(signature)}"


def signed_with_the_public_key(algorithm: str) -> str:
    """The old trick: what everybody may read, taken for a secret."""
    public = ISSUER.private.public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = f"{encoded({'alg': algorithm, 'kid': ISSUER.key_id})}.{encoded(claims(role='operator'))}"
    signature = hmac.digest(secret, unsigned.encode(), hashlib.sha256)
    return f"{unsigned}.{encoded(signature)}"


# --- what is believed -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["viewer", "author", "operator"])
def test_a_token_tells_who_and_as_what_and_until_when(role: Any) -> None:
    expires = int(clock.seconds()) + HOUR

    found = tokens().bearer(ISSUER.sign("ada", role, exp=expires))

    assert Bearer(user("", "ada"), role, expires) == found


def test_without_a_role_somebody_is_an_author() -> None:
    assert "author" == tokens().bearer(ISSUER.sign()).role


def test_one_of_several_audiences_may_be_ours() -> None:
    assert user("", "ada") == tokens().bearer(ISSUER.sign(aud=["others", "airdisplay"])).by


def test_a_clock_that_is_a_little_off_does_no_harm() -> None:
    now = int(clock.seconds())

    late = ISSUER.sign(exp=now - LEEWAY_SECONDS // 2)
    early = ISSUER.sign(nbf=now + LEEWAY_SECONDS // 2, iat=now + LEEWAY_SECONDS // 2)

    assert {user("", "ada")} == {tokens().bearer(each).by for each in (late, early)}


def test_the_same_subject_of_another_issuer_is_somebody_else() -> None:
    found = {
        tokens().bearer(ISSUER.sign(iss=issuer)).by for issuer in ("https://a.example", "https://b.example")
    }
    found |= {tokens().bearer(ISSUER.sign()).by}

    assert 3 == len(found)


@pytest.mark.parametrize(
    "subject", ["operator", "guest-f799d9ae7dea", "nobody", "x" * 1_000, "\ud800", "ada\n"]
)
def test_no_subject_can_take_a_name_that_is_not_its_own(subject: str) -> None:
    by = tokens().bearer(ISSUER.sign(subject)).by

    assert by.startswith("user-")
    assert subject not in by
    assert 25 == len(by)


# --- what is not ----------------------------------------------------------------------------------


NOW = int(clock.seconds())
STRANGER = Issuer(ISSUER.key_id)
REFUSED = [
    pytest.param(ISSUER.sign(exp=NOW - 60), "expired", id="expired"),
    pytest.param(ISSUER.sign(nbf=NOW + HOUR), "not-yet-valid", id="not yet valid"),
    pytest.param(ISSUER.sign(iat=NOW + HOUR), "not-yet-valid", id="made later"),
    pytest.param(ISSUER.sign(aud="others"), "wrong-audience", id="for another audience"),
    pytest.param(ISSUER.sign(aud=None), "no-aud", id="for no audience"),
    pytest.param(ISSUER.sign(exp=None), "no-exp", id="for ever"),
    pytest.param(
        jwt.encode({"aud": "airdisplay", "exp": NOW + HOUR}, ISSUER.private, "EdDSA", {"kid": ISSUER.key_id}),
        "no-sub",
        id="about nobody",
    ),
    pytest.param(ISSUER.sign(""), "no-subject", id="about an empty subject"),
    pytest.param(ISSUER.sign(sub=7), "no-subject", id="about a number"),  # type: ignore[arg-type]
    pytest.param(ISSUER.sign(role="admin"), "unknown-role", id="an unknown role"),
    pytest.param(ISSUER.sign(role=["operator"]), "unknown-role", id="a list of roles"),  # type: ignore[arg-type]
    pytest.param(ISSUER.sign(exp="soon"), "bad-signature", id="an expiry that is a word"),
    pytest.param(ISSUER.sign(exp=float("inf")), "bad-signature", id="an expiry without end"),
    pytest.param(STRANGER.sign(role="operator"), "bad-signature", id="forged with another key"),
    pytest.param(Issuer("two").sign(role="operator"), "unknown-key", id="an unknown key"),
    pytest.param(by_hand({"alg": "none"}, claims()), "wrong-algorithm", id="alg none"),
    pytest.param(
        by_hand({"alg": "none", "kid": ISSUER.key_id}, claims()), "wrong-algorithm", id="alg none with a kid"
    ),
    pytest.param(
        by_hand({"alg": "NoNe", "kid": ISSUER.key_id}, claims()), "wrong-algorithm", id="alg none in disguise"
    ),
    pytest.param(signed_with_the_public_key("HS256"), "wrong-algorithm", id="the public key as a secret"),
    pytest.param(signed_with_the_public_key("EdDSA"), "bad-signature", id="the same, that denies it"),
    pytest.param(
        by_hand({"alg": "EdDSA", "kid": ISSUER.key_id}, claims(), b"x" * 63),
        "bad-signature",
        id="a truncated signature",
    ),
    pytest.param(ISSUER.sign().rpartition(".")[0] + ".", "bad-signature", id="no signature"),
    pytest.param(ISSUER.sign().rpartition(".")[0], "not-a-token", id="two parts"),
    pytest.param("a.b.c", "not-a-token", id="three letters"),
    pytest.param("", "not-a-token", id="nothing"),
    pytest.param("schlüssel-🎈", "not-a-token", id="a word"),
    pytest.param("\ud800.a.b", "not-a-token", id="half a character"),
    pytest.param(by_hand(b"\xff", claims()), "not-a-token", id="a header that is no text"),
    pytest.param(by_hand([], claims()), "not-a-token", id="a header that is a list"),
    pytest.param(by_hand(b"[" * 5_000, claims()), "not-a-token", id="a header that nests without end"),
    pytest.param(by_hand({"alg": "EdDSA", "kid": 7}, claims()), "not-a-token", id="a kid that is a number"),
    pytest.param("x" * (TOKEN_BYTES_AT_MOST + 1), "too-long", id="too long"),
    pytest.param(ISSUER.sign("x" * TOKEN_BYTES_AT_MOST), "too-long", id="too much in it"),
]


@pytest.mark.parametrize(("token", "reason"), REFUSED)
def test_it_is_not_believed(token: str, reason: str) -> None:
    assert reason == refusal(token).reason


@pytest.mark.parametrize(("token", "reason"), REFUSED)
def test_it_is_not_believed_the_second_time_either(token: str, reason: str) -> None:
    believer = tokens()
    refusal(token, believer)

    assert reason == refusal(token, believer).reason
    assert 0 == believer.remembered


def test_who_changes_a_claim_breaks_the_signature() -> None:
    header, _, signature = ISSUER.sign(role="author").split(".")

    assert "bad-signature" == refusal(f"{header}.{encoded(claims(role='operator'))}.{signature}").reason


def test_the_issuer_is_checked_where_one_is_set() -> None:
    believer = tokens(issuer="https://id.example")

    assert "author" == believer.bearer(ISSUER.sign(iss="https://id.example")).role
    assert "wrong-issuer" == refusal(ISSUER.sign(iss="https://evil.example"), believer).reason
    assert "no-iss" == refusal(ISSUER.sign(), believer).reason


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        pytest.param(
            ISSUER.sign(exp=1_000_000_000),
            "Expected a token that is still valid, found one that expired at 2001-09-09T01:46:40.000Z.",
            id="expired",
        ),
        pytest.param(
            ISSUER.sign(aud="others"),
            "Expected a token for the audience airdisplay, found one for 'others'.",
            id="another audience",
        ),
        pytest.param(
            ISSUER.sign(role="admin"),
            "Expected the role viewer, author or operator, found 'admin'.",
            id="unknown role",
        ),
    ],
)
def test_the_sentence_says_what_was_expected_and_what_was_found(token: str, sentence: str) -> None:
    assert sentence == str(refusal(token))


@given(st.text() | st.tuples(st.binary(), st.binary(), st.binary()).map(lambda each: by_hand(*each)))
def test_whatever_comes_is_refused_by_a_word(token: str) -> None:
    with contextlib.suppress(TokenRefused):
        tokens().bearer(token)
        pytest.fail("believed")


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.integers())))
def test_whatever_a_signed_token_says_is_a_bearer_or_a_refusal(said: dict[str, Any]) -> None:
    with contextlib.suppress(TokenRefused):
        tokens().bearer(ISSUER.sign(**{**said, "sub": said.get("sub", "ada")}))


# --- keys of every kind ---------------------------------------------------------------------------


def test_the_algorithm_is_that_of_the_key(tmp_path: Path) -> None:
    elliptic, large = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65_537, 2_048)
    path = put_keys(
        tmp_path / "keys.json",
        {**ECAlgorithm.to_jwk(elliptic.public_key(), as_dict=True), "kid": "ec"},
        {**RSAAlgorithm.to_jwk(large.public_key(), as_dict=True), "kid": "rsa"},
        {"kty": "oct", "k": encoded(SECRET), "kid": "oct"},
    )
    believer = tokens(path)

    good: dict[str, tuple[str, Any]] = {
        "ec": ("ES256", elliptic),
        "rsa": ("RS256", large),
        "oct": ("HS256", SECRET),
    }
    for key_id, (algorithm, key) in good.items():
        found = believer.bearer(jwt.encode(claims(), key, algorithm, {"kid": key_id}))
        assert user("", "ada") == found.by
    other_hash = jwt.encode(claims(), large, "RS512", {"kid": "rsa"})
    assert "wrong-algorithm" == refusal(other_hash, believer).reason


def test_the_only_key_needs_no_name(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    public = ISSUER.private.public_key()
    path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    unnamed = jwt.encode(claims(), ISSUER.private, "EdDSA")

    assert user("", "ada") == tokens(path).bearer(unnamed).by
    assert user("", "ada") == tokens(path).bearer(ISSUER.sign()).by
    assert user("", "ada") == tokens().bearer(unnamed).by


def test_among_several_keys_a_token_must_name_one(tmp_path: Path) -> None:
    path = put_keys(tmp_path / "keys.json", ISSUER.jwk, Issuer("two").jwk)

    unnamed = jwt.encode(claims(), ISSUER.private, "EdDSA")

    assert "unknown-key" == refusal(unnamed, tokens(path)).reason


# --- what is remembered ---------------------------------------------------------------------------


def test_a_token_that_was_believed_is_no_longer_once_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    believer, token = tokens(), ISSUER.sign()
    expires = believer.bearer(token).expires

    monkeypatch.setattr("services.gateway.tokens.clock.seconds", lambda: expires + LEEWAY_SECONDS)

    assert "expired" == refusal(token, believer).reason
    assert 0 == believer.remembered


def test_no_more_tokens_are_remembered_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.gateway.tokens.CACHED_AT_MOST", 3)
    believer = tokens()

    for number in range(5):
        believer.bearer(ISSUER.sign(f"sub-{number}"))

    assert 3 == believer.remembered


def test_a_believed_token_is_not_verified_again(monkeypatch: pytest.MonkeyPatch) -> None:
    believer, token = tokens(), ISSUER.sign()
    first = believer.bearer(token)

    monkeypatch.setattr("services.gateway.tokens.jwt.decode", None)

    assert first == believer.bearer(token)
