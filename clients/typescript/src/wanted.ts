/** What a watch asks for, and the frames that say so. */

import type { ClientFrame, Since } from "./types.ts";

/** What to watch: banners by their ids or all; displays by their ids or all of one's own; what hardware measures. */
export interface Wanted {
  banners?: Iterable<string>;
  all?: boolean;
  displays?: Iterable<string>;
  mine?: boolean;
  /** The banners whose hardware to listen to. */
  telemetry?: Iterable<string>;
}

/** How many ids one frame may name. */
const NAMED_AT_MOST = 1_000;
/** How many messages one channel may follow; a frame that names more is refused as a whole. */
const DISPLAYS_AT_MOST = 100;

/** Whether a snapshot answers it. */
export function asksForBanners({ all, banners }: Wanted): boolean {
  return all === true || (banners !== undefined && [...banners].length > 0);
}

/**
 * The frames that ask for it. Banners stand in one frame, because one snapshot answers them.
 *
 * @throws {RangeError} more banners are named than one frame may name
 */
export function framesFor(wanted: Wanted, since: Since | undefined): ClientFrame[] {
  const frames: ClientFrame[] = [];
  if (asksForBanners(wanted)) {
    const which = wanted.all === true ? { all: true } : { banners: named(wanted.banners) };
    frames.push({ op: "watch", ...which, ...(since === undefined ? {} : { since }) });
  }
  if (wanted.mine === true) {
    frames.push({ op: "watch", mine: true });
  }
  for (const displays of portions(wanted.displays, DISPLAYS_AT_MOST)) {
    frames.push({ op: "watch", displays });
  }
  for (const telemetry of portions(wanted.telemetry, NAMED_AT_MOST)) {
    frames.push({ op: "watch", telemetry });
  }
  return frames;
}

function named(ids: Iterable<string> = []): string[] {
  const all = [...new Set(ids)];
  if (all.length > NAMED_AT_MOST) {
    throw new RangeError(`expected at most ${NAMED_AT_MOST} banners by name, found ${all.length}: watch all`);
  }
  return all;
}

function* portions(ids: Iterable<string> | undefined, size: number): Generator<string[]> {
  const all = [...new Set(ids ?? [])];
  for (let start = 0; start < all.length; start += size) {
    yield all.slice(start, start + size);
  }
}
