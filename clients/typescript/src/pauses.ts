/** How long to wait before trying again: longer after every failure, always with some chance in it. */

const FIRST_MS = 500;
const DOUBLINGS_AT_MOST = 16;

/** Milliseconds before the attempt that follows this many failures; `chance` is a number from 0 to 1. */
export function growing(failures: number, longestMs: number, chance: number): number {
  const longest = Math.min(longestMs, FIRST_MS * 2 ** Math.min(failures, DOUBLINGS_AT_MOST));
  return longest * (0.5 + chance / 2);
}

/** What `Retry-After` asks for, in milliseconds: it names seconds or an instant. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) {
    return null;
  }
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/**
 * Wait; less long when the signal says so.
 *
 * @throws the reason of the signal
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
