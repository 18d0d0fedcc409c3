/** A watch that lives through the ends of gateways and of the mesh behind them: real processes, killed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { WatchEvent } from "../src/index.ts";
import { command, guest } from "./support/gateway.ts";
import { becomes, isShowing, Reader } from "./support/reading.ts";

const BANNER = "lightning";

/** Revisions of a banner, in the order in which they were told. */
function revisions(events: WatchEvent[]): number[] {
  return events.flatMap((event) =>
    event.type === "state" && event.banner.id === BANNER ? [event.banner.revision] : [],
  );
}

function onlyRise(numbers: number[]): boolean {
  return numbers.every((each, index) => index === 0 || each >= (numbers[index - 1] ?? 0));
}

for (const how of ["stop", "kill"]) {
  test(`a watch goes on after its gateway was restarted (${how}), and learns what it missed`, async () => {
    const watching = guest().watch({ banners: [BANNER] });
    const reader = new Reader(watching);
    await reader.until(becomes("live"));
    const first = await guest().show(BANNER, "Before");
    await reader.until(isShowing(BANNER, "Before"));

    await command(how, "gateway-0");
    await reader.until(becomes("reconnecting"));
    await command("start", "gateway-0");
    await guest().takeBack(first.id);
    const second = await guest().show(BANNER, "After");
    await reader.until(isShowing(BANNER, "After"));

    assert.equal(watching.connection, "live");
    assert.ok(onlyRise(revisions(reader.seen)), String(revisions(reader.seen)));
    await guest().takeBack(second.id);
    await reader.leave();
  });
}

test("a call that meets no gateway waits for the next one, and has one effect", async () => {
  await command("kill", "gateway-0");

  const asked = guest().show(BANNER, "Patience");
  await command("start", "gateway-0");
  const display = await asked;

  assert.equal((await guest().banner(BANNER)).display?.id, display.id);
  await guest().takeBack(display.id);
});

test("a watch says when the mesh behind the gateway is gone, and is live again after it", async () => {
  const reader = new Reader(guest().watch({ banners: [BANNER] }));
  await reader.until(becomes("live"));

  await command("kill", "nats");
  await reader.until(becomes("reconnecting"));
  await command("start", "nats");
  await reader.until(becomes("live"));
  const display = await guest().show(BANNER, "Back");
  await reader.until(isShowing(BANNER, "Back"));

  assert.ok(onlyRise(revisions(reader.seen)), String(revisions(reader.seen)));
  await guest().takeBack(display.id);
  await reader.leave();
});
