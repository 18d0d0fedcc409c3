"""What the gateway says about itself, and the types that the TypeScript client makes of it.

`python -m tests.clients.documents FOLDER` writes the types into a folder; `make types` names the right one.
"""

import os
import sys
from pathlib import Path
from typing import Final

import anyio
import httpx

from tests.support.gateways import running_hub

ROOT: Final = Path(__file__).parents[2]
CLIENT: Final = ROOT / "clients" / "typescript"
"""Where the TypeScript client is."""

GENERATED: Final = CLIENT / "src" / "generated"
"""Where its generated types are."""


async def served(name: str) -> bytes:
    """A document, from a gateway that runs."""
    async with running_hub() as (_, gateway), httpx.AsyncClient(base_url=gateway.url) as client:
        return (await client.get(f"/docs/{name}")).raise_for_status().content


async def write_types(folder: Path) -> None:
    """Write the types into a folder.

    Raises:
        subprocess.CalledProcessError: the generator failed.
    """
    documents = {name: await served(name) for name in ("openapi.json", "asyncapi.json")}
    for name, document in documents.items():
        await (anyio.Path(folder) / name).write_bytes(document)
    generator = CLIENT / "scripts" / "generate.ts"
    command = ["node", str(generator), *(str(folder / name) for name in documents), str(folder)]
    try:
        await anyio.run_process(command, cwd=CLIENT, env=with_node(), stderr=sys.stderr)
    finally:
        for name in documents:
            await (anyio.Path(folder) / name).unlink()


def with_node(**more: str) -> dict[str, str]:
    """This environment, in which `node` is the one beside this Python."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, **more}


if __name__ == "__main__":
    anyio.run(write_types, Path(sys.argv[1]).resolve())
