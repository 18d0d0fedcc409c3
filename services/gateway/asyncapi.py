"""The description of the live channel and of the mesh in AsyncAPI 3.0, made of the frames and of `channels`.

It is told from the side of AirDisplay: what it `receive`s somebody else sends. Schemas are of JSON Schema
draft 7, which that version of AsyncAPI asks for.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, get_args

import msgspec

from services.gateway.authors import COOKIE
from services.gateway.channels import CHANNELS, PARAMETERS, Channel, Part
from services.gateway.schemas import Schema, described, reference, renamed
from services.gateway.wire_examples import FRAMES, MESSAGES
from services.gateway.words import WORDS
from shared.contracts.live import FRAME_BYTES_AT_MOST, ClientFrame, CloseCode, ServerFrame
from shared.contracts.refusals import Refusal
from shared.mesh.services import CODE_HEADER, TEXT_HEADER, VERSION

LIVE: Final = "live"
INBOX: Final = "inbox"
CLOSE_CODES: Final = "x-close-codes"
STREAM: Final = "x-stream"
"""Which stream of JetStream keeps what is said in a channel."""
EMPTY: Final = "Empty"

_ABOUT: Final = """\
Planes tow electronic banners. A text shows on one of them for 60 s; **no message ever overwrites another**.

Two ways to hear of that as it happens: the *live channel*, a WebSocket for browsers and apps, and the *mesh*,
NATS, for hardware and services. What AirDisplay `receive`s, you send.
The calls over HTTP are described at `/docs`.
"""
_ABOUT_LIVE: Final = f"""\
JSON frames, in both directions, as text; one of a client has at most {FRAME_BYTES_AT_MOST // 1024} KiB.

1. The gateway says `hello`.
2. Say `watch`, and a `snapshot` comes: all that you watch, as it is.
3. Then `changes` come, as they happen. Revisions of a banner only rise; under load older states are left out,
   never the newest.
4. Answer every `ping` with `pong`.
5. After a lost line, `watch` with the last position as `since`: what you missed comes, or everything.

The channel ends with one of these codes, which say whether to come back:

{{codes}}
"""
_ABOUT_MESH: Final = """\
Plain NATS with JSON. Commands are requests; a refusal carries the headers `Nats-Service-Error-Code` and
`Nats-Service-Error`, and its `reason` in the body.
Who answers is found by the services protocol of NATS (`$SRV.PING`, ADR-32).
"""

_DISCRIMINATED: Final = "discriminator"
_REVISION_HEADERS: Final[Schema] = {
    "type": "object",
    "properties": {
        "Nats-Sequence": {
            "type": "string",
            "pattern": r"^\d+$",
            "description": "The revision of the record: newer ones have higher numbers.",
        }
    },
    "required": ["Nats-Sequence"],
}
_REFUSED_HEADERS: Final[Schema] = {
    "type": "object",
    "properties": {
        CODE_HEADER: {"type": "string", "pattern": r"^\d{3}$", "description": "As HTTP numbers it."},
        TEXT_HEADER: {"type": "string", "description": "The same sentence as `detail`."},
    },
    "required": [CODE_HEADER, TEXT_HEADER],
}
_SECURITY: Final[Schema] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token, as a header of the handshake; browsers send it in an `authorize` frame.",
    },
    "guest": {
        "type": "httpApiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Tells one browser from another; without it, guests are told apart by address.",
    },
}


@cache
def asyncapi() -> Schema:
    """The whole document."""
    schemas = _Schemas()
    channels = {LIVE: _live_channel(schemas)}
    operations = _live_operations()
    for each in CHANNELS:
        channels[each.name] = _channel(each, schemas)
        operations[each.name] = _operation(each)
    channels[INBOX] = _inbox(schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "AirDisplay: live channel and mesh",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [
                {"name": LIVE, "description": "The live channel."},
                *({"name": each.value, "description": each.words} for each in Part),
            ],
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "messages": dict(sorted(schemas.messages.items())),
            "securitySchemes": _SECURITY,
        },
        CLOSE_CODES: [
            {
                "code": int(code),
                "name": code.name,
                "retry": code.retry.name,
                "when": code.retry.value,
                "meaning": code.meaning,
            }
            for code in CloseCode
        ],
    }


class _Schemas:
    """The messages and schemas that are needed, each once, under the name that others refer to."""

    def __init__(self) -> None:
        told = [each for channel in CHANNELS for each in (channel.said, channel.answer) if each is not None]
        frames = [*get_args(ClientFrame), *get_args(ServerFrame)]
        types = list(dict.fromkeys([*frames, *told]))
        schemas, said = described(types)
        plain = {
            of.__name__: {**schema, "description": WORDS[of.__name__]}
            for of, schema in zip(types, schemas, strict=True)
            if "$ref" not in schema
        }
        _, refused = described(list(dict.fromkeys(_refusals_of(CHANNELS))))
        for component in refused.values():
            _as_sent_by_services(component)
        self.components: dict[str, Schema] = {
            **_for_draft_7(renamed(said, {name: _short(name) for name in said})),
            **plain,
            **_for_draft_7(renamed(refused, {name: f"{name}Refusal" for name in refused})),
            "ClientFrame": _any_of(each.__name__ for each in get_args(ClientFrame)),
            "ServerFrame": _any_of(each.__name__ for each in get_args(ServerFrame)),
        }
        self.messages: dict[str, Schema] = {}

    def message(self, of: Any, *, with_revision: bool = False) -> str:
        """The name of the message that carries this type."""
        name = _message_name(of, with_revision=with_revision)
        if name not in self.messages:
            self.messages[name] = (
                _EMPTY_MESSAGE if of is None else self._message(of, with_revision=with_revision)
            )
        return name

    def refusal(self, channel: Channel) -> str:
        """The name of the message by which a service refuses."""
        name = _refusal_message(channel)
        if name not in self.messages:
            names = [f"{each.__name__}Refusal" for each in get_args(channel.refusals)]
            self.components[name] = _any_of(names)
            self.messages[name] = {
                "title": name,
                "summary": f"The {channel.service} service said no.",
                "headers": _REFUSED_HEADERS,
                "payload": reference(name),
            }
        return name

    def _message(self, of: Any, *, with_revision: bool) -> Schema:
        examples = FRAMES.get(of) or MESSAGES[of]
        headers = {"headers": _REVISION_HEADERS} if with_revision else {}
        return {
            "title": _message_name(of, with_revision=with_revision),
            "summary": self.components[of.__name__]["description"].partition("\n")[0],
            **headers,
            "payload": reference(of.__name__),
            "examples": [
                {
                    "name": name,
                    "payload": msgspec.json.decode(msgspec.json.encode(example)),
                    **({"headers": {"Nats-Sequence": "57"}} if with_revision else {}),
                }
                for name, example in examples.items()
            ],
        }


_EMPTY_MESSAGE: Final[Schema] = {
    "title": EMPTY,
    "summary": "Nothing; whatever it carries is not looked at.",
}


# --- the live channel -----------------------------------------------------------------------------


def _live_channel(schemas: _Schemas) -> Schema:
    rows = [f"| {int(code)} | {code.name} | {code.meaning} | {code.retry.value} |" for code in CloseCode]
    codes = "\n".join(["| code | name | meaning | come back |", "|---|---|---|---|", *rows])
    frames = [*get_args(ClientFrame), *get_args(ServerFrame)]
    return {
        "address": "/v1/live",
        "title": "Live channel",
        "description": _ABOUT_LIVE.format(codes=codes),
        "servers": [{"$ref": "#/servers/gateway"}],
        "messages": _message_references(schemas.message(each) for each in frames),
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
    }


def _live_operations() -> dict[str, Schema]:
    return {
        "live.ask": {
            "action": "receive",
            "summary": "What clients say.",
            **_live_operation(get_args(ClientFrame)),
        },
        "live.tell": {
            "action": "send",
            "summary": "What the gateway says.",
            **_live_operation(get_args(ServerFrame)),
        },
    }


def _live_operation(frames: tuple[type, ...]) -> Schema:
    return {
        "channel": {"$ref": f"#/channels/{LIVE}"},
        "messages": _in_channel(LIVE, *(each.__name__ for each in frames)),
        "tags": [{"name": LIVE}],
    }


# --- the mesh -------------------------------------------------------------------------------------


def _channel(channel: Channel, schemas: _Schemas) -> Schema:
    message = schemas.message(channel.said, with_revision=channel.with_revision)
    names = [each for each in PARAMETERS if f"{{{each}}}" in channel.subject]
    parameters = {
        name: {"description": words, "examples": [example]}
        for name, (words, example) in PARAMETERS.items()
        if name in names
    }
    return {
        "address": channel.subject,
        "description": channel.words,
        "servers": [{"$ref": "#/servers/mesh"}],
        **({"parameters": parameters} if parameters else {}),
        "messages": _message_references([message]),
        "tags": [{"name": channel.part.value}],
        **({STREAM: channel.stream} if channel.stream else {}),
    }


def _operation(channel: Channel) -> Schema:
    said = _message_name(channel.said, with_revision=channel.with_revision)
    operation: Schema = {
        "action": "send" if channel.ours else "receive",
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "summary": channel.words,
        "messages": _in_channel(channel.name, said),
        "tags": [{"name": channel.part.value}],
    }
    if channel.service:
        operation["bindings"] = {"nats": {"queue": channel.service, "bindingVersion": "0.1.0"}}
    if channel.answer is not None:
        answers = _in_channel(INBOX, channel.answer.__name__, _refusal_message(channel))
        operation["reply"] = {"channel": {"$ref": f"#/channels/{INBOX}"}, "messages": answers}
    return operation


def _inbox(schemas: _Schemas) -> Schema:
    answered = [each for each in CHANNELS if each.answer is not None]
    answers = [*(schemas.message(each.answer) for each in answered), *map(schemas.refusal, answered)]
    return {
        "address": None,
        "description": "The subject that a request names for its answer; clients of NATS do that themselves.",
        "servers": [{"$ref": "#/servers/mesh"}],
        "messages": _message_references(dict.fromkeys(answers)),
    }


def _servers() -> Schema:
    return {
        "gateway": {
            "host": "{host}",
            "protocol": "ws",
            "description": "Any gateway. `wss` where it stands behind TLS.",
            "variables": {"host": {"default": "127.0.0.1:8000"}},
            "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _SECURITY],
        },
        "mesh": {
            "host": "{host}",
            "protocol": "nats",
            "description": _ABOUT_MESH,
            "variables": {"host": {"default": "127.0.0.1:4222"}},
        },
    }


def _message_name(of: Any, *, with_revision: bool = False) -> str:
    if of is None:
        return EMPTY
    return f"Republished{of.__name__}" if with_revision else str(of.__name__)


def _refusal_message(channel: Channel) -> str:
    return f"{channel.name.partition('.')[0].capitalize()}Refusal"


def _message_references(names: Iterable[str]) -> Schema:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _in_channel(channel: str, *names: str) -> list[Schema]:
    return [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names]


# --- schemas --------------------------------------------------------------------------------------


def _refusals_of(channels: Iterable[Channel]) -> list[type[Refusal]]:
    return [each for channel in channels for each in get_args(channel.refusals)]


def _as_sent_by_services(component: Schema) -> None:
    """A refusal is sent with its sentence."""
    component["properties"]["detail"] = {"type": "string", "description": "One sentence for people."}
    component["required"] = list(component["properties"])


def _any_of(names: Iterable[str]) -> Schema:
    return {"anyOf": [reference(name) for name in names]}


def _short(name: str) -> str:
    """Where two modules call something the same, each calls it after itself as well: `LobbyLeft`."""
    module, _, own = name.rpartition(".")
    return module.rpartition(".")[2].capitalize() + own.replace("_", "")


def _for_draft_7(part: Any) -> Any:
    """What msgspec writes for later drafts, in the words of this one; tags tell structs apart as it is."""
    if isinstance(part, Mapping):
        named = {"items" if name == "prefixItems" else name: each for name, each in part.items()}
        return {name: _for_draft_7(each) for name, each in named.items() if name != _DISCRIMINATED}
    return [_for_draft_7(each) for each in part] if isinstance(part, list | tuple) else part
