/**
 * My messages: what becomes of each, from waiting to its end, as the server says it over the live channel.
 * A message is followed until the server has said how it ended, through reloads and lost lines.
 *
 * @typedef {{id: string, state: "waiting" | "pending" | "queued" | "showing" | "ended", text: string, banner?: string,
 *   position?: number, starts_at?: string, shown_at?: string, until?: string, how?: string,
 *   revision?: number, lapses_at?: string, reason?: string}} DisplayView
 */

import { explanation, look, mend, takeBack } from "./api.js";
import { announce, element, setLine, setText } from "./dom.js";
import { forgetOwn, isOwn, owned, rememberOwn } from "./own.js";
import { cleaned } from "./text.js";

const ORDER = ["waiting", "pending", "queued", "showing", "ended"];
const HOW = {
  expired: "its time was up",
  cleared: "you ended it",
  "taken-down": "an operator took it down",
  held: "an operator put the banner on hold",
  left: "you took it back",
  removed: "an operator took it out of the line",
  rejected: "an operator said no",
  lapsed: "no operator said yes or no in time",
};
const NOT_FOUND = 404;
const STALE = 412;
const ENDED_KEPT = 3;

const template = element("message");

export class Messages {
  #board;
  #countdowns;
  /** @type {Map<string, Message>} */
  #messages = new Map();
  #list = element("messages");
  #looking = false;

  /**
   * @param {import("./board.js").Board} board
   * @param {import("./countdowns.js").Countdowns} countdowns
   */
  constructor(board, countdowns) {
    this.#board = board;
    this.#countdowns = countdowns;
  }

  /** One that was just sent. */
  add(view) {
    rememberOwn(view.id);
    this.take(view);
  }

  /** @param {DisplayView} view */
  take(view) {
    let message = this.#messages.get(view.id);
    if (message === undefined) {
      if (!isOwn(view)) {
        return; // it was dismissed before the server had said how it ended
      }
      message = new Message(this.#board, this.#countdowns, view, () => this.#dismiss(view.id));
      this.#messages.set(view.id, message);
      this.#list.prepend(message.node);
    }
    if (message.take(view) && view.state === "ended") {
      forgetOwn(view.id);
      this.#dropOldest();
    }
    element("mine").hidden = false;
  }

  /** From now on it is known how the banners are called. */
  nameBanners() {
    this.#messages.forEach((message) => message.take(message.view));
  }

  /** Of one of them nobody knows any more; the server does not say of which. */
  async lookForAll() {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    for (const id of owned()) {
      const answer = await look(id);
      if (answer.status === NOT_FOUND) {
        forgetOwn(id);
        this.#messages.get(id)?.lose();
      }
    }
    this.#looking = false;
  }

  #dismiss(id) {
    forgetOwn(id);
    const { node } = this.#messages.get(id);
    if (node.contains(document.activeElement)) {
      (this.#list.children.length > 1 ? element("mine-title") : element("text")).focus();
    }
    this.#remove(id);
  }

  #dropOldest() {
    const ended = [...this.#messages].filter(([id]) => !isOwn({ id }));
    const inTheWay = ended.slice(0, -ENDED_KEPT).filter(([, { node }]) => !node.contains(document.activeElement));
    inTheWay.forEach(([id]) => this.#remove(id));
  }

  #remove(id) {
    this.#messages.get(id).node.remove();
    this.#messages.delete(id);
    this.#countdowns.stop(`message ${id}`);
    element("mine").hidden = this.#messages.size === 0;
  }
}

class Message {
  #board;
  #countdowns;
  #parts;
  #announced = "";
  /** What the author saw when the mending began: only that may be written over. */
  #seen = null;

  constructor(board, countdowns, view, onDismiss) {
    this.#board = board;
    this.#countdowns = countdowns;
    this.view = view;
    this.node = template.content.firstElementChild.cloneNode(true);
    this.#parts = parts(this.node);
    const { edit, back, dismiss, mending, cancel } = this.#parts;
    edit.addEventListener("click", () => this.#openMending());
    back.addEventListener("click", () => this.#takeBack());
    dismiss.addEventListener("click", onDismiss);
    cancel.addEventListener("click", () => this.#closeMending());
    mending.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#mend();
    });
  }

  /** Take what the server says, and return whether it is newer than what was known. */
  take(view) {
    if (isOlder(view, this.view)) {
      return false;
    }
    this.view = view;
    if (this.#seen !== null && view.state === "showing" && view.text === this.#seen.text) {
      this.#seen.revision = view.revision; // something else changed there, which the author need not see
    }
    this.#render();
    return true;
  }

  /** Nobody knows of it any more. */
  lose() {
    this.take({ ...this.view, state: "ended", how: undefined });
  }

  #render() {
    const { state, text, starts_at: startsAt, until, lapses_at: lapsesAt } = this.view;
    const { quote, edit, back, dismiss } = this.#parts;
    this.node.dataset.state = state;
    setText(quote, text);
    for (const button of [edit, back, dismiss]) {
      setText(button.lastElementChild, ` “${text}”`);
    }
    setText(back.firstElementChild, state === "showing" ? "End it" : "Take back");
    this.#offer(state);
    const countdown = { pending: lapsesAt, queued: startsAt, showing: until }[state];
    if (countdown === undefined) {
      this.#countdowns.stop(`message ${this.view.id}`);
      this.#say(0);
    } else {
      this.#countdowns.start(`message ${this.view.id}`, countdown, (left) => this.#count(left));
    }
  }

  #count(left) {
    const how = { showing: "expired", pending: "lapsed" }[this.view.state];
    if (left === 0 && how !== undefined) {
      // The deadline ends it; nobody has to say so.
      this.take({ ...this.view, state: "ended", how });
    } else {
      this.#say(left);
    }
  }

  #say(left) {
    const words = fate(this.view, this.#bannerName(), left);
    setText(this.#parts.fate, words);
    const { state, position, how, text } = this.view;
    const news = [state, position, how, text].join(" ");
    if (news !== this.#announced) {
      this.#announced = news;
      announce(`“${text}”: ${words}`);
    }
  }

  #bannerName() {
    const { banner } = this.view;
    return banner === undefined ? "any free banner" : (this.#board.get(banner)?.name ?? banner);
  }

  /** Only what can be done; what goes away must not take the keyboard with it. */
  #offer(state) {
    const { edit, back, dismiss, mending } = this.#parts;
    const shows = state === "showing";
    const ended = state === "ended";
    if (!shows) {
      this.#seen = null;
    }
    const offers = [[back, !ended], [dismiss, ended], [mending, this.#seen !== null], [edit, shows && this.#seen === null]];
    offers.forEach(([part, offered]) => offered && (part.hidden = false));
    if (offers.some(([part, offered]) => !offered && part.contains(document.activeElement))) {
      (ended ? dismiss : edit.hidden ? back : edit).focus();
    }
    offers.forEach(([part, offered]) => (part.hidden = !offered));
  }

  async #takeBack() {
    const { back } = this.#parts;
    if (isWaiting(back)) {
      return;
    }
    setLine(this.#parts.note, "");
    setWaiting(back, true);
    const answer = await takeBack(this.view.id);
    if (answer.status === 204 || answer.status === NOT_FOUND) {
      await this.#look();
    } else {
      this.#note(explanation(answer));
    }
    setWaiting(back, false);
  }

  async #look() {
    const answer = await look(this.view.id);
    if (answer.status === 200) {
      this.take(answer.body);
    }
  }

  #openMending() {
    const { input } = this.#parts;
    this.#seen = { text: this.view.text, revision: this.view.revision };
    input.value = this.view.text;
    this.#parts.mending.hidden = false;
    input.select();
    input.focus();
    this.#offer(this.view.state);
    this.node.scrollIntoView({ block: "nearest" });
  }

  #closeMending() {
    this.#seen = null;
    setLine(this.#parts.note, "");
    this.#offer(this.view.state);
  }

  async #mend() {
    const { save, input } = this.#parts;
    if (isWaiting(save)) {
      return;
    }
    setLine(this.#parts.note, "");
    setWaiting(save, true);
    const text = input.value;
    const answer = await mend(this.view.banner, text, this.#seen.revision);
    setWaiting(save, false);
    if (answer.status === 200) {
      this.#closeMending();
      this.#board.takeChanges([answer.body]);
      if (answer.body.display?.id === this.view.id) {
        this.take({ ...this.view, text: answer.body.display.text, revision: answer.revision });
      }
    } else if (answer.status === STALE) {
      await this.#readAgain(text);
    } else {
      this.#note(explanation(answer));
    }
  }

  /** It is not what the author saw any more: show what it is, and leave it to the author. */
  async #readAgain(text) {
    await this.#look();
    if (this.view.state !== "showing") {
      this.#note("It was over before it could be mended.");
    } else if (this.view.text === cleaned(text)) {
      this.#closeMending(); // an answer got lost, and it was done
    } else if (this.#seen !== null) {
      this.#seen = { text: this.view.text, revision: this.view.revision };
      this.#note(`It changed meanwhile and reads “${this.view.text}” now. Save again to mend that.`);
    }
  }

  #note(words) {
    setLine(this.#parts.note, words);
    announce(words);
  }
}

function parts(node) {
  const part = (name) => node.querySelector(`.${name}`);
  return {
    quote: part("quote"),
    fate: part("fate"),
    mending: part("mending"),
    input: part("mending input"),
    save: part("save"),
    cancel: part("cancel"),
    note: part("note"),
    edit: part("edit"),
    back: part("back"),
    dismiss: part("dismiss"),
  };
}

/** From a gateway that is behind. Whatever is said of the end is final. */
function isOlder(view, known) {
  const step = ORDER.indexOf(view.state) - ORDER.indexOf(known.state);
  return step < 0 || (step === 0 && view.state !== "ended" && view.revision < known.revision);
}

/** @param {DisplayView} view */
function fate({ state, position, starts_at: startsAt, shown_at: shownAt, how, reason }, banner, left) {
  switch (state) {
    case "pending":
      return `Waits for an operator’s yes to show on ${banner}`;
    case "waiting":
      return `Place ${position} in line for ${banner}`;
    case "queued": {
      const starts = left > 0 ? `starts in ${left} s at the latest` : "starts any moment";
      return `Place ${position} in line for ${banner}, ${startsAt === undefined ? "which is on hold" : starts}`;
    }
    case "showing":
      return `On ${banner} for ${left} s`;
    default:
      return `${shownAt === undefined ? "Not shown" : "Over"}: ${HOW[how] ?? "nobody knows of it any more"}${
        reason === undefined ? "" : ` (${reason})`
      }`;
  }
}

function isWaiting(button) {
  return button.getAttribute("aria-disabled") === "true";
}

/** Not `disabled`: that would lose the keyboard's place. */
function setWaiting(button, waiting) {
  button.setAttribute("aria-disabled", String(waiting));
}
