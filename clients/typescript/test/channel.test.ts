/** How the live channel is kept: resuming, dead lines, close codes. The other end is played. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSINGS } from "../src/generated/closings.ts";
import { AirDisplay, ChannelClosed } from "../src/index.ts";
import type { Banner } from "../src/types.ts";
import { FakeGateway } from "./support/fake_gateway.ts";
import { becomes, isShowing, Reader } from "./support/reading.ts";

const MINUTE = 60_000;
const CLOSE = Object.fromEntries(
  Object.entries(CLOSINGS).map(([code, { name }]) => [name, Number(code)]),
) as Record<(typeof CLOSINGS)[keyof typeof CLOSINGS]["name"], number>;

function banner(id: string, revision: number, until?: Date): Banner {
  const at = new Date().toISOString();
  const display = { id: "d-1", text: "Hello", by: "ada", shown_at: at, until: until?.toISOString() ?? "" };
  return {
    id,
    revision,
    name: id,
    tags: [],
    display: until === undefined ? null : display,
    queue_length: 0,
    approve_first: false,
    pending_length: 0,
    hold: null,
    presence: "offline",
    confirmation: null,
    last_seen: null,
    offline_because: "never-seen",
    offline_note: null,
    reported: null,
  };
}

/** Read on while the other end is played; `reader.seen` has what came. */
function reading(reader: Reader): Promise<unknown> {
  return reader.end();
}

test("it asks for what changed after its position when it comes back", async (context) => {
  const gateway = await FakeGateway.start(context);
  const watching = new AirDisplay({ url: gateway.url }).watch({ all: true });
  const ended = reading(new Reader(watching));

  const first = await gateway.caller();
  first.hello();
  assert.deepEqual(await first.frame(), { op: "watch", all: true });
  first.snapshot(7, { hardware: "h1" });
  first.say({ op: "changes", revision: 9, hardware: "h2", banners: [banner("sparky", 9)] });
  first.say({ op: "ping" });
  assert.deepEqual(await first.frame(), { op: "pong" });
  first.close(CLOSE.SLOW);
  const second = await gateway.caller();
  second.hello();

  const since = { epoch: "one", revision: 9, hardware: "h2" };
  assert.deepEqual(await second.frame(), { op: "watch", all: true, since });
  watching.close();
  await ended;
});

test("what is recovered adds to what is known, what is not replaces it", async (context) => {
  const gateway = await FakeGateway.start(context);
  const watching = new AirDisplay({ url: gateway.url }).watch({ all: true });
  const reader = new Reader(watching);
  const played = (async () => {
    const first = await gateway.caller();
    first.hello();
    first.snapshot(7, { banners: [banner("sparky", 3), banner("stormy", 7)] });
    await first.frame();
    first.close(CLOSE.SLOW);
    const second = await gateway.caller();
    second.hello();
    second.snapshot(8, { recovered: true, banners: [banner("stormy", 8)] });
    second.snapshot(9, { recovered: false, banners: [banner("stormy", 9)] });
  })();

  await reader.until((event) => event.type === "gone");
  await played;

  assert.deepEqual([...watching.banners.keys()], ["stormy"]);
  await reader.leave();
});

test("a line on which nothing comes any more is given up, and opened anew", async (context) => {
  const gateway = await FakeGateway.start(context);
  const watching = new AirDisplay({ url: gateway.url }).watch({ all: true });
  const reader = new Reader(watching);
  const ended = reading(reader);

  const first = await gateway.caller();
  first.hello({ heartbeat_ms: 50 });
  first.snapshot(7);
  await first.gone;
  const second = await gateway.caller();
  second.hello();

  assert.equal((await second.frame()).op, "watch");
  watching.close();
  await ended;
});

test("a gateway that says what is no JSON is left for another one", async (context) => {
  const gateway = await FakeGateway.start(context);
  const watching = new AirDisplay({ url: gateway.url }).watch({ all: true });
  const ended = reading(new Reader(watching));

  const first = await gateway.caller();
  first.sayRaw("{");
  await first.gone;
  await gateway.caller();

  watching.close();
  await ended;
});

test("a word that this client does not know is passed over", async (context) => {
  const gateway = await FakeGateway.start(context);
  const reader = new Reader(new AirDisplay({ url: gateway.url }).watch({ all: true }));
  const played = gateway.caller().then((caller) => {
    caller.hello();
    caller.sayRaw('{"op":"of-next-year"}');
    caller.snapshot(7);
  });

  await reader.until(becomes("live"));
  await played;
  await reader.leave();
});

test("a display is over at its deadline by the server's clock, also when nothing arrives", async (context) => {
  const gateway = await FakeGateway.start(context);
  const reader = new Reader(new AirDisplay({ url: gateway.url }).watch({ all: true }));
  const serverNow = Date.now() + 60 * MINUTE; // this machine's clock is an hour late
  const played = gateway.caller().then((caller) => {
    caller.hello({ now: new Date(serverNow).toISOString() });
    caller.snapshot(7, {
      banners: [banner("over", 6, new Date(serverNow - 1)), banner("sparky", 7, new Date(serverNow + 300))],
    });
  });

  await reader.until(isShowing("over", null));
  await reader.until(isShowing("sparky", "Hello"));
  await reader.until(isShowing("sparky", null));
  await played;
  await reader.leave();
});

for (const [code, { name, meaning, retry }] of Object.entries(CLOSINGS)) {
  const ends = retry === "NEVER" || retry === "WITH_TOKEN";

  test(`after ${code} ${name} it ${ends ? "stays away" : "comes back"}`, async (context) => {
    const gateway = await FakeGateway.start(context);
    const watching = new AirDisplay({ url: gateway.url, token: "t-1" }).watch({ all: true });
    const ended = reading(new Reader(watching));

    const caller = await gateway.caller();
    caller.hello();
    caller.close(Number(code), "in 10 ms");

    if (ends) {
      const failure = await ended;
      assert.ok(failure instanceof ChannelClosed);
      assert.equal(failure.code, Number(code));
      assert.ok(failure.message.endsWith(meaning));
    } else {
      await gateway.caller();
      watching.close();
      await ended;
    }
  });
}

test("a token is shown before anything is asked, and a new one after it has expired", async (context) => {
  const gateway = await FakeGateway.start(context);
  const tokens = ["t-1", "t-2"];
  const watching = new AirDisplay({ url: gateway.url, token: () => tokens.shift() ?? "" }).watch({
    mine: true,
  });
  const ended = reading(new Reader(watching));

  const first = await gateway.caller();
  first.hello();
  assert.deepEqual(await first.frame(), { op: "authorize", token: "t-1" });
  first.hello();
  assert.deepEqual(await first.frame(), { op: "watch", mine: true });
  first.say({ op: "ping" });
  assert.deepEqual(await first.frame(), { op: "pong" }, "the second greeting is no reason to ask again");
  first.close(CLOSE.TOKEN_EXPIRED);
  const second = await gateway.caller();
  second.hello();

  assert.deepEqual(await second.frame(), { op: "authorize", token: "t-2" });
  assert.deepEqual(await second.frame(), { op: "watch", mine: true });
  watching.close();
  await ended;
});

test("messages of one's own that were heard of are asked for by name after a loss, but not those that ended", async (context) => {
  const gateway = await FakeGateway.start(context);
  const watching = new AirDisplay({ url: gateway.url }).watch({ mine: true, displays: ["d-0"] });
  const ended = reading(new Reader(watching));
  const own = { text: "Hello", by: "ada" };

  const first = await gateway.caller();
  first.hello();
  assert.deepEqual(await first.frame(), { op: "watch", mine: true });
  assert.deepEqual(await first.frame(), { op: "watch", displays: ["d-0"] });
  first.say({
    op: "displays",
    displays: [
      { id: "d-0", state: "ended", ...own },
      { id: "d-1", state: "queued", ...own },
    ],
  });
  first.close(CLOSE.SLOW);
  const second = await gateway.caller();
  second.hello();

  assert.deepEqual(await second.frame(), { op: "watch", mine: true });
  assert.deepEqual(await second.frame(), { op: "watch", displays: ["d-1"] });
  watching.close();
  await ended;
});

test("a banner that is removed is gone for whoever watches it by name", async (context) => {
  const gateway = await FakeGateway.start(context);
  const banners = ["sparky", "stormy", "nobody"];
  const reader = new Reader(new AirDisplay({ url: gateway.url }).watch({ banners }));
  const unknown = { op: "error", code: "unknown-banner" } as const;
  const played = gateway.caller().then(async (caller) => {
    caller.hello();
    assert.deepEqual(await caller.frame(), { op: "watch", banners });
    caller.snapshot(7, { banners: [banner("sparky", 3), banner("stormy", 7)] });
    caller.say({ ...unknown, detail: "not registered: nobody" });
    caller.say({ ...unknown, detail: "not registered: sparky" });
    assert.deepEqual(await caller.frame(), { op: "watch", banners });
    caller.snapshot(8, { banners: [banner("stormy", 7)] });
  });

  const gone = await reader.until((event) => event.type === "gone");
  await played;

  assert.deepEqual(gone, { type: "gone", banner: "sparky" });
  await reader.leave();
});

test("what was not obeyed is asked again on another line", async (context) => {
  const gateway = await FakeGateway.start(context);
  const watching = new AirDisplay({ url: gateway.url }).watch({ all: true });
  const ended = reading(new Reader(watching));

  const first = await gateway.caller();
  first.hello();
  first.say({ op: "error", code: "too-many-frames", detail: "slower" });
  await first.gone;
  const second = await gateway.caller();
  second.hello();

  assert.deepEqual(await second.frame(), { op: "watch", all: true });
  watching.close();
  await ended;
});

test("what hardware measures is told, the newest of each kind", async (context) => {
  const gateway = await FakeGateway.start(context);
  const reader = new Reader(new AirDisplay({ url: gateway.url }).watch({ telemetry: ["sparky"] }));
  const played = gateway.caller().then(async (caller) => {
    caller.hello();
    assert.deepEqual(await caller.frame(), { op: "watch", telemetry: ["sparky"] });
    const at = new Date().toISOString();
    caller.say({ op: "telemetry", measured: [{ banner: "sparky", kind: "power", at, value: { watts: 5 } }] });
  });

  const event = await reader.until((each) => each.type === "telemetry");
  await played;

  assert.deepEqual(event.type === "telemetry" && event.measured.value, { watts: 5 });
  await reader.leave();
});

test("a gateway that speaks another protocol ends the watch with a sentence", async (context) => {
  const gateway = await FakeGateway.start(context);
  const ended = reading(new Reader(new AirDisplay({ url: gateway.url }).watch({ all: true })));

  (await gateway.caller()).hello({ protocol: 2 });

  assert.match(String(await ended), /expected protocol 1, found 2/);
});

test("more banners by name than one frame may name are refused before anything is sent", () => {
  const banners = Array.from({ length: 1_001 }, (_, number) => `b-${number}`);

  assert.throws(() => new AirDisplay({ url: "http://127.0.0.1:9" }).watch({ banners }), /watch all/);
});
