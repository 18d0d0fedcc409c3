/**
 * What the store says of every banner, as far as this page was told. A state is taken when it is newer,
 * so it does not matter by which way, or through which gateway, it came.
 *
 * @typedef {{id: string, text: string, by: string, shown_at: string, until: string}} Display
 * @typedef {{id: string, name: string, tags: string[], revision: number, display: Display | null,
 *   queue_length?: number, approve_first?: boolean, hold?: {reason: string} | null,
 *   confirmation: {state: "showing" | "confirmed" | "unconfirmed"} | null,
 *   presence: "online" | "offline", last_seen: string | null, offline_note: string | null,
 *   offline_because: "silent" | "left" | "never-seen" | null}} Banner
 */

export class Board {
  #clock;
  #banners = new Map();
  #epoch = "";
  #onChange;
  #onRemove;

  /**
   * @param {import("./clock.js").ServerClock} clock
   * @param {{onChange: (banner: Banner) => void, onRemove: (id: string) => void}} listener
   */
  constructor(clock, { onChange, onRemove }) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#onRemove = onRemove;
  }

  /** @returns {Banner | undefined} */
  get(id) {
    return this.#banners.get(id);
  }

  /** What a banner shows: nothing once the deadline is reached, whoever has said so or not. */
  showing({ display }) {
    return display !== null && this.#clock.now() < Date.parse(display.until) ? display : null;
  }

  /**
   * Whether it is free; between two turns it is not, although nothing shows.
   * @returns {"free" | "busy" | "held" | "turning"}
   */
  state(banner) {
    if (banner.hold) {
      return "held";
    }
    if (this.showing(banner) !== null) {
      return "busy";
    }
    return banner.queue_length > 0 ? "turning" : "free";
  }

  /** That in words, for one that shows with the seconds left. */
  status(banner, left) {
    const words = { free: "Free", held: "On hold", turning: "Next in line" };
    return words[this.state(banner)] ?? `Busy ${left} s`;
  }

  /**
   * All banners as of a revision, or, `recovered`, those that are newer than what was told before. Revisions of
   * another life of the log cannot be compared: then this replaces all.
   */
  takeSnapshot({ revision, recovered, banners }, epoch) {
    if (recovered && epoch === this.#epoch) {
      this.takeChanges(banners);
      return;
    }
    const told = new Set(banners.map(({ id }) => id));
    for (const { id, revision: known } of [...this.#banners.values()]) {
      if (epoch !== this.#epoch || (!told.has(id) && known <= revision)) {
        this.#banners.delete(id);
        if (!told.has(id)) {
          this.#onRemove(id);
        }
      }
    }
    this.#epoch = epoch;
    this.takeChanges(banners);
  }

  /** @param {Banner[]} banners */
  takeChanges(banners) {
    for (const banner of banners) {
      const known = this.#banners.get(banner.id);
      if (known === undefined || banner.revision >= known.revision) {
        this.#banners.set(banner.id, banner);
        this.#onChange(banner);
      }
    }
  }

  /** What an answer told of a banner's display, which may come before the change itself does, or after it. */
  learn(id, revision, display) {
    const known = this.#banners.get(id);
    if (known !== undefined) {
      const confirmation = display === null ? null : { state: "showing" };
      this.takeChanges([revision > known.revision ? { ...known, revision, display, confirmation } : known]);
    }
  }
}
