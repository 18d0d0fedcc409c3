"""The app at `/`, and the documents at `/docs`; nothing is loaded from another host."""

from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Final

import anyio
from litestar import Response, get, route
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.static_files import create_static_files_router
from litestar.status_codes import HTTP_304_NOT_MODIFIED

from services.gateway.authors import is_known, new_guest
from services.gateway.etags import digest_tag, matches_tag
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
async def app_page(request: AnyRequest) -> Response[bytes | None]:
    """The app; makes the browser an author of its own."""
    response = _file(request, await _read(WEB / "index.html"), "text/html")
    if not is_known(request):
        response.set_cookie(new_guest(request))
    return response


@route("/app/{path:path}", http_method=["GET", "HEAD"], include_in_schema=False)
async def app_file(request: AnyRequest, path: FromPath[Path]) -> Response[bytes | None]:
    """A file of the app."""
    file = (WEB / str(path).lstrip("/")).resolve()
    if not file.is_relative_to(WEB) or not file.is_file():
        raise NotFoundException
    return _file(request, await _read(file), guess_type(file.name)[0] or "application/octet-stream")


def static_routes() -> list[Any]:
    """The files of the app and of the API documents."""
    return [
        app_page,
        app_file,
        create_static_files_router(path="/docs/static", directories=[str(_SWAGGER)], include_in_schema=False),
    ]


async def _read(path: Path) -> bytes:
    return await anyio.Path(path).read_bytes()


def secured(response: Response[Any]) -> Response[Any]:
    """What browsers are told not to do, with every page and file of ours."""
    response.headers.update(SECURITY_HEADERS)
    return response


def _file(request: AnyRequest, content: bytes, media_type: str) -> Response[bytes | None]:
    """A file, or that it is still the same."""
    # Modules of two versions would not fit together: ask every time, as for the page itself.
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache", "ETag": digest_tag(content)}
    if matches_tag(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
