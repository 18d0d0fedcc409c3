/** What waits for one reader. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Mailbox } from "../src/mailbox.ts";

test("a letter that is newer replaces an unread one of its kind, at its place", async () => {
  const mailbox = new Mailbox<string>();
  mailbox.put("sparky", "sparky 1");
  mailbox.put("stormy", "stormy 1");
  mailbox.put("sparky", "sparky 2");
  mailbox.end();

  const read: string[] = [];
  for await (const letter of mailbox.read()) {
    read.push(letter);
  }

  assert.deepEqual(read, ["sparky 2", "stormy 1"]);
});

test("a reader waits for what comes, and is told a failure after all that came before it", async () => {
  const mailbox = new Mailbox<string>();
  const reading = mailbox.read();
  const first = reading.next();
  mailbox.put("sparky", "sparky 1");
  mailbox.put("stormy", "stormy 1");
  const failure = new Error("over");
  mailbox.end(failure);

  assert.equal((await first).value, "sparky 1");
  assert.equal((await reading.next()).value, "stormy 1");
  await assert.rejects(reading.next(), failure);
});
