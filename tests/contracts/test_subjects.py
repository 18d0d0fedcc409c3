"""The subject grammar: what is built is parsed back, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import subjects
from shared.contracts.errors import Malformed
from shared.contracts.identity import ID_FORM, BannerId
from shared.contracts.subjects import Address

IDS = st.from_regex(ID_FORM, fullmatch=True)
KINDS = ["register", "show", "clear", "expire", "get", "hello", "state", "reported", "presence"]


@given(IDS, st.sampled_from(KINDS))
def test_what_is_built_for_a_banner_is_parsed_back(banner: str, kind: str) -> None:
    assert Address(BannerId(banner), kind) == subjects.parse_banner(subjects.banner(banner, kind))


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        pytest.param("airdisplay.banner.b1.show", subjects.banner("b1", "show"), id="a verb"),
        pytest.param("airdisplay.banner.*.show", subjects.every_banner("show"), id="a verb for all"),
        pytest.param("airdisplay.banners.expire", subjects.expire_many(), id="many expiries"),
        pytest.param("airdisplay.lobby.all.enter", subjects.entity("lobby", "all", "enter"), id="a lobby"),
        pytest.param("airdisplay.lobby.*.get", subjects.entity("lobby", "*", "get"), id="all lobbies"),
        pytest.param("airdisplay.history.banner.b1", subjects.history("banner", "b1"), id="a history"),
        pytest.param("airdisplay.history.banner.*", subjects.history("banner", "*"), id="all histories"),
        pytest.param(
            "airdisplay.banner.b1.telemetry.power", subjects.telemetry("b1", "power"), id="telemetry"
        ),
        pytest.param("airdisplay.banner.*.telemetry.*", subjects.telemetry("*", "*"), id="all telemetry"),
        pytest.param("$KV.banners.b1", subjects.record("banners", "b1"), id="a record"),
        pytest.param("$KV.banners.*", subjects.record("banners", "*"), id="all records"),
        pytest.param(
            "airdisplay.banner.{{wildcard(1)}}.state", subjects.republished("banner"), id="the copies"
        ),
        pytest.param(
            "airdisplay.lobby.{{wildcard(1)}}.state", subjects.republished("lobby"), id="copies of lobbies"
        ),
        pytest.param(
            "airdisplay.history.banner.{{wildcard(1)}}", subjects.mirrored("banner"), id="the mirror"
        ),
    ],
)
def test_subjects_are_spelled_as_agreed(expected: str, actual: str) -> None:
    assert expected == actual


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("", id="nothing"),
        pytest.param("airdisplay.banner.b1", id="no kind"),
        pytest.param("airdisplay.banner.b1.telemetry.power", id="five tokens"),
        pytest.param("airdisplay.banners.b1.show", id="another word for banner"),
        pytest.param("elsewhere.banner.b1.show", id="another root"),
        pytest.param("airdisplay.banner..show", id="no id"),
        pytest.param("airdisplay.banner.*.show", id="a star for an id"),
        pytest.param("airdisplay.banner.UP.show", id="an id in upper case"),
        pytest.param(f"airdisplay.banner.{'x' * 64}.show", id="an id too long"),
        pytest.param("airdisplay.banner.b1\n.show", id="an id with a line break"),
    ],
)
def test_any_other_subject_is_malformed(subject: str) -> None:
    with pytest.raises(Malformed):
        subjects.parse_banner(subject)
    with pytest.raises(Malformed):
        subjects.parse("banner", subject)


@given(IDS, IDS)
def test_what_is_built_for_telemetry_is_parsed_back(banner: str, kind: str) -> None:
    assert Address(BannerId(banner), kind) == subjects.parse_telemetry(subjects.telemetry(banner, kind))


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("airdisplay.banner.b1.telemetry", id="no kind"),
        pytest.param("airdisplay.banner.b1.telemetry.", id="an empty kind"),
        pytest.param("airdisplay.banner.b1.telemetry.power.watts", id="six tokens"),
        pytest.param("airdisplay.banner.b1.state.power", id="another word for telemetry"),
        pytest.param("airdisplay.lobby.b1.telemetry.power", id="of a lobby"),
        pytest.param("elsewhere.banner.b1.telemetry.power", id="another root"),
        pytest.param("airdisplay.banner.b1.telemetry.*", id="a star for a kind"),
        pytest.param("airdisplay.banner.UP.telemetry.power", id="an id in upper case"),
        pytest.param(f"airdisplay.banner.b1.telemetry.{'x' * 64}", id="a kind too long"),
    ],
)
def test_any_other_subject_is_no_telemetry(subject: str) -> None:
    with pytest.raises(Malformed):
        subjects.parse_telemetry(subject)


@given(IDS)
def test_the_key_is_found_in_the_bucket_and_in_the_history(key: str) -> None:
    assert key == subjects.key_of(subjects.record("banners", key))
    assert key == subjects.key_of(subjects.history("banner", key))


@given(IDS, IDS, st.sampled_from(KINDS))
def test_what_is_built_for_an_entity_is_parsed_back_for_it_alone(name: str, key: str, kind: str) -> None:
    subject = subjects.entity(name, key, kind)

    assert (key, kind) == subjects.parse(name, subject)
    with pytest.raises(Malformed, match=f"a subject airdisplay.{name}-other.<id>.<kind>"):
        subjects.parse(f"{name}-other", subject)


@given(IDS)
def test_a_history_is_nothing_that_a_service_listens_to(key: str) -> None:
    """Four tokens, like a command: its second one is no kind of entity."""
    with pytest.raises(Malformed):
        subjects.parse("banner", subjects.history("banner", key))
