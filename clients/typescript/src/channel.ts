/**
 * The live channel, kept: opened, resumed from its position when it is lost, given up only when the gateway says that
 * coming back is no use. What is known stands in `Known`; what a reader is told, in `WatchEvent`.
 */

import type { ServerClock } from "./clock.ts";
import { comeBackAfterMs, meaningOf } from "./closings.ts";
import { ChannelClosed } from "./errors.ts";
import { Known, type News } from "./known.ts";
import { Line, type LineEnd } from "./line.ts";
import { pause } from "./pauses.ts";
import { current, type Token } from "./token.ts";
import type { Measured, ServerFrame } from "./types.ts";
import { asksForBanners, framesFor, type Wanted } from "./wanted.ts";

/** How the line is: `live` means that what was told is newest. */
export type Connection = "connecting" | "live" | "reconnecting" | "offline";

export type WatchEvent =
  | { type: "connection"; connection: Connection }
  | News
  | { type: "telemetry"; measured: Measured }
  | { type: "problem"; code: string; detail: string };

const PROTOCOL = 1;
/** As WebSockets say it. */
const OTHER_PROTOCOL = 1002;
const OFFLINE_AFTER_MS = 10_000;
/** Only a line that has lasted makes up for those that failed before it. */
const STEADY_AFTER_MS = 10_000;
const TIMER_AT_MOST_MS = 2 ** 31 - 1;

export class Channel {
  readonly known = new Known();
  readonly #address: URL;
  readonly #token: Token | undefined;
  readonly #clock: ServerClock;
  readonly #wanted: Wanted;
  readonly #displays: Set<string>;
  readonly #tell: (event: WatchEvent) => void;
  #connection: Connection = "connecting";
  #line: Line | null = null;
  #greeted = false;
  #liveSince: number | null = null;
  #failures = 0;
  #offline: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #comeBack: AbortController | null = null;

  constructor(
    address: URL,
    token: Token | undefined,
    clock: ServerClock,
    wanted: Wanted,
    tell: (event: WatchEvent) => void,
  ) {
    this.#address = address;
    this.#token = token;
    this.#clock = clock;
    this.#wanted = wanted;
    this.#displays = new Set(wanted.displays);
    this.#tell = tell;
    framesFor(wanted, undefined); // so that what cannot be asked for is said at once
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Watch these displays, too. */
  more(displays: Iterable<string>): void {
    const added = [...displays].filter((id) => !this.#displays.has(id));
    for (const id of added) {
      this.#displays.add(id);
    }
    if (this.#greeted) {
      this.#ask({ displays: added });
    }
  }

  /**
   * Keep the channel until the signal says otherwise; then returns.
   *
   * @throws {ChannelClosed} the gateway ended it, and the same again would end the same
   */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = () => this.#line?.close();
    const onOnline = () => this.#comeBack?.abort();
    signal.addEventListener("abort", onAbort);
    globalThis.addEventListener?.("online", onOnline);
    this.#tell({ type: "connection", connection: this.#connection });
    this.#worry();
    try {
      while (!signal.aborted) {
        const wait = this.#pauseAfter(await this.#oneLine(signal));
        await this.#patience(wait, signal);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      globalThis.removeEventListener?.("online", onOnline);
      clearTimeout(this.#offline);
      clearTimeout(this.#deadline);
    }
  }

  /** One line, from its opening to its end. */
  async #oneLine(signal: AbortSignal): Promise<LineEnd> {
    let token: string | undefined;
    try {
      token = await current(this.#token);
    } catch {
      return { code: 0, reason: "no token could be had" };
    }
    if (signal.aborted) {
      return { code: 0, reason: "aborted" };
    }
    this.#line = new Line(this.#address, (frame, line) => this.#receive(frame, line, token));
    const end = await this.#line.ended;
    this.#line = null;
    this.#greeted = false;
    return end;
  }

  #receive(frame: ServerFrame, line: Line, token: string | undefined): void {
    const now = () => this.#clock.now();
    switch (frame.op) {
      case "hello":
        this.#clock.set(frame.now);
        this.known.hello(frame);
        if ((frame.protocol ?? PROTOCOL) !== PROTOCOL) {
          line.close({
            code: OTHER_PROTOCOL,
            reason: `expected protocol ${PROTOCOL}, found ${frame.protocol}`,
          });
        } else if (!this.#greeted) {
          this.#begin(line, token);
        }
        break;
      case "snapshot":
        this.#report(this.known.snapshot(frame, now()));
        this.#say("live");
        break;
      case "changes":
        this.#report(this.known.changes(frame, now()));
        break;
      case "displays":
        this.#report(frame.displays.flatMap((each) => this.known.display(each, now())));
        break;
      case "telemetry":
        for (const measured of frame.measured) {
          this.#tell({ type: "telemetry", measured });
        }
        break;
      case "error":
        this.#tell({ type: "problem", code: frame.code, detail: frame.detail });
        this.#onProblem(frame.code, frame.detail, line);
        break;
    }
  }

  #onProblem(code: string, detail: string, line: Line): void {
    if (code === "mesh-unavailable" && asksForBanners(this.#wanted)) {
      // The line is there, and nothing is behind it; a snapshot comes when that has changed.
      this.#say("reconnecting");
    } else if (code === "unknown-banner" && this.known.isNamedIn(detail)) {
      // It was there, and is not any more: the whole of what was asked for says which are left.
      line.send({ op: "watch", banners: [...(this.#wanted.banners ?? [])] });
    } else if (code === "too-many-frames") {
      line.close(); // what was asked was not obeyed; it is asked again on the next one
    }
  }

  #begin(line: Line, token: string | undefined): void {
    this.#greeted = true;
    if (token !== undefined) {
      line.send({ op: "authorize", token });
    }
    this.#ask({ ...this.#wanted, displays: this.#openDisplays() });
    if (!asksForBanners(this.#wanted)) {
      this.#say("live");
    }
  }

  #ask(wanted: Wanted): void {
    for (const frame of framesFor(wanted, this.known.since)) {
      this.#line?.send(frame);
    }
  }

  /** Those that were asked for, and one's own that were heard of: so that no end is missed. */
  #openDisplays(): string[] {
    const heard = [...this.known.displays.values()];
    const ended = new Set(heard.filter(({ state }) => state === "ended").map(({ id }) => id));
    return [...this.#displays, ...heard.map(({ id }) => id)].filter((id) => !ended.has(id));
  }

  #report(news: News[]): void {
    for (const each of news) {
      this.#tell(each);
    }
    this.#awaitDeadline();
  }

  #awaitDeadline(): void {
    clearTimeout(this.#deadline);
    const left = this.known.nextDeadline - this.#clock.now();
    if (left !== Number.POSITIVE_INFINITY) {
      const ms = Math.min(Math.max(0, Math.ceil(left)), TIMER_AT_MOST_MS);
      this.#deadline = setTimeout(() => this.#report(this.known.pass(this.#clock.now())), ms);
    }
  }

  /** Milliseconds until the next line is opened. */
  #pauseAfter({ code, reason }: LineEnd): number {
    const lasted = this.#liveSince === null ? 0 : performance.now() - this.#liveSince;
    this.#failures = lasted > STEADY_AFTER_MS ? 0 : this.#failures;
    const renewable = typeof this.#token === "function";
    const ms = comeBackAfterMs({ code, reason, failures: this.#failures, renewable, chance: Math.random() });
    if (code === OTHER_PROTOCOL) {
      throw new ChannelClosed(code, reason);
    }
    if (ms === null) {
      throw new ChannelClosed(code, meaningOf(code));
    }
    this.#failures += 1;
    return ms;
  }

  async #patience(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return;
    }
    if (this.#connection === "live") {
      this.#say("reconnecting");
    }
    this.#comeBack = new AbortController();
    try {
      await pause(ms, AbortSignal.any([signal, this.#comeBack.signal]));
    } catch {
      // There is no more reason to wait: the network is back, or the reader has gone.
    }
  }

  #say(connection: Connection): void {
    if (connection === "live") {
      clearTimeout(this.#offline);
      this.#liveSince = performance.now();
    } else {
      this.#liveSince = null;
      this.#worry();
    }
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.#tell({ type: "connection", connection });
    }
  }

  /** Say that there is no line, when there is none for long. */
  #worry(): void {
    clearTimeout(this.#offline);
    this.#offline = setTimeout(() => {
      this.#connection = "offline";
      this.#tell({ type: "connection", connection: "offline" });
    }, OFFLINE_AFTER_MS);
  }
}
