/** Sending again: against a server that loses answers and says "not now", as a gateway cannot be made to. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { AirDisplay, Refused, OutcomeUnknown, Unreadable } from "../src/index.ts";
import { refusal } from "./support/reading.ts";

type Answer = (response: ServerResponse) => void;

const DISPLAY = { id: "d-1", state: "showing", text: "Hello", by: "ada" };

function shown(response: ServerResponse): void {
  response.writeHead(201, { "Content-Type": "application/json" }).end(JSON.stringify(DISPLAY));
}

function done(response: ServerResponse): void {
  response.writeHead(204).end();
}

function lost(response: ServerResponse): void {
  response.destroy();
}

function problem(slug: string, status: number, headers: Record<string, string> = {}): Answer {
  const body = { type: `/problems/${slug}`, title: slug, status, detail: slug };
  return (response) => {
    response.writeHead(status, { "Content-Type": "application/problem+json", ...headers });
    response.end(JSON.stringify(body));
  };
}

function page(status: number): Answer {
  return (response) => response.writeHead(status, { "Content-Type": "text/html" }).end("<h1>Sorry</h1>");
}

/** A server that gives these answers, one after the other; and what it was asked. */
async function answering(context: TestContext, ...answers: Answer[]) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    (answers.shift() ?? lost)(response);
  });
  context.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, url };
}

function keys(asked: IncomingMessage[]): Set<unknown> {
  return new Set(asked.map(({ headers }) => headers["idempotency-key"]));
}

test("a wish whose answer is lost is sent again with the same key", async (context) => {
  const { asked, url } = await answering(context, lost, problem("outcome-unknown", 504), page(502), shown);

  const display = await new AirDisplay({ url }).show("sparky", "Hello");

  assert.equal(display.id, "d-1");
  assert.equal(asked.length, 4);
  assert.equal(keys(asked).size, 1);
  assert.notEqual(asked[0]?.headers["idempotency-key"], undefined);
});

test("two wishes have two keys", async (context) => {
  const { asked, url } = await answering(context, shown, shown);
  const caller = new AirDisplay({ url });

  await caller.show("sparky", "Hello");
  await caller.show("sparky", "Hello");

  assert.equal(keys(asked).size, 2);
});

test("where the outcome stays open, the key to ask again with is handed out", async (context) => {
  const { asked, url } = await answering(context);
  const caller = new AirDisplay({ url, retries: { attempts: 2 } });

  await assert.rejects(
    caller.show("sparky", "Hello", { key: "k-1" }),
    (error) => error instanceof OutcomeUnknown && error.key === "k-1",
  );
  assert.equal(asked.length, 2);
});

test("a refusal that nothing was done leaves open what was lost before it", async (context) => {
  const { url } = await answering(context, lost, problem("overloaded", 503), problem("overloaded", 503));
  const caller = new AirDisplay({ url, retries: { attempts: 3 } });

  await assert.rejects(caller.show("sparky", "Hello"), OutcomeUnknown);
});

test("whoever asks too often asks again once that is fair", async (context) => {
  const { asked, url } = await answering(
    context,
    problem("too-many-requests", 429, { "Retry-After": "1" }),
    shown,
  );

  assert.equal((await new AirDisplay({ url }).show("sparky", "Hello")).id, "d-1");
  assert.equal(asked.length, 2);
});

test("a clear no is not asked again", async (context) => {
  const { asked, url } = await answering(context, problem("busy", 409, { "Retry-After": "1" }), shown);

  const failure = await refusal(new AirDisplay({ url }).show("sparky", "Hello"), "busy");

  assert.equal(failure.retryAfterMs, 1_000);
  assert.equal(asked.length, 1);
});

test("what may wait longer than there is time is refused at once", async (context) => {
  const { asked, url } = await answering(context, problem("mesh-unavailable", 503, { "Retry-After": "60" }));

  await refusal(new AirDisplay({ url }).show("sparky", "Hello"), "mesh-unavailable");

  assert.equal(asked.length, 1);
});

test("a mend is sent again where nothing was done, and never where it may have been", async (context) => {
  const { asked, url } = await answering(context, problem("mesh-unavailable", 503), lost, shown);

  await assert.rejects(new AirDisplay({ url }).mend("sparky", "Hello", 7), OutcomeUnknown);

  assert.equal(asked.length, 2);
  assert.equal(asked[1]?.headers["if-match"], '"7"');
});

test("a message that is over after a lost answer was taken back", async (context) => {
  const { asked, url } = await answering(context, lost, problem("not-showing", 404));

  await new AirDisplay({ url }).takeBack("d-1");

  assert.equal(asked.length, 2);
});

test("a message that is over although nothing was done before is refused", async (context) => {
  const { url } = await answering(context, problem("overloaded", 503), problem("not-showing", 404), done);

  await refusal(new AirDisplay({ url }).takeBack("d-1"), "not-showing");
});

test("an answer of somebody else is not taken for one of a gateway", async (context) => {
  const { url } = await answering(context, page(404), page(200));
  const caller = new AirDisplay({ url });

  for (const _ of [404, 200]) {
    await assert.rejects(caller.display("d-1"), Unreadable);
  }
});

test("a call is not sent again once its signal says so", async (context) => {
  const aborting = new AbortController();
  const { asked, url } = await answering(context, (response) => {
    aborting.abort(new Error("enough"));
    problem("overloaded", 503)(response);
  });

  await assert.rejects(new AirDisplay({ url }).display("d-1", { signal: aborting.signal }), /enough/);
  assert.equal(asked.length, 1);
});

test("an answer that takes too long counts as lost", async (context) => {
  const { asked, url } = await answering(context, () => {}, shown);
  const caller = new AirDisplay({ url, retries: { answerWithinMs: 100 } });

  assert.equal((await caller.show("sparky", "Hello")).id, "d-1");
  assert.equal(asked.length, 2);
});

test("a path in the address of the gateway is kept", async (context) => {
  const { asked, url } = await answering(context, shown);

  await new AirDisplay({ url: `${url}/sky` }).display("d/1");

  assert.equal(asked[0]?.url, "/sky/v1/displays/d%2F1");
});

test("a problem that this client does not know is a refusal all the same", async (context) => {
  const { url } = await answering(context, problem("of-next-year", 409));

  await assert.rejects(
    new AirDisplay({ url }).show("sparky", "Hello"),
    (error) => error instanceof Refused && error.message === "of-next-year: of-next-year",
  );
});
