/** Time: what has passed here, and what the server's clock says now. */

const ASLEEP_MS = 1_000;

let steady = performance.now();
let wall = Date.now();
let asleep = 0;

/**
 * Milliseconds that have passed, those included through which the machine slept; never goes back.
 * The steady clock may stand still meanwhile, and the other one people may set: a jump ahead counts as
 * sleep, which at worst makes the page ask the server anew.
 */
export function elapsed() {
  const jump = Date.now() - wall - (performance.now() - steady);
  if (jump > ASLEEP_MS) {
    asleep += jump;
  }
  steady = performance.now();
  wall = Date.now();
  return steady + asleep;
}

/** The clock by which displays end: the server's, as it was told last, plus what has passed since. */
export class ServerClock {
  #offset = Date.now() - elapsed();

  /** @param {string} instant what the server's clock says at this moment */
  set(instant) {
    this.#offset = Date.parse(instant) - elapsed();
  }

  /** Milliseconds after 1970. */
  now() {
    return elapsed() + this.#offset;
  }
}
