"""The roles, and the page that tells of them; tests/system/test_rights.py shows that servers keep them."""

from pathlib import Path

import pytest

from airdisplay.authority.authority import Authority
from airdisplay.authority.roles import ROLES, SYSTEM, Role
from shared.contracts.errors import NotFit
from tests.support import roles_page


def test_the_page_says_what_each_role_may() -> None:
    assert roles_page.table() == roles_page.written(), "python -m tests.support.roles_page writes it anew"


def test_the_page_has_a_sentence_for_each_role() -> None:
    sentences = roles_page.PAGE.read_text().partition("## In full")[0]

    assert [] == [role.name for role in (*ROLES, SYSTEM) if f"`{role.name}`" not in sentences]


@pytest.mark.parametrize("role", [*ROLES, SYSTEM], ids=lambda role: role.name)
def test_no_role_may_everything(role: Role) -> None:
    subjects = {*role.publish, *role.subscribe}

    assert subjects.isdisjoint({">", "*", "*.>", "$JS.>", "$JS.API.>", "$KV.>", "$SYS.>"})


@pytest.mark.parametrize(
    "role", [role for role in (*ROLES, SYSTEM) if role.name != "operator"], ids=lambda role: role.name
)
def test_a_last_star_is_nowhere_where_more_words_would_be_somebody_elses(role: Role) -> None:
    """As nats-server reads it, who may subscribe to `a.*` may subscribe to `a.>`."""
    starred = [each for each in role.subscribe if each.endswith(".*")]

    assert [] == [each for each in starred if not each.startswith("$SRV.") or each.count(".") != 3]


def test_credentials_for_a_service_of_ones_own_are_made_once(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    made = authority.service("counter")

    assert tmp_path / "creds" / "counter.creds" == made
    before = made.read_bytes()
    assert before == authority.service("counter").read_bytes()


@pytest.mark.parametrize("name", ["*", ">", "a.b", "", "Counter", "banner", "banners", "history", "system"])
def test_a_service_of_ones_own_has_a_name_that_is_none_of_the_mesh(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFit):
        Authority(tmp_path).service(name)
