/** Whether and when to come back, after every reason that the gateway has. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { comeBackAfterMs, type Ending } from "../src/closings.ts";
import { CLOSINGS } from "../src/generated/closings.ts";

const LATER: Omit<Ending, "code"> = { reason: "", failures: 3, renewable: false, chance: 0.5 };

function codesOf(retry: string): number[] {
  return Object.entries(CLOSINGS).flatMap(([code, closing]) =>
    closing.retry === retry ? [Number(code)] : [],
  );
}

test("every reason of the gateway is known", () => {
  const known = ["AT_ONCE", "AFTER", "WITH_TOKEN", "NEVER"].flatMap(codesOf);

  assert.deepEqual(known.sort(), Object.keys(CLOSINGS).map(Number).sort());
});

test("where the reason names milliseconds, it is after those", () => {
  for (const code of codesOf("AFTER")) {
    assert.equal(comeBackAfterMs({ ...LATER, code, reason: "come-back in 1234 ms" }), 1234);
    assert.ok((comeBackAfterMs({ ...LATER, code, reason: "" }) ?? 0) > 0);
  }
});

test("where the same would end the same, it is never", () => {
  for (const code of [...codesOf("NEVER"), 1007, 1009]) {
    assert.equal(comeBackAfterMs({ ...LATER, code, renewable: true }), null);
  }
});

test("where a new token is needed, it is never without one", () => {
  for (const code of codesOf("WITH_TOKEN")) {
    assert.equal(comeBackAfterMs({ ...LATER, code, renewable: false }), null);
    assert.notEqual(comeBackAfterMs({ ...LATER, code, renewable: true }), null);
  }
});

test("after all else it is at once, and after growing pauses when that fails", () => {
  for (const code of [...codesOf("AT_ONCE"), 1006, 1001, 4999]) {
    const pauses = [0, 1, 2, 3, 20].map((failures) => comeBackAfterMs({ ...LATER, code, failures }) ?? -1);

    assert.deepEqual(
      pauses,
      [...pauses].sort((one, other) => one - other),
    );
    assert.equal(comeBackAfterMs({ ...LATER, code, failures: 0, chance: 0 }), 0);
    assert.ok((pauses.at(-1) ?? 0) <= 6_000);
  }
});
