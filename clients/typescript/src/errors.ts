/**
 * What the client throws. A refusal is a clear no; all else did not work.
 *
 *     AirDisplayError
 *     ├── Refused         the gateway said no; its problem says why, and what to do about it
 *     ├── OutcomeUnknown      no answer came; it may or may not have been done
 *     ├── Unreadable      an answer came, and it is none that a gateway gives
 *     └── ChannelClosed    the gateway ended the live channel, and the same again would end the same
 *
 * Where an `AbortSignal` ended a call, the signal's own reason is thrown.
 */

import type { Problem, Slug } from "./types.ts";

export class AirDisplayError extends Error {
  override name = "AirDisplayError";
}

/**
 * The gateway said no. `switch (error.problem.type)` leads to the facts of each problem; a gateway that is newer
 * than this client may have others, so keep a default.
 */
export class Refused extends AirDisplayError {
  override name = "Refused";

  readonly problem: Problem;
  /** How long the gateway asks to wait before the same is tried again, if it says so. */
  readonly retryAfterMs: number | null;

  constructor(problem: Problem, retryAfterMs: number | null = null) {
    super(`${problem.title}: ${problem.detail}`);
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether this is the problem of that name; then its facts are known by their types. */
  is<S extends Slug>(slug: S): this is { problem: Extract<Problem, { type: `/problems/${S}` }> } {
    return this.problem.type === `/problems/${slug}`;
  }
}

/** No answer came, however often it was asked. The same call with the same `key` finds out what became of it. */
export class OutcomeUnknown extends AirDisplayError {
  override name = "OutcomeUnknown";

  /** The key to ask again with, where the call has one. */
  readonly key: string | null;

  constructor(what: string, key: string | null, cause: unknown) {
    super(`${what}: expected an answer, none came; it may or may not have been done`, { cause });
    this.key = key;
  }
}

/** Somebody answered who is no gateway, or a gateway said what no gateway says. */
export class Unreadable extends AirDisplayError {
  override name = "Unreadable";

  readonly status: number;

  constructor(what: string, status: number, found: string) {
    super(`${what}: expected an answer of AirDisplay, found status ${status} with ${found}`);
    this.status = status;
  }
}

/** The gateway ended the live channel for a reason that coming back does not mend. */
export class ChannelClosed extends AirDisplayError {
  override name = "ChannelClosed";

  readonly code: number;

  constructor(code: number, meaning: string) {
    super(`The live channel was ended with ${code}: ${meaning}`);
    this.code = code;
  }
}
