/** Time: what has passed here, and what the server's clock says now. */

/** A jump of the wall clock beyond this against the steady one was sleep. */
const ASLEEP_MS = 1_000;

/**
 * The clock by which displays end: the server's, as it was told last, plus what has passed since. The steady clock
 * of a machine may stand still while it sleeps, and its wall clock may be set by people: so the steady one counts,
 * and a jump ahead of the other is taken for sleep. What comes of a jump that was none lasts until the next `set`.
 */
export class ServerClock {
  #steady = performance.now();
  #wall = Date.now();
  #asleep = 0;
  #offset = this.#wall - this.#steady;

  /** The server's clock said this just now. */
  set(instant: string): void {
    this.#offset = Date.parse(instant) - this.#passed();
  }

  /** Milliseconds after 1970, by the server's clock. */
  now(): number {
    return this.#passed() + this.#offset;
  }

  #passed(): number {
    const steady = performance.now();
    const wall = Date.now();
    const jump = wall - this.#wall - (steady - this.#steady);
    if (jump > ASLEEP_MS) {
      this.#asleep += jump;
    }
    this.#steady = steady;
    this.#wall = wall;
    return steady + this.#asleep;
  }
}
