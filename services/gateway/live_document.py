"""The page at `/docs/live`: the live channel and the mesh for people, drawn from what machines read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.gateway.asyncapi import CLOSE_CODES, EMPTY, LIVE, STREAM
from services.gateway.html import (
    Html,
    code,
    details,
    heading,
    link,
    numbered,
    page,
    paragraph,
    section,
    table,
    words,
)
from services.gateway.schemas import Schema

_STEP: Final = re.compile(r"^\d+\. ", re.MULTILINE)
_EMPHASIS: Final = re.compile(r"\*+")
_LIMITS: Final = {
    "minLength": "at least {} long",
    "maxLength": "at most {} long",
    "minimum": "from {}",
    "maximum": "to {}",
}


def live_document(document: Mapping[str, Any]) -> bytes:
    """The page of a document."""
    drawer = _Drawer(document)
    parts = [tag for tag in document["info"]["tags"] if tag["name"] != LIVE]
    body = [
        *_prose(document["info"]["description"]),
        _contents(parts),
        *drawer.live_channel(),
        heading(2, "NATS", "nats"),
        *_prose(document["servers"]["mesh"]["description"]),
        *(each for part in parts for each in drawer.part(part)),
        heading(2, "Refusals", "refusals"),
        paragraph("Why a service said no. Not every command meets every one of these."),
        drawer.refusals(),
        heading(2, "What is in them", "schemas"),
        paragraph("Everything that the messages above refer to."),
        *drawer.rest(),
    ]
    return page("Live channel and NATS", body, here="/docs/live")


class _Drawer:
    """Draws the parts of one document; whatever is drawn where it is said is not drawn at the end again."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._schemas: Mapping[str, Schema] = document["components"]["schemas"]
        self._messages: Mapping[str, Schema] = document["components"]["messages"]
        self._drawn: set[str] = set()

    # --- the live channel -------------------------------------------------------------------------

    def live_channel(self) -> Iterator[Html]:
        """How it goes, every frame, and how it ends."""
        about = self._document["channels"][LIVE]["description"]
        steps = _STEP.split(about.partition("\n\nThe channel ends")[0])
        operations = self._document["operations"]
        yield heading(2, "The live channel", "live")
        yield paragraph(f"A WebSocket at `/v1/live`. {steps[0].strip()}")
        yield numbered(words(" ".join(step.split())) for step in steps[1:])
        yield heading(3, "You say")
        yield from self._frames(operations["live.ask"])
        yield heading(3, "The gateway says")
        yield from self._frames(operations["live.tell"])
        yield heading(3, "It ends", "close-codes")
        yield paragraph("With one of these close codes:")
        rows = [
            (
                words(f"`{each['code']}`"),
                words(_word(each["name"])),
                words(each["meaning"]),
                words(f"{each['when'][0].upper()}{each['when'][1:]}."),
            )
            for each in self._document[CLOSE_CODES]
        ]
        yield table(("Code", "Name", "Meaning", "Come back?"), rows)

    def _frames(self, operation: Schema) -> Iterator[Html]:
        for name in _names(operation["messages"]):
            yield section(self._message(name, self._op(name)), css="said")

    def _op(self, name: str) -> str:
        (op,) = self._schemas[name]["properties"]["op"]["enum"]
        return str(op)

    def _message(self, name: str, title: str) -> Iterator[Html]:
        schema = self._schemas[name]
        self._drawn.add(name)
        yield heading(4, f"`{title}`", f"schema-{name}")
        yield from _prose(schema["description"])
        members = self._members(name, leave_out=("op",))
        if members:
            yield members
        yield from self._frame_examples(name)

    # --- the mesh ---------------------------------------------------------------------------------

    def part(self, tag: Schema) -> Iterator[Html]:
        """All subjects that are there for one thing."""
        yield heading(3, tag["name"], _anchor(tag["name"]))
        yield paragraph(tag["description"])
        for name, operation in self._document["operations"].items():
            if {"name": tag["name"]} in operation["tags"]:
                channel = self._document["channels"][name]
                yield section(self._subject(channel, operation), css="said")

    def _subject(self, channel: Schema, operation: Schema) -> Iterator[Html]:
        (said,) = _names(operation["messages"])
        yield heading(4, f"`{channel['address']}`", _anchor(channel["address"]))
        yield paragraph(channel["description"])
        yield _facts(self._facts(channel, operation, said))
        yield from self._examples(said)
        for answer in self._answers(operation):
            yield from self._examples(answer, "An answer")

    def _facts(self, channel: Schema, operation: Schema, said: str) -> Iterator[tuple[str, Html]]:
        what = words("nothing") if said == EMPTY else self._named(self._schema_of(said))
        yield ("You say" if operation["action"] == "receive" else "AirDisplay says"), what
        if "reply" in operation:
            answers = (self._named(name) for name in _names(operation["reply"]["messages"]))
            yield "Answer", _joined(answers, " or ")
            yield "Who answers", words(f"the {operation['bindings']['nats']['queue']} service")
        if "headers" in self._messages[said]:
            yield (
                "Headers",
                words(", ".join(f"`{each}`" for each in self._messages[said]["headers"]["required"])),
            )
        if STREAM in channel:
            yield "Kept in", words(f"`{channel[STREAM]}`")

    def _schema_of(self, message: str) -> str:
        return _last(self._messages[message]["payload"]["$ref"])

    def _answers(self, operation: Schema) -> list[str]:
        return _names(operation["reply"]["messages"])[:1] if "reply" in operation else []

    def _frame_examples(self, name: str) -> Iterator[Html]:
        """The first one is there to be seen, the others for those who want more."""
        first, *others = self._messages[name]["examples"]
        yield code(first["payload"])
        for example in others:
            yield details(f"Another example: {example['name']}", [code(example["payload"])])

    def _examples(self, name: str, what: str = "An example") -> Iterator[Html]:
        for example in self._messages[name].get("examples", ()):
            yield details(f"{what}: {example['name']}", [code(example["payload"])])

    # --- schemas ----------------------------------------------------------------------------------

    def refusals(self) -> Html:
        """Each with its facts."""
        rows = []
        for name in sorted(each for each in self._schemas if each.endswith("Refusal")):
            schema = self._schemas[name]
            self._drawn.add(name)
            if "properties" in schema:
                own = [each for each in schema["properties"] if each not in {"reason", "detail"}]
                (reason,) = schema["properties"]["reason"]["enum"]
                facts = ", ".join(f"`{each}`" for each in own)
                rows.append((words(f"`{reason}`"), words(schema["description"]), words(facts)))
        return table(("Reason", "Meaning", "Facts"), rows)

    def rest(self) -> Iterator[Html]:
        """Everything that was not drawn yet."""
        for name in sorted(self._schemas.keys() - self._drawn - {"ClientFrame", "ServerFrame"}):
            schema = self._schemas[name]
            anchor = Html(f'<span id="schema-{name}"></span>')
            members = [self._members(name)] if "properties" in schema else []
            yield details(f"`{name}`", [anchor, *_prose(schema.get("description", "")), *members])

    def _members(self, name: str, leave_out: Iterable[str] = ()) -> Html:
        schema = self._schemas[name]
        required = schema.get("required", ())
        rows = [
            (
                words(f"`{member}`"),
                Html(f"{self._type(each)}{'' if member in required else ', optional'}"),
                words(each.get("description", "")),
            )
            for member, each in schema["properties"].items()
            if member not in leave_out
        ]
        return table(("Member", "Type", "What it says"), rows) if rows else Html("")

    def _type(self, schema: Schema) -> Html:
        if "$ref" in schema:
            return self._named(_last(schema["$ref"]))
        if "anyOf" in schema:
            return _joined((self._type(each) for each in schema["anyOf"]), " or ")
        if "enum" in schema:
            return words(" or ".join(f"`{each}`" for each in schema["enum"]))
        if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
            bound = f"at most {schema['maxItems']}: " if "maxItems" in schema else ""
            return Html(f"list of {bound}{self._type(schema['items'])}")
        if schema.get("format") == "date-time":
            return words("instant")
        return words(f"{schema.get('type', 'anything')}{_limits(schema)}")

    def _named(self, name: str) -> Html:
        if name.endswith("Refusal"):
            return link("#refusals", "a refusal")
        return link(f"#schema-{name}", f"`{name}`")


def _contents(parts: list[Schema]) -> Html:
    places = {
        "#live": "The live channel",
        "#close-codes": "How it ends",
        "#nats": "NATS",
        **{f"#{_anchor(part['name'])}": part["name"] for part in parts},
        "#refusals": "Refusals",
        "#schemas": "What is in them",
    }
    links = "".join(f"<li>{link(place, name)}</li>" for place, name in places.items())
    return Html(f'<ul class="contents">{links}</ul>')


def _facts(facts: Iterable[tuple[str, Html]]) -> Html:
    pairs = "".join(f"<dt>{words(name)}</dt><dd>{value}</dd>" for name, value in facts)
    return Html(f"<dl>{pairs}</dl>")


def _prose(text: str) -> list[Html]:
    """Paragraphs; emphasis is left to those who read Markdown."""
    return [paragraph(_EMPHASIS.sub("", each)) for each in text.strip().split("\n\n") if each]


def _limits(schema: Schema) -> str:
    said = [form.format(schema[name]) for name, form in _LIMITS.items() if name in schema]
    return f", {', '.join(said)}" if said else ""


def _joined(parts: Iterable[Html], between: str) -> Html:
    return Html(between.join(parts))


def _names(references: list[Schema]) -> list[str]:
    return [_last(each["$ref"]) for each in references]


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]


def _word(name: str) -> str:
    return name.lower().replace("_", "-")


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
