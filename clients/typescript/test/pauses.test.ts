/** How long to wait. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { growing, pause, retryAfterMs } from "../src/pauses.ts";

const NOON = Date.parse("2026-05-04T12:00:00Z");

test("pauses grow up to the longest, and have chance in them", () => {
  assert.ok(growing(0, 4_000, 1) < growing(1, 4_000, 1));
  assert.equal(growing(1_000, 4_000, 1), 4_000);
  assert.equal(growing(1_000, 4_000, 0), 2_000);
});

test("Retry-After names seconds or an instant", () => {
  assert.equal(retryAfterMs("3", NOON), 3_000);
  assert.equal(retryAfterMs("Mon, 04 May 2026 12:00:02 GMT", NOON), 2_000);
  assert.equal(retryAfterMs("Mon, 04 May 2026 11:00:00 GMT", NOON), 0);
  assert.equal(retryAfterMs("soon", NOON), null);
  assert.equal(retryAfterMs(null, NOON), null);
});

test("a pause ends early when its signal says so", async () => {
  const aborting = new AbortController();
  const waiting = pause(60_000, aborting.signal);

  aborting.abort(new Error("enough"));

  await assert.rejects(waiting, /enough/);
  await assert.rejects(pause(60_000, aborting.signal), /enough/);
});
