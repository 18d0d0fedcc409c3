/**
 * The live channel: open it, keep it, come back when it is lost. A line on which nothing comes any more,
 * not even a ping, counts as lost, whatever the browser thinks of it.
 */

import { elapsed } from "./clock.js";

/** @typedef {"connecting" | "live" | "reconnecting" | "offline"} State */
/** @typedef {{epoch: string, revision: number, hardware: string}} Position */

const SLOW = 4008;
// Whoever does the same again is told the same again.
const NOT_ALLOWED = 4003;
const BAD_FRAMES = 4006;

const PULSE_MS = 250;
const SNAPSHOT_WITHIN_MS = 10_000;
const HEARTBEATS_MISSED = 2;
const OFFLINE_AFTER_MS = 10_000;
const STEADY_AFTER_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const SLOW_PAUSE_MS = 3_000;
const LONGEST_PAUSE_MS = 6_000;

export class Live {
  #url;
  #clock;
  #listener;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {State} */
  #state = "connecting";
  #everLive = false;
  #greeted = false;
  #epoch = "";
  /** What was told so far: with it as `since`, only what is newer is told. @type {Position | null} */
  #position = null;
  #over = false;
  #silenceMs = SNAPSHOT_WITHIN_MS;
  /** When the line counts as lost, or when to try again. */
  #due = 0;
  #since = elapsed();
  #attempts = 0;

  /**
   * @param {string} url
   * @param {import("./clock.js").ServerClock} clock
   * @param {{onState: (state: State) => void, onClock: () => void,
   *   onSnapshot: (frame: object, epoch: string) => void, onChanges: (banners: object[]) => void,
   *   onDisplays: (displays: object[]) => void, onUnknown: () => void, followed: () => string[]}} listener
   */
  constructor(url, clock, listener) {
    this.#url = url;
    this.#clock = clock;
    this.#listener = listener;
  }

  start() {
    setInterval(() => this.#look(), PULSE_MS);
    for (const [target, sign] of [[window, "online"], [window, "offline"], [document, "visibilitychange"]]) {
      target.addEventListener(sign, () => this.#nudge());
    }
    this.#open();
  }

  /** Be told of a display, now and after every loss of the line as long as it is among those followed. */
  follow(id) {
    if (this.#greeted) {
      this.#send({ op: "watch", displays: [id] });
    }
  }

  /** Once every pulse: a machine that slept through its timers finds out at the next one. */
  #look() {
    if (!this.#over && elapsed() >= this.#due) {
      if (this.#socket === null) {
        this.#open();
      } else {
        this.#lose(pauseBefore(this.#attempts));
      }
    }
    this.#say();
  }

  /** Something has changed for the better, perhaps: do not wait for the end of the pause. */
  #nudge() {
    if (this.#socket === null && navigator.onLine && document.visibilityState === "visible") {
      this.#due = 0;
    }
    this.#look();
  }

  #open() {
    this.#attempts += 1;
    this.#silenceMs = SNAPSHOT_WITHIN_MS;
    this.#due = elapsed() + SNAPSHOT_WITHIN_MS;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) {
        this.#receive(JSON.parse(data));
      }
    };
    socket.onclose = ({ code, reason }) => {
      if (socket === this.#socket) {
        this.#over = code === NOT_ALLOWED || code === BAD_FRAMES;
        this.#lose(pauseBefore(this.#attempts, code, reason));
      }
    };
  }

  #lose(pause) {
    if (this.#state === "live") {
      // Only a line that has lasted makes up for those that failed before it.
      this.#attempts = elapsed() - this.#since > STEADY_AFTER_MS ? 0 : this.#attempts;
      this.#since = elapsed();
    }
    const socket = this.#socket;
    this.#socket = null;
    this.#greeted = false;
    this.#due = elapsed() + pause;
    socket.close();
    this.#say();
  }

  #receive(frame) {
    this.#due = elapsed() + this.#silenceMs;
    switch (frame.op) {
      case "hello":
        this.#clock.set(frame.now);
        this.#epoch = frame.epoch;
        this.#silenceMs = HEARTBEATS_MISSED * frame.heartbeat_ms;
        this.#greeted = true;
        this.#send({ op: "watch", all: true, ...(this.#position && { since: this.#position }) });
        this.#followAll(this.#listener.followed());
        this.#listener.onClock();
        break;
      case "snapshot":
        this.#epoch = frame.epoch ?? this.#epoch;
        this.#listener.onSnapshot(frame, this.#epoch);
        this.#reach(frame);
        this.#since = elapsed();
        this.#say("live");
        break;
      case "changes":
        this.#listener.onChanges(frame.banners);
        this.#reach(frame);
        break;
      case "displays":
        this.#listener.onDisplays(frame.displays);
        break;
      case "ping":
        this.#send({ op: "pong" });
        break;
      case "error":
        if (frame.code === "unknown-display") {
          this.#listener.onUnknown();
          break;
        }
        console.warn(`live channel: ${frame.code}: ${frame.detail}`);
        if (frame.code === "mesh-unavailable") {
          // The line is there, and nothing is behind it. The gateway sends a snapshot when that has changed.
          this.#since = elapsed();
          this.#say("reconnecting");
        }
        break;
    }
  }

  /** Everything up to here has been taken. */
  #reach({ revision, hardware }) {
    if (revision !== undefined) {
      this.#position = { epoch: this.#epoch, revision, hardware: hardware ?? "" };
    }
  }

  #followAll(displays) {
    if (displays.length > 0) {
      this.#send({ op: "watch", displays });
    }
  }

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  #say(state = this.#newState()) {
    this.#everLive ||= state === "live";
    if (state !== this.#state) {
      this.#state = state;
      this.#listener.onState(state);
    }
  }

  #newState() {
    if (this.#socket !== null && this.#state === "live") {
      return "live";
    }
    if (this.#over || !navigator.onLine || elapsed() - this.#since > OFFLINE_AFTER_MS) {
      return "offline";
    }
    return this.#everLive ? "reconnecting" : "connecting";
  }
}

/**
 * Milliseconds to wait before coming back: what the gateway asked for, else longer after every failure;
 * always with some chance in it, so that not everybody comes back at once.
 */
function pauseBefore(attempts, code = 0, reason = "") {
  const asked = code >= 4000 ? /in (\d+) ms/.exec(reason) : null;
  if (asked !== null) {
    return Math.min(Number(asked[1]), LONGEST_PAUSE_MS);
  }
  const first = code === SLOW ? SLOW_PAUSE_MS : FIRST_PAUSE_MS;
  const longest = Math.min(LONGEST_PAUSE_MS, first * 2 ** Math.max(0, attempts - 1));
  return longest * (0.5 + Math.random() / 2);
}
