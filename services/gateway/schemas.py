"""JSON schemas of what is said, from the structs that say it; both documents are made of these.

msgspec writes the schemas. What its types cannot carry is added here: ids and instants are strings to it.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec

from services.gateway.words import words_for
from shared.contracts.identity import ID_PATTERN, BannerId, CommandId, DisplayId
from shared.contracts.instants import INSTANT_PATTERN, Instant
from shared.contracts.live import Changes, Snapshot

Schema = dict[str, Any]

REFERENCE: Final = "#/components/schemas/{name}"

_FORMS: Final[Mapping[Any, Schema]] = {
    Instant: {"format": "date-time", "pattern": INSTANT_PATTERN},
    BannerId: {"pattern": ID_PATTERN},
    DisplayId: {"pattern": ID_PATTERN},
    CommandId: {"pattern": ID_PATTERN},
}
_ONLY_SENT: Final = {
    "shared.contracts.views",
    "shared.contracts.live",
    "shared.contracts.command",
    "shared.contracts.refusals",
}

_COMPOSED: Final = (Snapshot, Changes)
"""What is put together from parts that are encoded already says itself which members are always there."""


def described(types: Sequence[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    """A schema for each type, and the components that these refer to, by name."""
    schemas, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
    structs = dict(_named(msgspec.inspect.multi_type_info(types)))
    for name, component in components.items():
        _mend(component, structs.get(name))
    return list(schemas), components


def reference(name: str) -> Schema:
    """What refers to a component."""
    return {"$ref": REFERENCE.format(name=name)}


def renamed(components: Mapping[str, Schema], names: Mapping[str, str]) -> dict[str, Schema]:
    """The same components under other names, wherever they refer to one another."""
    references = {REFERENCE.format(name=old): REFERENCE.format(name=new) for old, new in names.items()}

    def rename(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: rename(each) for name, each in part.items()}
        if isinstance(part, list | tuple):
            return [rename(each) for each in part]
        return references.get(part, part) if isinstance(part, str) else part

    return {names[name]: rename(component) for name, component in components.items()}


def _mend(component: Schema, struct: Any) -> None:
    if "description" in component:
        component["description"] = inspect.cleandoc(component["description"])
    if struct is None:
        return
    hints = get_type_hints(struct)
    for name, schema in component.get("properties", {}).items():
        if name in hints:
            _add_form(schema, hints[name])
        if "description" not in schema and (words := words_for(struct, name)) is not None:
            schema["description"] = words
    if any(base.__module__ in _ONLY_SENT for base in struct.__mro__):
        _as_sent(component, struct)


def _as_sent(component: Schema, struct: Any) -> None:
    """What only leaves the gateway has all its members; where it leaves some out, none of them is null."""
    config = struct.__struct_config__
    properties = component.get("properties", {})
    if config.forbid_unknown_fields:
        return
    if not config.omit_defaults and struct not in _COMPOSED:
        component["required"] = list(properties)
    for schema in properties.values():
        schema.pop("default", None)
        alternatives = schema.get("anyOf", ())
        if config.omit_defaults and {"type": "null"} in alternatives:
            (schema_of_value,) = (each for each in alternatives if each != {"type": "null"})
            del schema["anyOf"]
            schema.update(schema_of_value)


def _add_form(schema: Schema, hint: Any) -> None:
    """Say of which form a string is, also of one that may be absent; what is passed on is an object."""
    if hint is msgspec.Raw:
        schema |= {"type": "object", "additionalProperties": True}
    for alternative in (hint, *get_args(hint)):
        form = next((each for kind, each in _FORMS.items() if kind is alternative), None)
        if form is not None:
            strings = (each for each in (schema, *schema.get("anyOf", ())) if each.get("type") == "string")
            for each in strings:
                each.update({key: value for key, value in form.items() if key not in each})


def _named(types: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """All structs among these types and among their parts, by either name that a component of it may have."""
    seen: set[int] = set()
    waiting = list(types)
    while waiting:
        each = waiting.pop()
        waiting += _parts(each)
        if isinstance(each, msgspec.inspect.StructType) and id(each.cls) not in seen:
            seen.add(id(each.cls))
            waiting += [field.type for field in each.fields]
            struct: Any = get_origin(each.cls) or each.cls
            own = "_".join(
                [struct.__name__, *(f"{getattr(part, '__name__', '')}_" for part in get_args(each.cls))]
            )
            yield own, struct
            yield f"{struct.__module__}.{own}", struct


def _parts(of: Any) -> list[Any]:
    match of:
        case msgspec.inspect.UnionType(types=types):
            return list(types)
        case msgspec.inspect.Metadata(type=inner):
            return [inner]
        case msgspec.inspect.VarTupleType(item_type=item) | msgspec.inspect.ListType(item_type=item):
            return [item]
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return [key, value]
        case _:
            return []
