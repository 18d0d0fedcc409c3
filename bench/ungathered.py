"""A gateway that gathers nothing: every change leaves by itself, as soon as it can. Only to compare with."""

import sys

import services.gateway.hub
import shared.mesh.pull
from services.gateway.__main__ import main

if __name__ == "__main__":
    services.gateway.hub.GATHER_SECONDS = 0  # type: ignore[misc]
    shared.mesh.pull.GATHER_SECONDS = 0  # type: ignore[misc]
    sys.exit(main())
