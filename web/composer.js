/** The form: choose a banner or any, type a text, send it, and be told in words why it was not taken. */

import { explanation, isOpen, newKey, show } from "./api.js";
import { announce, element, insertByName, setLine, setText } from "./dom.js";
import { characters, MOST_CHARACTERS } from "./text.js";

/**
 * What is sent: `banner` is "" for any that is free, `when` says whether to wait in line for it.
 * @typedef {{banner: string, text: string, when: "now" | "queue"}} Wish
 */

/**
 * What is said of a banner that was busy: `during` while the time runs, `after` once it is over.
 * @typedef {{banner: string, revision: number, until: string, during: (left: number) => string,
 *   after: string}} Outcome
 */

const COUNTDOWN = "outcome";
const CHOSEN_COUNTDOWN = "chosen";

export class Composer {
  #board;
  #countdowns;
  #onChoose;
  #onSent;
  #select = element("banner");
  #status = element("banner-status");
  #text = element("text");
  #count = element("count");
  #send = element("send");
  #wait = element("wait");
  #line = element("outcome");
  #options = new Map();
  /** @type {Outcome | null} */
  #outcome = null;
  /** A wish of which nobody knows what became: the same one again has the same key. */
  #open = null;
  #sending = false;
  #tooLong = false;

  /**
   * @param {import("./board.js").Board} board
   * @param {import("./countdowns.js").Countdowns} countdowns
   * @param {{onChoose: (id: string) => void,
   *   onSent: (display: import("./messages.js").DisplayView) => void}} listener
   */
  constructor(board, countdowns, { onChoose, onSent }) {
    this.#board = board;
    this.#countdowns = countdowns;
    this.#onChoose = onChoose;
    this.#onSent = onSent;
    this.#select.addEventListener("change", () => this.#onSelect());
    this.#text.addEventListener("input", () => this.#onInput());
    element("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit("now");
    });
    this.#wait.addEventListener("click", () => this.#submit("queue"));
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
    this.#nameButtons();
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
    this.#nameButtons();
  }

  /** Whether the chosen banner is free, before anybody sends; where it is not, one may wait in line. */
  #sayStatus() {
    const banner = this.#board.get(this.#select.value);
    const state = banner === undefined ? "free" : this.#board.state(banner);
    this.#status.dataset.state = state;
    this.#offerToWait(state !== "free");
    if (state === "busy") {
      this.#countdowns.start(CHOSEN_COUNTDOWN, banner.display.until, (left) =>
        left > 0 ? setText(this.#status, this.#board.status(banner, left)) : this.#sayStatus(),
      );
    } else {
      this.#countdowns.stop(CHOSEN_COUNTDOWN);
      setText(this.#status, banner === undefined ? "" : this.#board.status(banner));
    }
  }

  #offerToWait(offered) {
    if (!offered && document.activeElement === this.#wait) {
      this.#send.focus(); // what goes away must not take the keyboard with it
    }
    this.#wait.hidden = !offered;
  }

  async #submit(when) {
    if (this.#sending) {
      return;
    }
    const wish = { banner: this.#select.value, text: this.#text.value, when };
    const key = this.#isOpen(wish) ? this.#open.key : newKey();
    this.#setSending(true);
    const answer = await show(wish, key);
    this.#open = isOpen(answer) ? { ...wish, key } : null;
    this.#setSending(false);
    this.#onAnswer(wish, answer);
  }

  #onAnswer(wish, answer) {
    const name = this.#board.get(wish.banner)?.name ?? wish.banner;
    if (answer.status === 201 || answer.status === 202) {
      this.#onTaken(wish, answer.body);
    } else if (answer.body.type === "/problems/busy") {
      this.#onBusy(wish.banner, name, answer.body);
    } else if (answer.body.type === "/problems/held") {
      this.#fail(`${name} is on hold: ${answer.body.problem}. Your text is not shown; it stays here.`);
    } else {
      this.#fail(explanation(answer));
    }
  }

  /** It shows or waits; from here on it is among my messages. */
  #onTaken({ text }, display) {
    this.#forgetOutcome();
    setLine(this.#line, "");
    if (this.#text.value === text) {
      this.#text.value = "";
      this.#onInput();
    }
    this.#onSent(display);
  }

  #onBusy(banner, name, { until, revision }) {
    this.#outcome = {
      banner,
      revision,
      until,
      during: (left) => `${name} is busy for ${left} s. Your text is not shown; it stays here.`,
      after: `${name} is free now: send your text again.`,
    };
    this.#sayOutcome();
    announce(this.#line.textContent);
  }

  #fail(words) {
    this.#forgetOutcome();
    this.#say("bad", words);
    announce(words);
  }

  #forgetOutcome() {
    this.#countdowns.stop(COUNTDOWN);
    this.#outcome = null;
  }

  #sayOutcome() {
    const { during, after } = this.#outcome;
    const until = this.#until(this.#outcome);
    if (until === null || this.#countdowns.isOver(until)) {
      this.#countdowns.stop(COUNTDOWN);
      this.#say("over", after);
    } else {
      this.#countdowns.start(COUNTDOWN, until, (left) =>
        left > 0 ? this.#say("wait", during(left)) : this.#say("over", after),
      );
    }
  }

  /** Until when it is busy: what the board knows counts, unless the answer was newer. */
  #until({ banner: id, revision, until }) {
    const banner = this.#board.get(id);
    return banner === undefined || banner.revision < revision ? until : (this.#board.showing(banner)?.until ?? null);
  }

  #say(kind, words) {
    this.#line.dataset.kind = kind;
    setLine(this.#line, words);
  }

  #setSending(sending) {
    this.#sending = sending;
    for (const button of [this.#send, this.#wait]) {
      button.setAttribute("aria-disabled", String(sending));
    }
    this.#nameButtons();
  }

  #nameButtons() {
    const [banner, text] = [this.#select.value, this.#text.value];
    setText(this.#send, this.#name({ banner, text, when: "now" }, "Show it"));
    setText(this.#wait, this.#name({ banner, text, when: "queue" }, "Wait in line"));
  }

  #name(wish, words) {
    return this.#sending ? "Sending…" : this.#isOpen(wish) ? "Try again" : words;
  }

  #isOpen({ banner, text, when }) {
    const open = this.#open;
    return open !== null && open.banner === banner && open.text === text && open.when === when;
  }
}
