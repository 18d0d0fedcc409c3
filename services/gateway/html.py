"""HTML for people who read about the interface: a frame around it, and a few parts. All escaping is here."""

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final, NewType

Html = NewType("Html", str)
"""Text that is escaped already."""

_PLACES: Final = {
    "/docs": "HTTP API",
    "/docs/live": "Live and NATS",
    "/problems": "Problems",
    "/docs/openapi.json": "OpenAPI",
    "/docs/asyncapi.json": "AsyncAPI",
}

_ONE_LINE: Final = 100

_CODE: Final = re.compile(r"`([^`]+)`")


def page(title: str, body: Iterable[Html], *, here: str) -> bytes:
    """A whole page; `here` is which of the places it is."""
    places = "".join(
        f'<a href="{path}"{" aria-current=page" if path == here else ""}>{name}</a>'
        for path, name in _PLACES.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="/app/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/app/documents.css"></head><body class="document">'
        f'<nav class="places" aria-label="Documents"><a class="home" href="/">AirDisplay</a>{places}</nav>'
        f"<main><h1>{escape(title)}</h1>{''.join(body)}</main></body></html>"
    ).encode()


def words(text: str) -> Html:
    """A sentence; what stands in backticks becomes code."""
    return Html(_CODE.sub(r"<code>\1</code>", escape(text, quote=False)))


def paragraph(text: str) -> Html:
    """A paragraph of words."""
    return Html(f"<p>{words(text)}</p>")


def heading(level: int, text: str, anchor: str = "") -> Html:
    """A heading, which can be linked to where it has an anchor."""
    name = f' id="{escape(anchor)}"' if anchor else ""
    return Html(f"<h{level}{name}>{words(text)}</h{level}>")


def link(path: str, text: str) -> Html:
    """A link."""
    return Html(f'<a href="{escape(path)}">{words(text)}</a>')


def code(value: Any) -> Html:
    """A value as JSON: on one line where that is short, otherwise over as many as it needs."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > _ONE_LINE:
        text = json.dumps(value, indent=2, ensure_ascii=False)
    return Html(f"<pre><code>{escape(text, quote=False)}</code></pre>")


def table(heads: Sequence[str], rows: Iterable[Sequence[Html]]) -> Html:
    """A table; it scrolls by itself where it is too wide."""
    top = "".join(f'<th scope="col">{words(each)}</th>' for each in heads)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    whole = f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
    return Html(f'<div class="wide" tabindex="0">{whole}</div>')


def details(summary: str, body: Iterable[Html]) -> Html:
    """What is looked at only by those who want to."""
    return Html(f"<details><summary>{words(summary)}</summary>{''.join(body)}</details>")


def section(body: Iterable[Html], *, css: str) -> Html:
    """Parts that belong together."""
    return Html(f'<section class="{css}">{"".join(body)}</section>')


def numbered(items: Iterable[Html]) -> Html:
    """Steps."""
    return Html(f"<ol>{''.join(f'<li>{each}</li>' for each in items)}</ol>")
