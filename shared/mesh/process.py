"""A service as a process: an instance with a name of its own, its log, its connection, its life."""

import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from shared.mesh import logs
from shared.mesh.connection import Mesh, Nats, open_mesh
from shared.mesh.runner import run

ServiceOnMesh = Callable[[Mesh, str], AbstractAsyncContextManager[object]]
"""Takes the open mesh and the id of this instance; serves until its block is left."""


def run_on_mesh(name: str, where: Nats, service: ServiceOnMesh) -> int:
    """Run one instance of a service until a signal or a failure ends it, and return the exit code."""
    instance = uuid.uuid4().hex[:8]
    logs.configure(name, instance)

    @asynccontextmanager
    async def life() -> AsyncGenerator[None]:
        async with open_mesh(where, name=f"{name}-{instance}") as mesh, service(mesh, instance):
            yield

    return run(life)
