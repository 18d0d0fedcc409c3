/** The banners as cards. A card touches the document only where its banner has changed. */

import { explanation, takeBack } from "./api.js";
import { announce, element, insertByName, setLine, setText } from "./dom.js";
import { isOwn } from "./own.js";

/** @typedef {import("./board.js").Banner} Banner */

const template = element("card");

// How much room a text takes, in narrow letters, decides how large it is written.
const SIZES = [[12, "xl"], [30, "l"], [70, "m"], [120, "s"], [Infinity, "xs"]];
const NARROW = /^[\u0020-\u10ff]$/u;

export class Cards {
  #board;
  #countdowns;
  #onChoose;
  /** @type {Map<string, Card>} */
  #cards = new Map();
  #list = element("cards");
  #words = [];
  #chosen = "";
  #told = false;
  #summaryDue = false;

  /**
   * @param {import("./board.js").Board} board
   * @param {import("./countdowns.js").Countdowns} countdowns
   * @param {(id: string) => void} onChoose
   */
  constructor(board, countdowns, onChoose) {
    this.#board = board;
    this.#countdowns = countdowns;
    this.#onChoose = onChoose;
  }

  /** @param {Banner} banner */
  update(banner) {
    const card = this.#cards.get(banner.id) ?? this.#add(banner);
    const display = this.#board.showing(banner);
    card.render(banner, display, this.#board.state(banner));
    card.hide(!card.matches(this.#words));
    this.#summarise();
    if (display === null) {
      this.#countdowns.stop(`card ${banner.id}`);
    } else {
      this.#countdowns.start(`card ${banner.id}`, display.until, (left) => this.#count(card, left));
    }
  }

  /** @param {string} id */
  remove(id) {
    this.#countdowns.stop(`card ${id}`);
    this.#cards.get(id).node.remove();
    this.#cards.delete(id);
    this.#summarise();
  }

  /** From now on it is known which banners there are, even when there are none. */
  settle() {
    this.#told = true;
    this.#summarise();
  }

  /** Mark the banner that is written on. */
  choose(id) {
    this.#cards.get(this.#chosen)?.mark(false);
    this.#cards.get(id)?.mark(true);
    this.#chosen = id;
  }

  /** Show only the cards in which all of these words stand. */
  search(text) {
    this.#words = text.toLowerCase().split(/\s+/u).filter(Boolean);
    for (const card of this.#cards.values()) {
      card.hide(!card.matches(this.#words));
    }
    this.#summarise();
  }

  /** Once for everything that changes together. */
  #summarise() {
    if (this.#told && !this.#summaryDue) {
      this.#summaryDue = true;
      queueMicrotask(() => this.#saySummary());
    }
  }

  #saySummary() {
    this.#summaryDue = false;
    const all = [...this.#cards.values()];
    const seen = all.filter((card) => !card.node.hidden);
    const free = seen.filter((card) => card.free).length;
    const banners = all.length === 1 ? "1 banner" : `${all.length} banners`;
    const which = seen.length === all.length ? banners : `${seen.length} of ${banners}`;
    setText(element("summary"), `${which}, ${free} free`);
    const nothing = all.length === 0 ? "There is no banner yet." : "No banner has all of these words.";
    setLine(element("empty"), seen.length === 0 ? nothing : "");
  }

  #add(banner) {
    const card = new Card(this.#board, banner, this.#onChoose);
    this.#cards.set(banner.id, card);
    insertByName(this.#list, card.node, banner.name);
    card.mark(banner.id === this.#chosen);
    return card;
  }

  #count(card, left) {
    if (left > 0) {
      card.count(left);
    } else {
      // The deadline ends it; nobody has to say so.
      this.update(this.#board.get(card.id));
    }
  }
}

class Card {
  #board;
  #parts;
  #displayId = null;
  #seconds = 1;
  #tags = "";

  constructor(board, banner, onChoose) {
    this.id = banner.id;
    this.free = true;
    this.node = template.content.firstElementChild.cloneNode(true);
    this.#board = board;
    this.#parts = parts(this.node);
    this.#parts.choose.addEventListener("click", () => onChoose(this.id));
    this.#parts.takeDown.addEventListener("click", () => this.#takeDown());
  }

  /** @param {Banner} banner */
  render(banner, display, state) {
    const { name, text, hardware, takeDown, line, hold } = this.#parts;
    this.free = state === "free";
    this.node.dataset.state = state;
    setText(name, banner.name);
    setLine(line, lineWords(banner));
    setLine(hold, banner.hold ? `On hold: ${banner.hold.reason}` : "");
    setText(text, display?.text ?? "");
    setText(takeDown.firstElementChild, ` from ${banner.name}`);
    setText(hardware, hardwareWords(banner, display));
    hardware.dataset.presence = banner.presence;
    hardware.dataset.confirmation = display === null ? "" : (banner.confirmation?.state ?? "showing");
    this.#renderTags(banner.tags);
    if (this.#displayId !== (display?.id ?? null)) {
      this.#begin(display);
    }
    this.#offerTakeDown(display !== null && isOwn(display));
    if (display === null) {
      this.#sayStatus(this.#board.status(banner));
    }
  }

  /** Seconds are left. */
  count(left) {
    this.#sayStatus(`Busy ${left} s`);
    this.#parts.left.style.transform = `scaleX(${Math.min(1, (left - 1) / this.#seconds)})`;
  }

  /** Whether every word stands somewhere on the card. */
  matches(words) {
    if (words.length === 0) {
      return true;
    }
    const { name, status, text, line, hold, hardware, tags } = this.#parts;
    const all = [this.id, ...[name, status, text, line, hold, hardware, tags].map((part) => part.textContent)];
    const searched = all.join(" ").toLowerCase();
    return words.every((word) => searched.includes(word));
  }

  hide(hidden) {
    if (this.node.hidden !== hidden) {
      this.node.hidden = hidden;
    }
  }

  mark(chosen) {
    this.#parts.choose.setAttribute("aria-pressed", String(chosen));
    this.node.classList.toggle("chosen", chosen);
  }

  #begin(display) {
    this.#displayId = display?.id ?? null;
    setLine(this.#parts.note, "");
    if (display !== null) {
      this.#parts.text.dataset.size = size(display.text);
      this.#seconds = (Date.parse(display.until) - Date.parse(display.shown_at)) / 1_000;
    }
  }

  #renderTags(tags) {
    const joined = tags.join(" ");
    if (joined !== this.#tags) {
      this.#tags = joined;
      this.#parts.tags.hidden = tags.length === 0;
      this.#parts.tags.replaceChildren(...tags.map(tagNode));
    }
  }

  #offerTakeDown(offered) {
    const { takeDown, choose } = this.#parts;
    if (!offered && document.activeElement === takeDown) {
      choose.focus(); // what goes away must not take the keyboard with it
    }
    takeDown.hidden = !offered;
  }

  #sayStatus(words) {
    setText(this.#parts.status, words);
  }

  async #takeDown() {
    const { takeDown: button, note } = this.#parts;
    if (button.getAttribute("aria-disabled") === "true") {
      return;
    }
    setLine(note, "");
    button.setAttribute("aria-disabled", "true"); // not `disabled`: that would lose the keyboard's place
    const answer = await takeBack(this.#displayId);
    button.setAttribute("aria-disabled", "false");
    if (answer.status !== 204) {
      setLine(note, explanation(answer));
      announce(explanation(answer));
    }
  }
}

function parts(node) {
  const part = (name) => node.querySelector(`.${name}`);
  return {
    choose: part("choose"),
    name: part("name"),
    status: part("status"),
    text: part("text"),
    line: part("line"),
    hold: part("hold"),
    left: part("left"),
    hardware: part("hardware"),
    takeDown: part("take-down"),
    note: part("note"),
    tags: part("tags"),
  };
}

function lineWords({ queue_length: length = 0, approve_first: approveFirst = false }) {
  const line = length === 0 ? "" : length === 1 ? "1 waits in line" : `${length} wait in line`;
  return [line, approveFirst ? "texts need an operator’s yes" : ""].filter(Boolean).join("; ");
}

const CONFIRMED = { confirmed: "shows this text", unconfirmed: "not confirmed", showing: "not confirmed yet" };

/** Whether the hardware is there, else since when not; and whether it has said that it shows what it shall. */
function hardwareWords(banner, display) {
  const panel = banner.presence === "online" ? "Panel online" : offlineWords(banner);
  return display === null ? panel : `${panel}, ${CONFIRMED[banner.confirmation?.state ?? "showing"]}`;
}

function offlineWords({ last_seen: lastSeen, offline_because: because, offline_note: note }) {
  if (!lastSeen) {
    return "Panel offline";
  }
  const since = new Date(lastSeen).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return because === "left" ? `Panel left at ${since}${note ? ` (${note})` : ""}` : `Panel offline since ${since}`;
}

function size(text) {
  let room = 0;
  for (const character of text) {
    room += NARROW.test(character) ? 1 : 2;
  }
  return SIZES.find(([most]) => room <= most)[1];
}

function tagNode(tag) {
  const node = document.createElement("li");
  node.textContent = tag;
  return node;
}
