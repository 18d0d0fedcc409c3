"""A page of another site in a real browser: whatever it sends in the name of others, nothing comes of it."""

from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.async_api import Browser

from tests.web.mesh import WholeMesh

pytestmark = pytest.mark.browser

FORM = """<!doctype html><title>You have won</title>
<form method="post" enctype="text/plain" action="{url}/v1/banners/{banner}/display">
<input name='{{"text":"Buy more", "x":"' value='"}}'><button>Claim</button></form>"""

ASKING = """async ([url, banner]) => {
  const call = `${url}/v1/banners/${banner}/display`;
  const told = { credentials: "include" };
  const tried = [
    fetch(call, { ...told, method: "POST", mode: "no-cors", body: '{"text":"Buy more"}' }),
    fetch(call, { ...told, method: "DELETE" }),
    fetch(call, { ...told, method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" }),
    fetch(`${url}/v1/banners`, told).then((answer) => answer.text()),
  ];
  return (await Promise.allSettled(tried)).map((each) => each.status);
}"""

LISTENING = """([url, banner]) => Promise.all([
  new Promise((resolve) => {
    const socket = new WebSocket(url.replace("http", "ws") + "/v1/live");
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
  }),
  new Promise((resolve) => {
    const events = new EventSource(`${url}/v1/banners/${banner}/live`, { withCredentials: true });
    events.onopen = () => resolve("open");
    events.onerror = () => resolve("refused");
  }),
])"""


@contextmanager
def another_site(content: str) -> Generator[str]:
    """Where a page is that is not ours, on the same machine: a neighbour, to whom cookies are sent."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Always the same."""
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its own name)
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


async def test_a_page_of_another_site_neither_shows_nor_ends_nor_listens(
    browser: Browser, whole_mesh: WholeMesh
) -> None:
    banner = await whole_mesh.register("Besieged")
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(whole_mesh.url)  # now it has a session that others could want to use
    mine = {"text": "Mine"}
    shown = await page.evaluate(
        "async ([call, body]) => (await fetch(call, {method: 'POST', body: JSON.stringify(body),"
        " headers: {'Content-Type': 'application/json'}})).status",
        [f"{whole_mesh.url}/v1/banners/{banner}/display", mine],
    )

    with another_site(FORM.format(url=whole_mesh.url, banner=banner)) as site:
        await page.goto(site)
        asked = await page.evaluate(ASKING, [whole_mesh.url, banner])
        listened = await page.evaluate(LISTENING, [whole_mesh.url, banner])
        async with page.expect_navigation() as navigation:
            await page.get_by_role("button").click()
        answer = await navigation.value
        problem = await page.inner_text("body")
    await context.close()

    assert 201 == shown
    assert ["rejected"] * 4 == asked
    assert ["refused", "refused"] == listened
    assert 403 == answer.status
    assert "/problems/wrong-origin" in problem
    assert ["Mine"] == await whole_mesh.texts(banner)
