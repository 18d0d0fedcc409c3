/** Watching and following, against a gateway that runs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Display } from "../src/index.ts";
import { command, guest, newBanner, operator } from "./support/gateway.ts";
import { becomes, isShowing, Reader } from "./support/reading.ts";

test("a watch begins with what is there, and is live after it", async () => {
  const banner = await newBanner();
  const reader = new Reader(guest().watch({ banners: [banner] }));

  await reader.until(becomes("live"));

  assert.deepEqual(
    reader.seen.map((event) => (event.type === "connection" ? event.connection : event.type)),
    ["connecting", "state", "live"],
  );
  await reader.leave();
});

test("a watch tells of every change, in the order of revisions", async () => {
  const banner = await newBanner();
  const reader = new Reader(guest().watch({ banners: [banner] }));
  await reader.until(becomes("live"));

  const display = await guest().show(banner, "Hello");
  await reader.until(isShowing(banner, "Hello"));
  await guest().takeBack(display.id);
  await reader.until(isShowing(banner, null));
  await operator().hold(banner, "Wind");
  await reader.until((event) => event.type === "state" && event.banner.hold?.reason === "Wind");

  const revisions = reader.seen.flatMap((event) => (event.type === "state" ? [event.banner.revision] : []));
  assert.deepEqual(
    revisions,
    [...new Set(revisions)].sort((one, other) => one - other),
  );
  await reader.leave();
});

test("a watch of all is told of banners that come later, and of hardware", async () => {
  const reader = new Reader(guest().watch({ all: true }));
  await reader.until(becomes("live"));

  const banner = await newBanner();
  await reader.until(isShowing(banner, null));
  await command("beat", banner);
  await reader.until((event) => event.type === "state" && event.banner.presence === "online");

  await reader.leave();
});

test("what is known can be read beside the loop", async () => {
  const banner = await newBanner();
  await guest().show(banner, "Hello");
  const watching = guest().watch({ banners: [banner] });
  const reader = new Reader(watching);

  await reader.until(becomes("live"));

  assert.equal(watching.connection, "live");
  assert.equal(watching.banners.get(banner)?.display?.text, "Hello");
  await reader.leave();
});

test("a reader that is slow gets what is newest, and no more than one of each", async () => {
  const banner = await newBanner();
  const watching = guest().watch({ banners: [banner] });
  const reader = new Reader(watching);
  await reader.until(becomes("live"));

  for (let round = 0; round < 10; round += 1) {
    await guest("ada").takeBack((await guest("ada").show(banner, `Round ${round}`)).id);
  }
  const { revision } = await guest().banner(banner);
  while (watching.banners.get(banner)?.revision !== revision) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const before = reader.seen.length;
  await reader.until((event) => event.type === "state" && event.banner.revision === revision);

  assert.equal(reader.seen.length, before + 1);
  await reader.leave();
});

test("leaving the loop closes the channel", async () => {
  const watching = guest().watch({ all: true });

  for await (const event of watching) {
    if (event.type === "connection" && event.connection === "live") {
      break;
    }
  }

  await assert.rejects(watching[Symbol.asyncIterator]().next(), /expected one reader/);
});

test("a watch that is aborted throws the reason of its signal; one that is closed ends", async () => {
  const reason = new Error("enough");
  const aborting = new AbortController();
  const aborted = new Reader(guest().watch({ all: true, signal: aborting.signal }));
  const closing = guest().watch({ all: true });
  const closed = new Reader(closing);
  await aborted.until(becomes("live"));
  await closed.until(becomes("live"));

  aborting.abort(reason);
  closing.close();

  assert.equal(await aborted.end(), reason);
  assert.equal(await closed.end(), undefined);
});

test("a message is followed from the queue to its end", async () => {
  const banner = await newBanner();
  const first = await guest("ada").show(banner, "First");
  const second = await guest("bob").queue(banner, "Second");

  const seen: Display[] = [];
  for await (const display of guest().follow(second.id)) {
    seen.push(display);
    if (display.state === "queued") {
      await guest("ada").takeBack(first.id);
    } else if (display.state === "showing") {
      await guest("bob").takeBack(second.id);
    }
  }

  assert.deepEqual(
    seen.map(({ state }) => state),
    ["queued", "showing", "ended"],
  );
  assert.equal(seen.at(-1)?.how, "cleared");
});

test("following what never was is refused", async () => {
  const following = guest().follow("0123456789abcdef0123456789abcdef");

  await assert.rejects(following.next(), /Unknown display/);
});

test("displays can be added to a watch that is open", async () => {
  const banner = await newBanner();
  const display = await guest().show(banner, "Hello");
  const watching = guest().watch({ all: true });
  const reader = new Reader(watching);
  await reader.until(becomes("live"));

  watching.more([display.id]);
  const told = await reader.until((event) => event.type === "display");

  assert.equal(told.type === "display" && told.display.id, display.id);
  await reader.leave();
});
