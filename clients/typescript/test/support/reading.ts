/** Reading what comes, until it is what a test waits for. */

import assert from "node:assert/strict";
import { AirDisplayError, Refused, type Slug, type WatchEvent, type Watching } from "../../src/index.ts";

/** A reader of a watch that goes on where it stopped. */
export class Reader {
  readonly seen: WatchEvent[] = [];
  readonly #events: AsyncIterator<WatchEvent>;

  constructor(watching: Watching) {
    this.#events = watching[Symbol.asyncIterator]();
  }

  /** The next event that is so; those before it are in `seen`, too. */
  async until<E extends WatchEvent>(isIt: (event: WatchEvent) => event is E): Promise<E>;
  async until(isIt: (event: WatchEvent) => boolean): Promise<WatchEvent>;
  async until(isIt: (event: WatchEvent) => boolean): Promise<WatchEvent> {
    while (true) {
      const { value, done } = await this.#events.next();
      if (done) {
        throw new Error(`the watch ended; seen: ${JSON.stringify(this.seen)}`);
      }
      this.seen.push(value);
      if (isIt(value)) {
        return value;
      }
    }
  }

  /** What ended the watch, read to its end: a failure, or undefined. */
  async end(): Promise<unknown> {
    try {
      while (true) {
        const { value, done } = await this.#events.next();
        if (done) {
          return undefined;
        }
        this.seen.push(value);
      }
    } catch (failure) {
      return failure;
    }
  }

  async leave(): Promise<void> {
    await this.#events.return?.();
  }
}

export function becomes(connection: string): (event: WatchEvent) => boolean {
  return (event) => event.type === "connection" && event.connection === connection;
}

/** A state of a banner with this text, or with none. */
export function isShowing(banner: string, text: string | null): (event: WatchEvent) => boolean {
  return (event) =>
    event.type === "state" && event.banner.id === banner && (event.banner.display?.text ?? null) === text;
}

/** The refusal of a call, which must be this one. */
export async function refusal<S extends Slug>(call: Promise<unknown>, slug: S) {
  const failure = await call.then(
    () => assert.fail(`expected ${slug}, found success`),
    (error: unknown) => error,
  );
  if (!(failure instanceof Refused) || !failure.is(slug)) {
    throw failure;
  }
  assert.ok(failure instanceof AirDisplayError);
  return failure;
}
