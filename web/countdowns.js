/** Everything on the page that counts down, on one timer. */

const SECOND = 1_000;
// Hundreds of countdowns change at hundreds of different moments: take those together that are close.
const TOGETHER_MS = 40;
// The server's clock is known to within the time that its word takes to come: a minute is not "61 s" for that.
const LATENESS_MS = 150;

export class Countdowns {
  #clock;
  #running = new Map();
  #timer = 0;
  #wakesAt = Infinity;

  /** @param {import("./clock.js").ServerClock} clock */
  constructor(clock) {
    this.#clock = clock;
    // Hidden pages get few timers: be right again the moment somebody looks.
    document.addEventListener("visibilitychange", () => this.tick());
  }

  /** Whether an instant is reached. */
  isOver(until) {
    return this.#clock.now() >= Date.parse(until);
  }

  /**
   * Call `onSecond` with the seconds left, rounded up, now and whenever they change; 0 is the last call.
   * A key has one countdown: starting it again replaces it.
   * @param {string} key
   * @param {string} until
   * @param {(left: number) => void} onSecond
   */
  start(key, until, onSecond) {
    const countdown = { until: Date.parse(until), onSecond, said: -1 };
    this.#running.set(key, countdown);
    this.#wakeWithin(this.#tell(key, countdown));
  }

  /** @param {string} key */
  stop(key) {
    this.#running.delete(key);
  }

  /** Tell all whose seconds have changed; to be called when the clock was set, too. */
  tick() {
    this.#wakesAt = Infinity;
    let pause = Infinity;
    for (const [key, countdown] of this.#running) {
      pause = Math.min(pause, this.#tell(key, countdown));
    }
    this.#wakeWithin(pause);
  }

  /** Tell one, if there is something new, and return for how long there will be nothing new. */
  #tell(key, countdown) {
    const remaining = countdown.until - this.#clock.now();
    const left = secondsLeft(remaining);
    if (left === 0) {
      this.#running.delete(key);
    }
    if (left !== countdown.said) {
      countdown.said = left;
      countdown.onSecond(left);
    }
    return left === 0 ? Infinity : remaining - lastsUntil(left);
  }

  #wakeWithin(pause) {
    const wait = Math.max(Math.ceil(pause), TOGETHER_MS);
    const at = performance.now() + wait;
    if (at < this.#wakesAt) {
      clearTimeout(this.#timer);
      this.#wakesAt = at;
      this.#timer = setTimeout(() => this.tick(), wait);
    }
  }
}

/** 0 only once the end is reached. */
function secondsLeft(remaining) {
  return remaining <= 0 ? 0 : Math.max(1, Math.ceil((remaining - LATENESS_MS) / SECOND));
}

/** How many milliseconds remain when a number of seconds gives way to the next. */
function lastsUntil(left) {
  return left === 1 ? 0 : (left - 1) * SECOND + LATENESS_MS;
}
