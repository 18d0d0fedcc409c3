"""The app and the documents: nothing from another host, and what must not be framed, sniffed or injected."""

import re
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from httpx import codes
from jsonschema import Draft202012Validator

from services.gateway.pages import SECURITY_HEADERS, WEB

ASKED_FOR = re.compile(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)["']""")


@pytest.fixture(scope="module")
async def document(ada: httpx.AsyncClient) -> dict[str, Any]:
    """The description of the HTTP side."""
    document: dict[str, Any] = (await ada.get("/docs/openapi.json")).json()
    return document


def operations_of(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Every operation by method and path."""
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def references_in(part: Any) -> set[str]:
    """Everything that a part of the document refers to."""
    if isinstance(part, dict):
        own = {part["$ref"]} if "$ref" in part else set[str]()
        return own.union(*map(references_in, part.values()))
    return set[str]().union(*map(references_in, part)) if isinstance(part, list) else set()


def resolved(document: dict[str, Any], reference: str) -> Any:
    """What a reference within the document refers to."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


# --- the app --------------------------------------------------------------------------------------


async def test_the_app_is_a_page(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/")

    assert codes.OK == response.status_code
    assert "text/html; charset=utf-8" == response.headers["content-type"]
    assert (WEB / "index.html").read_bytes() == response.content


@pytest.mark.parametrize("path", ["/", "/app/index.html"])
@pytest.mark.parametrize("header", SECURITY_HEADERS)
async def test_the_app_tells_browsers_what_not_to_do(ada: httpx.AsyncClient, path: str, header: str) -> None:
    assert SECURITY_HEADERS[header] == (await ada.get(path)).headers[header]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("default-src 'none'", id="load nothing but what is allowed"),
        pytest.param("script-src 'self'", id="run no script of others"),
        pytest.param("frame-ancestors 'none'", id="be in no frame"),
        pytest.param("base-uri 'none'", id="take no other base"),
        pytest.param("form-action 'none'", id="send no forms"),
    ],
)
async def test_the_policy_of_the_app_is_to(ada: httpx.AsyncClient, rule: str) -> None:
    policy = (await ada.get("/")).headers["content-security-policy"]

    assert rule in {each.strip() for each in policy.split(";")}
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/", "/app/index.html"])
async def test_a_new_version_of_the_app_is_seen_at_once(ada: httpx.AsyncClient, path: str) -> None:
    assert "no-cache" == (await ada.get(path)).headers["cache-control"]


@pytest.mark.parametrize("path", ["/", "/app/live.js", "/app/app.css"])
async def test_who_has_the_newest_file_is_told_so_without_a_body(ada: httpx.AsyncClient, path: str) -> None:
    first = await ada.get(path)

    same = await ada.get(path, headers={"If-None-Match": first.headers["etag"]})
    other = await ada.get(path, headers={"If-None-Match": '"another"'})

    assert (codes.NOT_MODIFIED, b"") == (same.status_code, same.content)
    assert first.headers["etag"] == same.headers["etag"]
    assert (codes.OK, first.content) == (other.status_code, other.content)


async def test_the_head_of_a_file_can_be_had(ada: httpx.AsyncClient) -> None:
    response = await ada.head("/app/live.js")

    assert (codes.OK, b"") == (response.status_code, response.content)
    assert response.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path", ["/app/nothing.js", "/app/..%2fpyproject.toml", "/app/%2e%2e/README.md", "/app/"]
)
async def test_nothing_else_is_served_as_a_file_of_the_app(ada: httpx.AsyncClient, path: str) -> None:
    assert codes.NOT_FOUND == (await ada.get(path)).status_code


async def test_all_that_the_app_asks_for_is_there(ada: httpx.AsyncClient) -> None:
    wanted = [urljoin("/", each) for each in ASKED_FOR.findall((await ada.get("/")).text)]

    assert wanted
    for path in wanted:
        assert path.startswith("/app/") or path == "/docs"
        assert codes.OK == (await ada.get(path)).status_code, path


# --- the documents --------------------------------------------------------------------------------


async def test_the_documents_ask_no_other_host(ada: httpx.AsyncClient) -> None:
    response = await ada.get("/docs")

    assert codes.OK == response.status_code
    assert response.headers["content-type"].startswith("text/html")
    loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"']([^\"']+)", response.text)
    assert loaded
    for address in loaded:
        assert not re.match(r"(?:[a-z]+:)?//", address), address
        assert codes.OK == (await ada.get(address)).status_code, address


async def test_the_description_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= document["info"].keys()
    assert document["paths"]


async def test_everything_that_the_description_refers_to_is_in_it(document: dict[str, Any]) -> None:
    references = references_in(document)

    assert references
    for reference in references:
        assert reference.startswith("#/")
        assert resolved(document, reference)


async def test_every_schema_of_the_description_is_one(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert {"BannerPage", "BannerView", "RegisterBody", "ShowBody"} <= schemas.keys()
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


async def test_every_operation_is_told_apart_explained_and_answered(document: dict[str, Any]) -> None:
    operations = operations_of(document)

    names = [operation["operationId"] for operation in operations.values()]
    assert len(set(names)) == len(names)
    for where, operation in operations.items():
        assert operation["summary"], where
        assert operation["responses"], where
        assert all(re.fullmatch(r"[1-5]\d\d|default", status) for status in operation["responses"]), where


async def test_every_parameter_in_a_path_is_described(document: dict[str, Any]) -> None:
    for (_, path), operation in operations_of(document).items():
        described = {
            parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"
        }

        assert set(re.findall(r"\{(\w+)\}", path)) == described, path


async def test_every_call_is_described(document: dict[str, Any]) -> None:
    assert {
        ("POST", "/v1/banners"),
        ("GET", "/v1/banners"),
        ("GET", "/v1/banners/{banner}"),
        ("POST", "/v1/banners/{banner}/display"),
        ("DELETE", "/v1/banners/{banner}/display"),
        ("GET", "/v1/banners/{banner}/live"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
    } <= operations_of(document).keys()


@pytest.mark.parametrize(
    ("call", "header"),
    [
        pytest.param(("POST", "/v1/banners"), "Idempotency-Key", id="register"),
        pytest.param(("POST", "/v1/banners/{banner}/display"), "Idempotency-Key", id="show"),
        pytest.param(("DELETE", "/v1/banners/{banner}/display"), "If-Match", id="clear"),
        pytest.param(("GET", "/v1/banners/{banner}"), "If-None-Match", id="get"),
        pytest.param(("GET", "/v1/banners/{banner}/live"), "Last-Event-ID", id="follow"),
    ],
)
async def test_the_headers_that_a_call_honours_are_described(
    document: dict[str, Any], call: tuple[str, str], header: str
) -> None:
    parameters = operations_of(document)[call]["parameters"]

    assert header in {parameter["name"] for parameter in parameters if parameter["in"] == "header"}
