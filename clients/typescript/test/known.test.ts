/** What a watch knows: pure, with time as a parameter. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Known, type News } from "../src/known.ts";
import type { Banner, Changes, Display, Snapshot } from "../src/types.ts";

const NOON = Date.parse("2026-05-04T12:00:00.000Z");
const MINUTE = 60_000;

function banner(id: string, revision: number, more: Partial<Banner> = {}): Banner {
  return {
    id,
    revision,
    name: id,
    tags: [],
    display: null,
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
    ...more,
  };
}

function showing(id: string, revision: number, until: number): Banner {
  const at = new Date(NOON).toISOString();
  const display = { id: "d-1", text: "Hello", by: "ada", shown_at: at, until: new Date(until).toISOString() };
  return banner(id, revision, { display });
}

function snapshot(revision: number, banners: Banner[], more: Partial<Snapshot> = {}): Snapshot {
  return { op: "snapshot", revision, recovered: false, epoch: "one", hardware: "h1", banners, ...more };
}

function changes(revision: number, hardware: string, ...banners: Banner[]): Changes {
  return { op: "changes", revision, hardware, banners };
}

function told(news: News[]): string[] {
  return news.map((each) =>
    each.type === "state" ? `${each.banner.id} ${each.banner.revision}` : `${each.type} ${idOf(each)}`,
  );
}

function idOf(news: Exclude<News, { type: "state" }>): string {
  return news.type === "gone" ? news.banner : news.display.id;
}

function after(first: Snapshot): Known {
  const known = new Known();
  known.snapshot(first, NOON);
  return known;
}

test("there is no position before the first snapshot", () => {
  assert.equal(new Known().since, undefined);
});

test("the position is that of the newest snapshot or changes", () => {
  const known = after(snapshot(7, []));

  assert.deepEqual(known.since, { epoch: "one", revision: 7, hardware: "h1" });
  known.changes(changes(9, "h2"), NOON);
  assert.deepEqual(known.since, { epoch: "one", revision: 9, hardware: "h2" });
});

test("changes that name no position leave it where it was", () => {
  const known = after(snapshot(7, []));

  known.changes(changes(0, "", banner("sparky", 9)), NOON);

  assert.deepEqual(known.since, { epoch: "one", revision: 7, hardware: "h1" });
});

test("a snapshot without an epoch has that of the greeting", () => {
  const known = new Known();
  const greeting = { op: "hello", protocol: 1, heartbeat_ms: 1_000, by: "", role: null } as const;
  known.hello({ ...greeting, epoch: "two", now: "2026-05-04T12:00:00.000Z" });

  known.snapshot(snapshot(7, [], { epoch: "" }), NOON);

  assert.equal(known.since?.epoch, "two");
});

test("an older revision never follows a newer one", () => {
  const known = after(snapshot(9, [banner("sparky", 9)]));

  const news = known.changes(changes(8, "h1", banner("sparky", 8)), NOON);

  assert.deepEqual(news, []);
  assert.equal(known.banners.get("sparky")?.revision, 9);
  assert.equal(known.since?.revision, 9);
});

test("the same revision with other hardware is news, and the same again is none", () => {
  const known = after(snapshot(9, [banner("sparky", 9)]));
  const online = banner("sparky", 9, { presence: "online" });

  assert.deepEqual(told(known.changes(changes(9, "h2", online), NOON)), ["sparky 9"]);
  assert.deepEqual(told(known.changes(changes(9, "h2", online), NOON)), []);
});

test("a snapshot that is not recovered replaces everything", () => {
  const known = after(snapshot(9, [banner("sparky", 3), banner("stormy", 9)]));

  const news = known.snapshot(snapshot(12, [banner("stormy", 12)]), NOON);

  assert.deepEqual(told(news), ["gone sparky", "stormy 12"]);
  assert.deepEqual([...known.banners.keys()], ["stormy"]);
});

test("a snapshot that is recovered adds to what is known", () => {
  const known = after(snapshot(9, [banner("sparky", 3), banner("stormy", 9)]));

  const news = known.snapshot(snapshot(12, [banner("stormy", 12)], { recovered: true }), NOON);

  assert.deepEqual(told(news), ["stormy 12"]);
  assert.deepEqual([...known.banners.keys()], ["sparky", "stormy"]);
});

test("a gateway that lags behind takes nothing away that is newer than its snapshot", () => {
  const known = after(snapshot(9, [banner("sparky", 8), banner("stormy", 9)]));

  const news = known.snapshot(snapshot(6, [banner("sparky", 5)]), NOON);

  assert.deepEqual(news, []);
  assert.equal(known.banners.get("sparky")?.revision, 8);
});

test("in another life of the log revisions begin anew, and nothing is recovered", () => {
  const known = after(snapshot(9, [banner("sparky", 8), banner("stormy", 9)]));
  const first = snapshot(1, [banner("sparky", 1)], { epoch: "two", recovered: true });

  const news = known.snapshot(first, NOON);

  assert.deepEqual(told(news), ["gone stormy", "sparky 1"]);
  assert.equal(known.since?.epoch, "two");
});

test("a display past its deadline is not up, whoever says so", () => {
  const known = after(snapshot(9, [showing("sparky", 9, NOON)]));

  assert.equal(known.banners.get("sparky")?.display, null);
});

test("a display is over at its deadline although nothing arrives", () => {
  const known = after(snapshot(9, [showing("sparky", 9, NOON + MINUTE)]));

  assert.equal(known.nextDeadline, NOON + MINUTE);
  assert.deepEqual(known.pass(NOON + MINUTE - 1), []);
  assert.deepEqual(told(known.pass(NOON + MINUTE)), ["sparky 9"]);
  assert.equal(known.banners.get("sparky")?.display, null);
  assert.equal(known.nextDeadline, Number.POSITIVE_INFINITY);
});

test("a message that is followed is over at its deadline although nothing arrives", () => {
  const until = new Date(NOON + MINUTE).toISOString();
  const up: Display = { id: "d-1", state: "showing", text: "Hello", by: "ada", banner: "sparky", until };
  const known = new Known();
  known.display({ ...up, revision: 4 }, NOON);

  assert.deepEqual(told(known.pass(NOON + MINUTE)), ["display d-1"]);
  assert.deepEqual([known.displays.get("d-1")?.state, known.displays.get("d-1")?.ended_at], ["ended", until]);
  assert.deepEqual(known.display({ ...up, revision: 4 }, NOON), [], "what has ended does not begin again");
});

test("a message does not go back to an older revision of its banner", () => {
  const waiting: Display = { id: "d-1", state: "queued", text: "Hello", by: "ada", banner: "sparky" };
  const known = new Known();
  known.display({ ...waiting, position: 1, revision: 5 }, NOON);

  assert.deepEqual(known.display({ ...waiting, position: 2, revision: 4 }, NOON), []);
});
