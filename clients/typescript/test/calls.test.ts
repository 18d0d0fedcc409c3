/** Every call, against a gateway that runs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { AirDisplay, type Banner, type HistoryItem, Refused } from "../src/index.ts";
import { command, guest, newBanner, operator, url } from "./support/gateway.ts";
import { refusal } from "./support/reading.ts";

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const each of items) {
    found.push(each);
  }
  return found;
}

test("a text that is shown is a display with a deadline", async () => {
  const banner = await newBanner();

  const display = await guest().show(banner, "Hello");

  assert.equal(display.state, "showing");
  assert.equal(display.text, "Hello");
  assert.equal(display.banner, banner);
  assert.ok(Date.parse(display.until ?? "") > Date.parse(display.shown_at ?? ""));
});

test("a banner that is busy says until when, with types", async () => {
  const banner = await newBanner();
  const up = await guest("ada").show(banner, "First");

  const failure = await refusal(guest("bob").show(banner, "Second"), "busy");

  assert.equal(failure.problem.display_id, up.id);
  assert.equal(failure.problem.until, up.until);
  assert.ok((failure.retryAfterMs ?? 0) > 0);
});

test("a problem is told apart by its type", async () => {
  try {
    await guest().show("nowhere", "Hello");
    assert.fail("expected a refusal");
  } catch (error) {
    assert.ok(error instanceof Refused);
    switch (error.problem.type) {
      case "/problems/unknown-banner":
        assert.equal(error.problem.banner, "nowhere");
        break;
      default:
        assert.fail(error.problem.type);
    }
  }
});

test("the same key is the same wish: one effect and the same answer", async () => {
  const banner = await newBanner();

  const once = await guest().show(banner, "Hello", { key: "k-1" });
  const again = await guest().show(banner, "Hello", { key: "k-1" });

  assert.equal(again.id, once.id);
  await refusal(guest().show(banner, "Other", { key: "k-1" }), "key-reused");
});

test("a text in the queue has a place and a latest start", async () => {
  const banner = await newBanner();
  await guest("ada").show(banner, "First");

  const display = await guest("bob").queue(banner, "Second");

  assert.equal(display.state, "queued");
  assert.equal(display.position, 1);
  assert.notEqual(display.starts_at, undefined);
  await refusal(guest("bob").queue(banner, "Third"), "already-waiting");
});

test("a text for any banner waits in the lobby, and shows on one that is free", async () => {
  const banner = await newBanner(["meadow"]);

  const waiting = await guest("ada").showAnywhere("Anywhere", { tag: "meadow" });
  await command("beat", banner);
  const shown = [];
  for await (const display of guest().follow(waiting.id)) {
    shown.push(display.state);
    if (display.state === "showing") {
      assert.equal(display.banner, banner);
      break;
    }
  }

  assert.equal(waiting.state, "waiting");
  await refusal(guest().showAnywhere("Hello", { tag: "nobody-has-it" }), "no-such-pool");
});

test("a message can be looked at, mended with its revision, and taken back by its author alone", async () => {
  const banner = await newBanner();
  const ada = guest("ada");
  const display = await ada.show(banner, "Helo");
  const { revision } = await ada.banner(banner);

  await refusal(guest("bob").mend(banner, "Mine", revision), "not-yours");
  const mended = await ada.mend(banner, "Hello", revision);
  await refusal(ada.mend(banner, "Hello!", revision), "stale");
  assert.equal((await ada.display(display.id)).text, "Hello");
  await refusal(guest("bob").takeBack(display.id), "not-yours");
  await ada.takeBack(display.id);
  const over = await ada.display(display.id);

  assert.equal(mended.display?.text, "Hello");
  assert.equal(mended.display?.until, display.until);
  assert.equal(over.state, "ended");
  assert.equal(over.how, "cleared");
  await refusal(ada.takeBack(display.id), "not-showing");
  await refusal(ada.display("0123456789abcdef0123456789abcdef"), "unknown-display");
});

test("what is measured on a banner is read to its end, and stands beside it", async () => {
  const banner = await newBanner();

  const items = [];
  for await (const item of guest().telemetry(banner, { kind: "wind", since: "2026-01-01T00:00:00Z" })) {
    items.push(item);
  }

  assert.deepEqual(items, []);
  assert.deepEqual((await guest().banner(banner)).telemetry, {});
  await refusal(guest().telemetry("nowhere").next(), "unknown-banner");
});

test("an operator holds and releases a banner; a guest does not", async () => {
  const banner = await newBanner();

  const held = await operator().hold(banner, "Wind");
  const failure = await refusal(guest().show(banner, "Hello"), "held");
  await refusal(guest().hold(banner, "Wind"), "not-operator");
  await operator().release(banner);
  await refusal(operator().release(banner), "not-held");

  assert.equal(held.hold?.reason, "Wind");
  assert.equal(failure.problem.problem, "Wind");
  assert.equal((await guest().banner(banner)).hold, null);
});

test("a banner is registered once, with its name and tags", async () => {
  const id = await newBanner();

  const banner = await operator().register({ id: `${id}-2`, name: "Sparky", tags: ["blue"] });

  assert.equal(banner.name, "Sparky");
  assert.deepEqual(banner.tags, ["blue"]);
  await refusal(operator().register({ id: banner.id }), "already-registered");
});

test("the list of banners goes through all pages and can be narrowed", async () => {
  const ids = await Promise.all(Array.from({ length: 120 }, () => newBanner(["many"])));

  const found: Banner[] = await all(guest().banners({ tag: "many" }));

  assert.deepEqual(
    found.map(({ id }) => id),
    ids.sort(),
  );
  assert.deepEqual(await all(guest().banners({ tag: "many", status: "busy" })), []);
});

test("the history goes through all pages, the newest first", async () => {
  const banner = await newBanner();
  for (let round = 0; round < 60; round += 1) {
    await guest("ada").takeBack((await guest("ada").show(banner, `Round ${round}`)).id);
  }

  const items: HistoryItem[] = await all(guest().history(banner));

  assert.equal(items.length, 121);
  assert.deepEqual(
    items.map(({ revision }) => revision),
    items.map(({ revision }) => revision).sort((one, other) => other - one),
  );
  assert.equal(items.at(-1)?.events[0]?.type, "registered");
});

test("a text that cannot be shown is refused with the reason", async () => {
  const failure = await refusal(guest().show(await newBanner(), " "), "bad-text");

  assert.notEqual(failure.problem.problem, "");
});

test("a call that is aborted throws the reason of its signal", async () => {
  const banner = await newBanner();
  const reason = new Error("changed my mind");

  await assert.rejects(guest().show(banner, "Hello", { signal: AbortSignal.abort(reason) }), reason);
});

test("a token that is asked for anew is used from then on", async () => {
  const tokens = ["not-ours", process.env.AIRDISPLAY_OPERATOR_TOKEN ?? ""];
  const caller = new AirDisplay({ url, token: async () => tokens.shift() ?? "" });

  await assert.rejects(caller.register({}), Refused);
  assert.equal((await caller.register({ name: "Mine" })).name, "Mine");
});
