/** The form: choose a banner, type a text, send it, and be told in words what became of it. */

import { explanation, isOpen, newKey, show } from "./api.js";
import { announce, element, insertByName, setLine, setText } from "./dom.js";
import { rememberOwn } from "./own.js";
import { characters, MOST_CHARACTERS } from "./text.js";

/**
 * What is said of a text that was sent: `during` while the time runs, `after` once it is over.
 * @typedef {{kind: "good" | "bad" | "wait", banner: string, displayId: string | null, revision: number,
 *   until: string, during: (left: number) => string, after: string}} Outcome
 */

const COUNTDOWN = "outcome";
const CHOSEN_COUNTDOWN = "chosen";

export class Composer {
  #board;
  #countdowns;
  #onChoose;
  #select = element("banner");
  #status = element("banner-status");
  #text = element("text");
  #count = element("count");
  #button = element("send");
  #line = element("outcome");
  #options = new Map();
  /** @type {Outcome | null} */
  #outcome = null;
  /** A send of which nobody knows what became: the same one again has the same key. */
  #open = null;
  #sending = false;
  #tooLong = false;

  /**
   * @param {import("./board.js").Board} board
   * @param {import("./countdowns.js").Countdowns} countdowns
   * @param {(id: string) => void} onChoose
   */
  constructor(board, countdowns, onChoose) {
    this.#board = board;
    this.#countdowns = countdowns;
    this.#onChoose = onChoose;
    this.#select.addEventListener("change", () => this.#onSelect());
    this.#text.addEventListener("input", () => this.#onInput());
    element("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#onInput();
  }

  /** Write on this banner next. */
  choose(id) {
    this.#select.value = id;
    this.#onSelect();
    this.#text.focus();
  }

  /** @param {import("./board.js").Banner} banner */
  update(banner) {
    const option = this.#options.get(banner.id) ?? this.#addOption(banner);
    setText(option, banner.name);
    if (banner.id === this.#select.value) {
      this.#sayStatus();
    }
    if (banner.id === this.#outcome?.banner) {
      this.#sayOutcome();
    }
  }

  /** @param {string} id */
  remove(id) {
    const wasChosen = this.#select.value === id;
    this.#options.get(id).remove();
    this.#options.delete(id);
    if (wasChosen) {
      this.#select.value = "";
      this.#onSelect();
    }
  }

  #addOption({ id, name }) {
    const option = document.createElement("option");
    option.value = id;
    this.#options.set(id, option);
    insertByName(this.#select, option, name, 1);
    return option;
  }

  #onSelect() {
    this.#onChoose(this.#select.value);
    this.#sayStatus();
    this.#nameButton();
  }

  #onInput() {
    const count = characters(this.#text.value);
    const tooLong = count > MOST_CHARACTERS;
    setText(this.#count, `${count} / ${MOST_CHARACTERS}`);
    this.#text.setAttribute("aria-invalid", String(tooLong));
    if (tooLong && !this.#tooLong) {
      announce(`Too long: a text has at most ${MOST_CHARACTERS} characters.`);
    }
    this.#tooLong = tooLong;
    this.#nameButton();
  }

  /** Whether the chosen banner is free, before anybody sends. */
  #sayStatus() {
    const banner = this.#board.get(this.#select.value);
    const display = banner === undefined ? null : this.#board.showing(banner);
    this.#status.dataset.state = display === null ? "free" : "busy";
    if (display === null) {
      this.#countdowns.stop(CHOSEN_COUNTDOWN);
      setText(this.#status, banner === undefined ? "" : "Free");
    } else {
      this.#countdowns.start(CHOSEN_COUNTDOWN, display.until, (left) =>
        left > 0 ? setText(this.#status, `Busy ${left} s`) : this.#sayStatus(),
      );
    }
  }

  async #submit() {
    const banner = this.#board.get(this.#select.value);
    if (this.#sending) {
      return;
    }
    if (banner === undefined) {
      this.#fail("Choose a banner first: pick one in the list, or press one in the air.");
      this.#select.focus();
      return;
    }
    const text = this.#text.value;
    const key = this.#isOpen(banner.id, text) ? this.#open.key : newKey();
    this.#setSending(true);
    const answer = await show(banner.id, text, key);
    this.#open = isOpen(answer) ? { banner: banner.id, text, key } : null;
    this.#setSending(false);
    this.#onAnswer(banner, text, answer);
  }

  #onAnswer(banner, text, answer) {
    if (answer.status === 201) {
      this.#onShown(banner, text, answer.body);
    } else if (answer.body.type === "/problems/busy") {
      this.#onBusy(banner, answer.body);
    } else {
      this.#fail(explanation(answer));
    }
  }

  #onShown(banner, text, display) {
    rememberOwn(display.id);
    this.#board.learn(banner.id, display.revision, display);
    if (this.#text.value === text) {
      this.#text.value = "";
      this.#onInput();
    }
    this.#follow({
      kind: "good",
      banner: banner.id,
      displayId: display.id,
      revision: display.revision,
      until: display.until,
      during: (left) => `${banner.name} shows your text for ${left} s.`,
      after: `Your text on ${banner.name} is over.`,
    });
  }

  #onBusy(banner, { until, revision }) {
    this.#follow({
      kind: "wait",
      banner: banner.id,
      displayId: null,
      revision,
      until,
      during: (left) => `${banner.name} is busy for ${left} s. Your text is not shown; it stays here.`,
      after: `${banner.name} is free now: send your text again.`,
    });
  }

  #follow(outcome) {
    this.#outcome = outcome;
    this.#sayOutcome();
    announce(this.#line.textContent);
  }

  #fail(words) {
    this.#countdowns.stop(COUNTDOWN);
    this.#outcome = null;
    this.#say("bad", words);
    announce(words);
  }

  #sayOutcome() {
    const { kind, during, after } = this.#outcome;
    const until = this.#until(this.#outcome);
    if (until === null || this.#countdowns.isOver(until)) {
      this.#countdowns.stop(COUNTDOWN);
      this.#say("over", after);
    } else {
      this.#countdowns.start(COUNTDOWN, until, (left) =>
        left > 0 ? this.#say(kind, during(left)) : this.#say("over", after),
      );
    }
  }

  /** When what is being said ends: what the board knows counts, unless the answer was newer. */
  #until({ banner: id, displayId, revision, until }) {
    const banner = this.#board.get(id);
    if (banner === undefined || banner.revision < revision) {
      return until;
    }
    const display = this.#board.showing(banner);
    return displayId === null || display?.id === displayId ? (display?.until ?? null) : null;
  }

  #say(kind, words) {
    this.#line.dataset.kind = kind;
    setLine(this.#line, words);
  }

  #setSending(sending) {
    this.#sending = sending;
    this.#button.setAttribute("aria-disabled", String(sending));
    this.#nameButton();
  }

  #nameButton() {
    const again = this.#isOpen(this.#select.value, this.#text.value);
    setText(this.#button, this.#sending ? "Sending…" : again ? "Try again" : "Show it");
  }

  #isOpen(banner, text) {
    return this.#open !== null && this.#open.banner === banner && this.#open.text === text;
  }
}
