/**
 * What one watch knows of banners and displays, and its position in the live channel.
 *
 * The rules: within one epoch no older revision ever follows a newer one; a snapshot that is not `recovered` replaces
 * everything; a display past its deadline is not up, whoever says so. Time comes in as a parameter; nothing here waits.
 */

import type { Banner, Changes, Display, Hello, Since, Snapshot } from "./types.ts";

/** What became known. */
export type News =
  | { type: "state"; banner: Banner }
  | { type: "gone"; banner: string }
  | { type: "display"; display: Display };

export class Known {
  readonly banners = new Map<string, Banner>();
  readonly displays = new Map<string, Display>();
  readonly #deadlines = new Map<string, number>();
  #nextDeadline = Number.POSITIVE_INFINITY;
  #greetedEpoch = "";
  #epoch: string | null = null;
  #revision = 0;
  #hardware = "";

  /** Where to go on from, once there is a position. */
  get since(): Since | undefined {
    if (this.#epoch === null) {
      return undefined;
    }
    return { epoch: this.#epoch, revision: this.#revision, hardware: this.#hardware };
  }

  /** When to call `pass` next: no deadline is before it; infinite when there is none. */
  get nextDeadline(): number {
    return this.#nextDeadline;
  }

  /** Whether a sentence names a banner that is known. */
  isNamedIn(sentence: string): boolean {
    return sentence.split(/[\s,:]+/).some((word) => this.banners.has(word));
  }

  hello(frame: Hello): void {
    this.#greetedEpoch = frame.epoch;
  }

  snapshot(frame: Snapshot, now: number): News[] {
    const epoch = frame.epoch || this.#greetedEpoch;
    const sameLife = epoch === this.#epoch;
    const gone = frame.recovered && sameLife ? [] : this.#missingFrom(frame, sameLife);
    if (!sameLife) {
      this.#forgetRevisions();
    }
    this.#epoch = epoch;
    this.#revision = frame.revision;
    this.#hardware = frame.hardware ?? "";
    return [...gone, ...this.#take(frame.banners, now)];
  }

  changes(frame: Changes, now: number): News[] {
    this.#revision = Math.max(this.#revision, frame.revision ?? 0);
    this.#hardware = frame.hardware || this.#hardware;
    return this.#take(frame.banners, now);
  }

  display(told: Display, now: number): News[] {
    const known = this.displays.get(told.id);
    const display = inTime(told, now);
    if (known !== undefined && (isSame(known, display) || isBefore(display, known))) {
      return [];
    }
    this.displays.set(display.id, display);
    this.#noteDeadline(`display ${display.id}`, deadlineOf(display));
    return [{ type: "display", display }];
  }

  /** What the clock alone has brought about. */
  pass(now: number): News[] {
    const due = [...this.#deadlines].filter(([, until]) => until <= now).map(([name]) => name);
    const news = due.flatMap((name) => this.#end(name, now));
    this.#nextDeadline = earliest(this.#deadlines.values());
    return news;
  }

  #take(banners: Banner[], now: number): News[] {
    return banners.flatMap((told) => {
      const known = this.banners.get(told.id);
      if (known !== undefined && told.revision < known.revision) {
        return [];
      }
      const banner = withoutPast(told, now);
      this.banners.set(banner.id, banner);
      this.#noteDeadline(`banner ${banner.id}`, banner.display?.until);
      return known !== undefined && isSame(known, banner) ? [] : [{ type: "state", banner }];
    });
  }

  /** Banners that are not there any more; one that is newer than the snapshot may only be unknown to it. */
  #missingFrom(frame: Snapshot, sameLife: boolean): News[] {
    const there = new Set(frame.banners.map(({ id }) => id));
    const gone = [...this.banners.values()].filter(
      ({ id, revision }) => !there.has(id) && !(sameLife && revision > frame.revision),
    );
    return gone.map(({ id }) => {
      this.banners.delete(id);
      this.#deadlines.delete(`banner ${id}`);
      return { type: "gone", banner: id };
    });
  }

  /** In another life of the log, revisions begin anew. */
  #forgetRevisions(): void {
    for (const [id, banner] of this.banners) {
      this.banners.set(id, { ...banner, revision: 0 });
    }
    for (const [id, display] of this.displays) {
      this.displays.set(id, { ...display, revision: 0 });
    }
  }

  #noteDeadline(name: string, until: string | undefined): void {
    if (until === undefined) {
      this.#deadlines.delete(name);
    } else {
      const at = Date.parse(until);
      this.#deadlines.set(name, at);
      this.#nextDeadline = Math.min(this.#nextDeadline, at);
    }
  }

  #end(name: string, now: number): News[] {
    this.#deadlines.delete(name);
    const [kind, id] = name.split(" ") as [string, string];
    const display = kind === "display" ? this.displays.get(id) : undefined;
    if (display !== undefined) {
      return this.display(display, now);
    }
    const banner = this.banners.get(id);
    return banner === undefined ? [] : this.#take([banner], now);
  }
}

function withoutPast(banner: Banner, now: number): Banner {
  const over = banner.display !== null && Date.parse(banner.display.until) <= now;
  return over ? { ...banner, display: null } : banner;
}

/** A deadline stays as it is: what showed when it was reached has expired, what waited for a yes has lapsed. */
function inTime(display: Display, now: number): Display {
  const deadline = deadlineOf(display);
  if (deadline === undefined || Date.parse(deadline) > now) {
    return display;
  }
  const how = display.state === "showing" ? "expired" : "lapsed";
  return { ...display, state: "ended", ended_at: deadline, how };
}

/** When a display is over by itself; undefined while that is not known. */
function deadlineOf(display: Display): string | undefined {
  return { showing: display.until, pending: display.lapses_at }[display.state as string];
}

/** What has ended does not begin again, and a banner's older word does not follow its newer one. */
function isBefore(told: Display, known: Display): boolean {
  if (told.state === "ended" || known.state === "ended") {
    return told.state !== "ended";
  }
  const revision = told.revision ?? Number.POSITIVE_INFINITY;
  return told.banner === known.banner && revision < (known.revision ?? 0);
}

function earliest(instants: Iterable<number>): number {
  let first = Number.POSITIVE_INFINITY;
  for (const each of instants) {
    first = Math.min(first, each);
  }
  return first;
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
