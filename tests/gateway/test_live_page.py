"""The page for people: it says everything that machines are told, and every link in it leads somewhere."""

import re

import httpx
import pytest
from httpx import codes

from services.gateway.asyncapi import asyncapi
from services.gateway.channels import CHANNELS
from services.gateway.live_document import live_document
from shared.contracts.live import CloseCode
from tests.support.described import described


@pytest.fixture(scope="module")
def drawn() -> str:
    """The page."""
    return live_document(asyncapi()).decode()


async def test_it_is_served(ada: httpx.AsyncClient, drawn: str) -> None:
    response = await ada.get("/docs/live")

    assert (codes.OK, "text/html; charset=utf-8") == (response.status_code, response.headers["content-type"])
    assert drawn == response.text


def test_every_subject_stands_there(drawn: str) -> None:
    for channel in CHANNELS:
        assert f"<code>{channel.subject}</code></h4>" in drawn


def test_every_schema_stands_there_once(drawn: str) -> None:
    for name in described().document["components"]["schemas"]:
        if not name.endswith("Refusal") and name not in {"ClientFrame", "ServerFrame"}:
            assert 1 == drawn.count(f'id="schema-{name}"'), name


def test_every_close_code_stands_there_with_whether_to_come_back(drawn: str) -> None:
    for code in CloseCode:
        assert f"<td><code>{int(code)}</code></td>" in drawn
        assert code.retry.value[1:] in drawn


def test_every_link_leads_somewhere(drawn: str) -> None:
    for place in re.findall(r'href="#([^"]+)"', drawn):
        assert f'id="{place}"' in drawn, place


def test_every_refusal_stands_there(drawn: str) -> None:
    for name, schema in described().document["components"]["schemas"].items():
        if name.endswith("Refusal") and "properties" in schema:
            (reason,) = schema["properties"]["reason"]["enum"]
            assert f"<td><code>{reason}</code></td>" in drawn


@pytest.mark.parametrize("path", ["/docs", "/docs/live", "/problems"])
async def test_the_documents_lead_to_one_another(ada: httpx.AsyncClient, path: str) -> None:
    page = (await ada.get(path, headers={"Accept": "text/html"})).text

    for other in ("/docs", "/docs/live", "/problems", "/docs/openapi.json", "/docs/asyncapi.json"):
        assert f'href="{other}"' in page
