/** Displays that end by their deadline, on a gateway on which they last a second. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { guest, newBanner } from "./support/gateway.ts";
import { becomes, isShowing, Reader } from "./support/reading.ts";

test("a display that nobody ends is over at its deadline, and followed until then", async () => {
  const banner = await newBanner();
  const reader = new Reader(guest().watch({ banners: [banner] }));
  await reader.until(becomes("live"));
  const watched = reader.until(isShowing(banner, "Short")).then(() => reader.until(isShowing(banner, null)));
  const display = await guest().show(banner, "Short");

  const ends = [];
  for await (const { state, how, ended_at } of guest().follow(display.id)) {
    ends.push({ state, how, ended_at });
  }
  await watched;

  assert.deepEqual(ends.at(-1), { state: "ended", how: "expired", ended_at: display.until });
  await reader.leave();
});
