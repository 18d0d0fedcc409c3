"""Judges what goes over the live channel and over NATS by the gateway's AsyncAPI document."""

import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple

import msgspec
from jsonschema import Draft7Validator

from services.gateway.asyncapi import CLOSE_CODES, asyncapi


class Heard(NamedTuple):
    """A message that really went over NATS."""

    subject: str
    data: bytes
    headers: Mapping[str, str]
    reply: str = ""


class Described:
    """The document, and what it says of a message."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        # As others read it: JSON knows no tuples.
        self.document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
        self.channels: dict[str, Any] = self.document["channels"]
        self.operations: dict[str, Any] = self.document["operations"]
        self._patterns: dict[re.Pattern[str], str] = {
            re.compile(_pattern(channel["address"])): name
            for name, channel in self.channels.items()
            if channel["address"] is not None
        }

    @cached_property
    def close_codes(self) -> dict[int, dict[str, Any]]:
        """The reasons for which a channel ends, by code."""
        return {each["code"]: each for each in self.document[CLOSE_CODES]}

    def channel_of(self, subject: str) -> str:
        """The name of the one channel that a subject belongs to."""
        found = [name for pattern, name in self._patterns.items() if pattern.fullmatch(subject)]
        open_parts = {name: self.channels[name]["address"].count("{") for name in found}
        # What is spelt out, as some kinds of telemetry are, is not among those that are open.
        found = [name for name in found if open_parts[name] == min(open_parts.values())]
        assert 1 == len(found), f"{subject} is described {len(found)} times: {found}"
        return found[0]

    def check_frame(self, operation: str, frame: str | bytes) -> None:
        """Fail where somebody says over the live channel what is not described."""
        names = _names(self.operations[operation]["messages"])
        said = msgspec.json.decode(frame)
        schemas = self.document["components"]["schemas"]
        named = [each for each in names if said["op"] in schemas[each]["properties"]["op"]["enum"]]
        assert 1 == len(named), f"{operation}: {said['op']!r} is described as {named}"
        errors = self._errors(named[0], frame)
        assert not errors, f"{operation}: {frame!r}: {errors}"

    def check_message(self, heard: Heard) -> str:
        """Fail where somebody says over NATS what is not described; the name of the channel."""
        name = self.channel_of(heard.subject)
        (message,) = self.channels[name]["messages"]
        self._check(heard, message)
        return name

    def check_answer(self, channel: str, heard: Heard) -> str:
        """Fail where a request on this channel is answered as is not described; the name of the message."""
        described = _names(self.operations[channel]["reply"]["messages"])
        refused = "Nats-Service-Error-Code" in heard.headers
        (message,) = (each for each in described if each.endswith("Refusal") == refused)
        self._check(heard, message)
        return message

    def errors_in(self, message: str, payload: Any) -> list[str]:
        """What is wrong with a message."""
        return self._errors(message, msgspec.json.encode(payload))

    def _check(self, heard: Heard, message: str) -> None:
        described = self.document["components"]["messages"][message]
        required = described.get("headers", {}).get("required", ())
        assert set(required) <= heard.headers.keys(), f"{heard} without its headers"
        if "payload" in described:
            errors = self._errors(message, heard.data)
            assert not errors, f"{heard.subject}: {heard.data!r}: {errors}"

    def _errors(self, message: str, data: str | bytes) -> list[str]:
        validator = self._validators(message)
        return [error.message for error in validator.iter_errors(msgspec.json.decode(data))]

    @cache  # noqa: B019 (there is one)
    def _validators(self, message: str) -> Draft7Validator:
        described = self.document["components"]["messages"][message]
        return Draft7Validator({**described["payload"], "components": self.document["components"]})


@cache
def described() -> Described:
    """What is described, as this version of the gateway serves it."""
    return Described(asyncapi())


def _pattern(address: str) -> str:
    return re.sub(r"\\{\w+\\}", "[^.]+", re.escape(address))


def _names(references: list[dict[str, str]]) -> list[str]:
    return [each["$ref"].rpartition("/")[2] for each in references]
