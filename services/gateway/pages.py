"""The app at `/`, and the documents at `/docs`; nothing is loaded from another host."""

from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import anyio
from litestar import Response, get
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from services.gateway.authors import is_known, new_guest
from services.gateway.problems import AnyRequest

WEB: Final = Path(__file__).parents[2] / "web"
_SWAGGER: Final = files("swagger_ui") / "static"

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
}
"""What the page may load and do; the rest of what browsers are told stands on every answer."""


@get("/", include_in_schema=False)
async def app_page(request: AnyRequest) -> Response[bytes]:
    """The app; makes the browser an author of its own."""
    page = await _read(WEB / "index.html")
    response = Response(
        page, media_type="text/html", headers={**SECURITY_HEADERS, "Cache-Control": "no-cache"}
    )
    if not is_known(request):
        response.set_cookie(new_guest(request))
    return response


def static_routes() -> list[Any]:
    """The files of the app and of the API documents."""
    return [
        app_page,
        create_static_files_router(
            path="/app",
            directories=[WEB],
            include_in_schema=False,
            # Modules of two versions would not fit together: ask every time, as for the page itself.
            cache_control=CacheControlHeader(no_cache=True),
            after_request=secured,
        ),
        create_static_files_router(path="/docs/static", directories=[str(_SWAGGER)], include_in_schema=False),
    ]


async def _read(path: Path) -> bytes:
    return await anyio.Path(path).read_bytes()


def secured(response: Response[Any]) -> Response[Any]:
    """What browsers are told not to do, with every page and file of ours."""
    response.headers.update(SECURITY_HEADERS)
    return response
