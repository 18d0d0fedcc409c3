/**
 * The client: every call of the gateway as a method, and what comes over the live channel as something to iterate over.
 *
 * A wish has one effect however often it had to be sent: calls that begin something carry a key of their own.
 */

import { Calls, type Retries } from "./calls.ts";
import type { WatchEvent } from "./channel.ts";
import { ServerClock } from "./clock.ts";
import type { Token } from "./token.ts";
import type {
  Banner,
  BannerInFull,
  BannerStatus,
  Display,
  HistoryItem,
  NewBanner,
  Slug,
  TelemetryItem,
} from "./types.ts";
import type { Wanted } from "./wanted.ts";
import { Watching } from "./watch.ts";

export interface Options {
  /** Where the gateway is, such as `https://airdisplay.example`. */
  url: string;
  /** Who calls; without it a guest. A function is asked again whenever a token is needed. */
  token?: Token;
  /** What sends requests, where it is not to be the platform's own. */
  fetch?: typeof fetch;
  /** How long to go on when no answer comes. */
  retries?: Partial<Retries>;
}

export interface Asking {
  signal?: AbortSignal;
}

export interface Wishing extends Asking {
  /** The same key is the same wish, also after this program was started again. */
  key?: string;
}

interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

const PAGE = 100;
const KEY_BYTES = 16;

export class AirDisplay {
  readonly #calls: Calls;
  readonly #token: Token | undefined;
  readonly #clock = new ServerClock();

  constructor({ url, token, fetch: fetcher, retries }: Options) {
    this.#token = token;
    const send: typeof fetch = fetcher ?? ((...request) => globalThis.fetch(...request));
    this.#calls = new Calls(url, token, send, retries ?? {});
  }

  /** Show a text on a banner now. Refused as `busy` while another one shows. */
  show(banner: string, text: string, wish: Wishing = {}): Promise<Display> {
    return this.#begin<Display>(`${bannerPath(banner)}/display`, { text }, wish);
  }

  /** Show a text on a banner once those who came before have had their turn. */
  queue(banner: string, text: string, wish: Wishing = {}): Promise<Display> {
    return this.#begin<Display>(`${bannerPath(banner)}/display`, { text, when: "queue" }, wish);
  }

  /** Show a text on any free banner, or on any with a tag; it waits in the lobby where all are taken. */
  showAnywhere(text: string, { tag, ...wish }: Wishing & { tag?: string } = {}): Promise<Display> {
    return this.#begin<Display>("v1/displays", tag === undefined ? { text } : { text, tag }, wish);
  }

  /** What has become of a message. */
  display(id: string, { signal }: Asking = {}): Promise<Display> {
    return this.#get<Display>(displayPath(id), {}, signal);
  }

  /** End a message of one's own, or wait no more. */
  async takeBack(id: string, { signal }: Asking = {}): Promise<void> {
    await this.#end(displayPath(id), "not-showing", signal);
  }

  /**
   * Let what shows read differently, provided that `revision` is still the newest; its deadline stays. Never sent
   * again where it may have been done: whoever gets an `OutcomeUnknown` looks at the banner.
   */
  async mend(banner: string, text: string, revision: number, { signal }: Asking = {}): Promise<Banner> {
    const path = `${bannerPath(banner)}/display`;
    const headers = { "If-Match": `"${revision}"` };
    const answer = await this.#calls.send({
      method: "PUT",
      path,
      body: { text },
      headers,
      repeatable: false,
      signal,
    });
    return answer.body as Banner;
  }

  /** One banner, as the store has it now, with the newest of each kind that is measured on it. */
  banner(id: string, { signal }: Asking = {}): Promise<BannerInFull> {
    return this.#get<BannerInFull>(bannerPath(id), {}, signal);
  }

  /**
   * What is measured on a banner: the newest of each kind; or of one `kind`, the oldest first, everything `since` a
   * time, else the last hundred.
   */
  telemetry(
    banner: string,
    { signal, ...which }: { kind?: string; since?: string } & Asking = {},
  ): AsyncGenerator<TelemetryItem, void> {
    return this.#pages<TelemetryItem>(`${bannerPath(banner)}/telemetry`, "cursor", which, signal);
  }

  /** All banners in the order of their ids, or those that are so. */
  banners(which: { tag?: string; status?: BannerStatus } & Asking = {}): AsyncGenerator<Banner, void> {
    const { signal, ...query } = which;
    return this.#pages<Banner>("v1/banners", "cursor", query, signal);
  }

  /** What was decided about a banner, the newest first. */
  history(banner: string, { signal }: Asking = {}): AsyncGenerator<HistoryItem, void> {
    return this.#pages<HistoryItem>(`${bannerPath(banner)}/history`, "before", {}, signal);
  }

  /** Nothing shows on a banner until it is released. For operators. */
  async hold(banner: string, reason: string, { signal }: Asking = {}): Promise<Banner> {
    const path = `${bannerPath(banner)}/hold`;
    const answer = await this.#calls.send({
      method: "PUT",
      path,
      body: { reason },
      repeatable: true,
      signal,
    });
    return answer.body as Banner;
  }

  /** End a hold; the queue goes on. For operators. */
  async release(banner: string, { signal }: Asking = {}): Promise<void> {
    await this.#end(`${bannerPath(banner)}/hold`, "not-held", signal);
  }

  /** A new banner. For operators. */
  register(banner: NewBanner, wish: Wishing = {}): Promise<Banner> {
    return this.#begin<Banner>("v1/banners", banner, wish);
  }

  /** Watch banners, displays and telemetry through one live channel, which reconnects and resumes by itself. */
  watch({ signal, ...wanted }: Wanted & Asking): Watching {
    const address = this.#calls.address("v1/live");
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    return new Watching(address, this.#token, this.#clock, wanted, signal);
  }

  /**
   * What becomes of a message, from now until it has ended.
   *
   * @throws {Refused} `unknown-display`
   */
  async *follow(id: string, { signal }: Asking = {}): AsyncGenerator<Display, void> {
    const watching = this.watch({ displays: [id], ...(signal === undefined ? {} : { signal }) });
    for await (const event of watching) {
      if (event.type === "display") {
        yield event.display;
        if (event.display.state === "ended") {
          return;
        }
      }
      await this.#refuseUnknown(event, id, signal);
    }
  }

  /** The live channel knows a code and a sentence; the call over HTTP has the whole problem. */
  async #refuseUnknown(event: WatchEvent, id: string, signal: AbortSignal | undefined): Promise<void> {
    if (event.type === "problem" && event.code === "unknown-display") {
      await this.#get(displayPath(id), {}, signal);
    }
  }

  async #begin<Body>(path: string, body: object, { key, signal }: Wishing): Promise<Body> {
    const call = { method: "POST", path, body, key: key ?? newKey(), repeatable: true, signal } as const;
    return (await this.#calls.send(call)).body as Body;
  }

  async #get<Body>(
    path: string,
    query: Record<string, string | number | undefined>,
    signal: AbortSignal | undefined,
  ): Promise<Body> {
    return (await this.#calls.send({ method: "GET", path, query, repeatable: true, signal })).body as Body;
  }

  /** End what is there. Where the answer to that was lost, that it is over already means that it was done. */
  async #end(path: string, over: Slug, signal: AbortSignal | undefined): Promise<void> {
    await this.#calls.send({ method: "DELETE", path, repeatable: true, overMeansDone: over, signal });
  }

  async *#pages<Item>(
    path: string,
    from: string,
    query: Record<string, string | undefined>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Item, void> {
    let cursor: string | undefined;
    do {
      const page = await this.#get<Page<Item>>(path, { ...query, limit: PAGE, [from]: cursor }, signal);
      yield* page.items;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
}

function bannerPath(banner: string): string {
  return `v1/banners/${encodeURIComponent(banner)}`;
}

function displayPath(id: string): string {
  return `v1/displays/${encodeURIComponent(id)}`;
}

/** Not `randomUUID`, which is missing on pages that came over plain HTTP from another machine. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
