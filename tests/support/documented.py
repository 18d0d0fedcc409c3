"""Judges answers of a gateway by its own OpenAPI document: nothing may be answered that stands not there."""

import re
from collections.abc import Mapping
from typing import Any, Final

import httpx
from httpx import codes
from jsonschema import Draft202012Validator

_UNDESCRIBED: Final = {"HEAD", "OPTIONS"}
_STREAM: Final = "text/event-stream"


class Documented:
    """The document, and what it says of a response."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._paths = {re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): path for path in document["paths"]}

    def check(self, response: httpx.Response) -> None:
        """Fail where a described call is answered in a way that is not described.

        What is no described call is left alone; the body has to be read already.
        """
        path = self._template(response.request.url.raw_path.decode().partition("?")[0])
        method = response.request.method
        if path is None or method in _UNDESCRIBED:
            return
        where = f"{method} {path} was answered {response.status_code}"
        operation = self.document["paths"][path].get(method.lower())
        if operation is None:
            assert codes.METHOD_NOT_ALLOWED == response.status_code, where
            return
        described = operation["responses"].get(str(response.status_code))
        assert described is not None, f"{where}, which is not described: {response.text[:300]}"
        self._check_headers(where, described, response)
        self._check_body(where, described, response)

    def _template(self, path: str) -> str | None:
        return next((self._paths[each] for each in self._paths if each.fullmatch(path)), None)

    def _check_headers(self, where: str, described: Mapping[str, Any], response: httpx.Response) -> None:
        problem = "application/problem+json" in described.get("content", {})
        for name in described.get("headers", {}):
            # One problem of a status may have a header that another has not.
            assert problem or name in response.headers or name == "ETag", f"{where} without {name}"

    def _check_body(self, where: str, described: Mapping[str, Any], response: httpx.Response) -> None:
        content = described.get("content")
        if content is None:
            assert not response.content, f"{where} with a body"
            return
        kind = response.headers["content-type"].partition(";")[0]
        if kind == "text/html":  # for people; the same in words
            return
        assert kind in content, f"{where} as {kind}"
        if kind.endswith("json"):
            schema = {**content[kind]["schema"], "components": self.document["components"]}
            errors = [error.message for error in Draft202012Validator(schema).iter_errors(response.json())]
            assert not errors, f"{where} with {response.text[:300]}: {errors}"


_known: list[Documented] = []


async def judge(response: httpx.Response) -> None:
    """For the event hooks of a client: fail where an answer is not described."""
    if not _known:
        async with httpx.AsyncClient() as client:
            document = await client.get(response.request.url.join("/docs/openapi.json"))
        _known.append(Documented(document.json()))
    if not response.headers.get("content-type", "").startswith(_STREAM):
        await response.aread()
    _known[0].check(response)
