"""What the gateway says about itself, and the types that the TypeScript client makes of it.

`python -m tests.clients.documents FOLDER` writes the types into a folder; `make types` names the right one.
"""

import os
import sys
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import msgspec

from services.gateway.problems import Problem
from shared.contracts import live, refusals, views
from shared.contracts.live import CloseCode
from shared.contracts.refusals import Refusal
from tests.support.gateways import running_hub

ROOT: Final = Path(__file__).parents[2]
CLIENT: Final = ROOT / "clients" / "typescript"
"""Where the TypeScript client is."""

GENERATED: Final = CLIENT / "src" / "generated"
"""Where its generated types are."""

_REF: Final = "#/components/schemas/{name}"


async def openapi() -> bytes:
    """The document of the HTTP side, from a gateway that runs."""
    async with running_hub() as (_, gateway), httpx.AsyncClient(base_url=gateway.url) as client:
        return (await client.get("/docs/openapi.json")).raise_for_status().content


def live_document() -> bytes:
    """The schemas of the live channel's frames and of the problems, and why a channel ends."""
    structs: list[Any] = [live.ServerFrame, live.ClientFrame, views.DisplayView, views.HistoryPage]
    _, schemas = msgspec.json.schema_components(structs, ref_template=_REF)
    return msgspec.json.encode(
        {"components": {"schemas": {**schemas, **_problems()}}, "x-close-codes": _close_codes()}
    )


async def write_types(folder: Path) -> None:
    """Write the types into a folder.

    Raises:
        subprocess.CalledProcessError: the generator failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    documents = {"openapi.json": await openapi(), "live.json": live_document()}
    for name, document in documents.items():
        (folder / name).write_bytes(document)
    generator = CLIENT / "scripts" / "generate.ts"
    command = ["node", str(generator), *(str(folder / name) for name in documents), str(folder)]
    try:
        await anyio.run_process(command, cwd=CLIENT, env=with_node(), stderr=sys.stderr)
    finally:
        for name in documents:
            (folder / name).unlink()


def with_node(**more: str) -> dict[str, str]:
    """This environment, in which `node` is the one beside this Python."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, **more}


def _problems() -> dict[str, Any]:
    members = msgspec.json.schema(Problem)["$defs"]["Problem"]
    _, all_refusals = msgspec.json.schema_components(_refusals(), ref_template=_REF)
    return {
        f"{each.__name__}Problem": _problem(members, all_refusals[each.__name__], each)
        for each in _refusals()
    }


def _problem(members: dict[str, Any], facts: dict[str, Any], refusal: type[Refusal]) -> dict[str, Any]:
    slug = facts["properties"]["reason"]["enum"][0]
    own = {name: each for name, each in facts["properties"].items() if name != "reason"}
    fixed = {"type": {"enum": [f"/problems/{slug}"]}, "status": {"enum": [refusal.code]}}
    required = [*members["required"], *own]
    properties = {**members["properties"], **own, **fixed}
    return {
        "type": "object",
        "description": refusal.__doc__,
        "properties": properties,
        "required": required,
    }


def _refusals() -> list[type[Refusal]]:
    found = [each for each in vars(refusals).values() if isinstance(each, type) and issubclass(each, Refusal)]
    return sorted((each for each in found if each is not Refusal), key=lambda each: each.__name__)


def _close_codes() -> list[dict[str, Any]]:
    return [
        {"code": int(code), "name": code.name, "retry": code.retry.name, "meaning": code.meaning}
        for code in CloseCode
    ]


if __name__ == "__main__":
    anyio.run(write_types, Path(sys.argv[1]).resolve())
