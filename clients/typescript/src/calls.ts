/**
 * One call over HTTP, carried through: sent again while that may help and can do no harm, for a bounded time.
 * The answer is a body, or a `Refused`; who asks what is left to `client.ts`.
 */

import { Refused, OutcomeUnknown, Unreadable } from "./errors.ts";
import { growing, pause, retryAfterMs } from "./pauses.ts";
import { current, type Token } from "./token.ts";
import type { Problem, Slug } from "./types.ts";

const PROBLEM_TYPE = "application/problem+json";

/** Nothing was done, so the same may be asked again even where it must not be done twice. */
const NOTHING_DONE: ReadonlySet<string> = new Set<Problem["type"]>([
  "/problems/mesh-unavailable",
  "/problems/overloaded",
  "/problems/too-late",
  "/problems/too-many-requests",
  "/problems/too-slow",
]);
/** Whoever answers with these may have lost the answer of another one. */
const OUTCOME_OPEN: ReadonlySet<number> = new Set([502, 503, 504]);

/** How long to go on when no answer comes, or the gateway says "not now". */
export interface Retries {
  /** How often to send, at most. */
  attempts: number;
  /** After which time not to send again. */
  withinMs: number;
  /** How long to wait for the answer to one. */
  answerWithinMs: number;
}

export const RETRIES: Retries = { attempts: 6, withinMs: 20_000, answerWithinMs: 10_000 };
const LONGEST_PAUSE_MS = 4_000;

export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: object;
  headers?: Record<string, string>;
  /** Whether sending it twice does no more than sending it once. */
  repeatable: boolean;
  /** Under which it is known to the gateway, however often it is sent. */
  key?: string;
  /** The refusal that says that it was done already: good news where an answer was lost before. */
  overMeansDone?: Slug;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  body: unknown;
}

type Missed = Refused | OutcomeUnknown | Unreadable;

export class Calls {
  readonly #base: URL;
  readonly #token: Token | undefined;
  readonly #fetch: typeof fetch;
  readonly #retries: Retries;

  constructor(url: string, token: Token | undefined, fetcher: typeof fetch, retries: Partial<Retries>) {
    this.#base = new URL(url.endsWith("/") ? url : `${url}/`);
    this.#token = token;
    this.#fetch = fetcher;
    this.#retries = { ...RETRIES, ...retries };
  }

  /** The address of a path. */
  address(path: string, query: Call["query"] = {}): URL {
    const address = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) {
        address.searchParams.set(name, String(value));
      }
    }
    return address;
  }

  /**
   * Carry a call through.
   *
   * @throws {Refused} the gateway says no, or still says "not now"
   * @throws {OutcomeUnknown} no answer came
   * @throws {Unreadable} an answer came that is none of AirDisplay
   */
  async send(call: Call): Promise<Answer> {
    const began = performance.now();
    const named = call.key === undefined ? call : withKey(call, call.key);
    let sentBefore = false;
    for (let failures = 0; ; failures += 1) {
      const found = await this.#once(named);
      if (!(found instanceof Error)) {
        return found;
      }
      if (
        sentBefore &&
        found instanceof Refused &&
        found.problem.type === `/problems/${call.overMeansDone}`
      ) {
        return { status: 204, body: undefined };
      }
      const wait = this.#pauseAfter(found, call, failures);
      const passed = performance.now() - began;
      if (wait === null || failures + 1 >= this.#retries.attempts || passed + wait > this.#retries.withinMs) {
        throw isOpen(found) || (sentBefore && isNotNow(found)) ? outcomeUnknown(call, found) : found;
      }
      sentBefore ||= isOpen(found);
      await pause(wait, call.signal);
    }
  }

  /** One answer, or why there is none. */
  async #once(call: Call): Promise<Answer | Missed> {
    const within = AbortSignal.timeout(this.#retries.answerWithinMs);
    const signal = call.signal === undefined ? within : AbortSignal.any([call.signal, within]);
    call.signal?.throwIfAborted();
    const headers = await this.#headers(call);
    try {
      const response = await this.#fetch(this.address(call.path, call.query), {
        method: call.method,
        headers,
        signal,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      });
      return read(whatOf(call), response, await response.text());
    } catch (error) {
      call.signal?.throwIfAborted();
      return new OutcomeUnknown(whatOf(call), call.key ?? null, error);
    }
  }

  async #headers(call: Call): Promise<Record<string, string>> {
    const token = await current(this.#token);
    return {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(call.body === undefined ? {} : { "Content-Type": "application/json" }),
      ...call.headers,
    };
  }

  /** Milliseconds before the same is sent again, or null when it shall not be. */
  #pauseAfter(found: Missed, call: Call, failures: number): number | null {
    const again = (call.repeatable && isOpen(found)) || isNotNow(found);
    if (!again) {
      return null;
    }
    const asked = found instanceof Refused ? (found.retryAfterMs ?? 0) : 0;
    return asked + growing(failures, LONGEST_PAUSE_MS, Math.random());
  }
}

function withKey(call: Call, key: string): Call {
  return { ...call, headers: { ...call.headers, "Idempotency-Key": key } };
}

function read(what: string, response: Response, text: string): Answer | Missed {
  const { status } = response;
  const kind = (response.headers.get("Content-Type") ?? "").split(";", 1)[0]?.trim() ?? "";
  const body = parsed(text);
  if (response.ok && (body !== undefined || text === "")) {
    return { status, body };
  }
  if (kind === PROBLEM_TYPE && body !== undefined) {
    return new Refused(body as Problem, retryAfterMs(response.headers.get("Retry-After"), Date.now()));
  }
  return new Unreadable(what, status, kind || "nothing");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether it may have been done all the same. */
function isOpen(found: Missed): boolean {
  if (found instanceof Refused) {
    return OUTCOME_OPEN.has(found.problem.status) && !isNotNow(found);
  }
  return found instanceof OutcomeUnknown || OUTCOME_OPEN.has(found.status);
}

/** Whether the gateway said that it did nothing, and may do it later. */
function isNotNow(found: Missed): boolean {
  return found instanceof Refused && NOTHING_DONE.has(found.problem.type);
}

function outcomeUnknown(call: Call, found: Missed): OutcomeUnknown {
  return found instanceof OutcomeUnknown ? found : new OutcomeUnknown(whatOf(call), call.key ?? null, found);
}

function whatOf(call: Call): string {
  return `${call.method} ${call.path}`;
}
