/** A watch as its reader sees it: events to iterate over, and what is known by now. */

import { Channel, type Connection, type WatchEvent } from "./channel.ts";
import type { ServerClock } from "./clock.ts";
import { Mailbox } from "./mailbox.ts";
import type { Token } from "./token.ts";
import type { Banner, Display } from "./types.ts";
import type { Wanted } from "./wanted.ts";

/**
 * An open watch. Iterate over it once; leaving the loop ends it. A reader that is slow gets the newest state of each
 * banner and display, not every one.
 */
export class Watching implements AsyncIterable<WatchEvent> {
  readonly #mailbox = new Mailbox<WatchEvent>();
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  readonly #channel: Channel;
  #read = false;

  constructor(
    address: URL,
    token: Token | undefined,
    clock: ServerClock,
    wanted: Wanted,
    signal: AbortSignal | undefined,
  ) {
    const own = this.#ending.signal;
    this.#signal = signal === undefined ? own : AbortSignal.any([signal, own]);
    const tell = (event: WatchEvent) => this.#mailbox.put(kindOf(event), event);
    this.#channel = new Channel(address, token, clock, wanted, tell);
  }

  /** How the line is. */
  get connection(): Connection {
    return this.#channel.connection;
  }

  /** Every banner that is watched, as it is known now. */
  get banners(): ReadonlyMap<string, Banner> {
    return this.#channel.known.banners;
  }

  /** Every display that was heard of, as it is known now. */
  get displays(): ReadonlyMap<string, Display> {
    return this.#channel.known.displays;
  }

  /** Watch these displays, too. */
  more(displays: Iterable<string>): void {
    this.#channel.more(displays);
  }

  /** The loop over it ends after what waits to be read. */
  close(): void {
    this.#ending.abort();
  }

  /**
   * The events; the channel is open while somebody iterates over them.
   *
   * @throws {ChannelClosed} the gateway ended it for good; or the reason of the signal
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent, void, undefined> {
    if (this.#read) {
      throw new Error("expected one reader, found another one: call watch() again");
    }
    this.#read = true;
    const running = this.#run();
    try {
      yield* this.#mailbox.read();
    } finally {
      this.#ending.abort();
      await running;
    }
  }

  async #run(): Promise<void> {
    try {
      await this.#channel.run(this.#signal);
      this.#mailbox.end(this.#ending.signal.aborted ? undefined : this.#signal.reason);
    } catch (failure) {
      this.#mailbox.end(failure);
    }
  }
}

/** What a newer event makes an unread one needless of. */
function kindOf(event: WatchEvent): string {
  switch (event.type) {
    case "connection":
      return "connection";
    case "state":
      return `banner ${event.banner.id}`;
    case "gone":
      return `banner ${event.banner}`;
    case "display":
      return `display ${event.display.id}`;
    case "telemetry":
      return `telemetry ${event.measured.banner} ${event.measured.kind}`;
    case "problem":
      return `problem ${event.code} ${event.detail}`;
  }
}
