/** Whether to come back after a live channel has ended, and when. The table of reasons is the gateway's. */

import { CLOSINGS } from "./generated/closings.ts";
import { growing } from "./pauses.ts";

const LONGEST_PAUSE_MS = 6_000;
/** What a reason names beyond this was not meant for us. */
const LONGEST_ASKED_MS = 10 * 60_000;

/** Codes of WebSockets themselves after which our frames would have to change first: no text, or too long. */
const OURS_TO_MEND: ReadonlySet<number> = new Set([1007, 1009]);

type Closing = (typeof CLOSINGS)[keyof typeof CLOSINGS];

/** How a channel ended, and what there was before. */
export interface Ending {
  code: number;
  reason: string;
  /** How many channels in a row failed before this one. */
  failures: number;
  /** Whether a new token can be had. */
  renewable: boolean;
  /** From 0 to 1. */
  chance: number;
}

/** Milliseconds to wait before coming back, or null when the same again would end the same. */
export function comeBackAfterMs({ code, reason, failures, renewable, chance }: Ending): number | null {
  const closing = closingOf(code);
  const grown = growing(failures, LONGEST_PAUSE_MS, chance);
  // Also "at once" has some chance in it: whoever loses a gateway does not lose it alone.
  const atOnce = failures === 0 ? grown * chance : grown;
  if (closing === undefined) {
    return OURS_TO_MEND.has(code) ? null : atOnce;
  }
  switch (closing.retry) {
    case "AT_ONCE":
      return atOnce;
    case "AFTER":
      return namedMs(reason) ?? grown;
    case "WITH_TOKEN":
      return renewable ? atOnce : null;
    case "NEVER":
      return null;
  }
}

/** What a code means, for people. */
export function meaningOf(code: number): string {
  return closingOf(code)?.meaning ?? "The gateway gave a reason that this client does not know.";
}

function closingOf(code: number): Closing | undefined {
  return (CLOSINGS as Record<number, Closing>)[code];
}

function namedMs(reason: string): number | null {
  const found = /(\d+) ms/.exec(reason);
  return found === null ? null : Math.min(Number(found[1]), LONGEST_ASKED_MS);
}
