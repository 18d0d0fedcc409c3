/**
 * The page: banners as the store has them, live, and a form to put a text on one of them.
 * Nothing is shown that the store has not said; only the end of a display needs nobody to say it.
 */

import { Board } from "./board.js";
import { Cards } from "./cards.js";
import { ServerClock } from "./clock.js";
import { Composer } from "./composer.js";
import { Countdowns } from "./countdowns.js";
import { announce, element, setLine, setText } from "./dom.js";
import { Live } from "./live.js";
import { Messages } from "./messages.js";
import { owned } from "./own.js";

const STATES = {
  connecting: "Connecting…",
  live: "Live",
  reconnecting: "Reconnecting…",
  offline: "Offline",
};
const QUIET_MS = 600;

const clock = new ServerClock();
const countdowns = new Countdowns(clock);
const board = new Board(clock, { onChange, onRemove });
const cards = new Cards(board, countdowns, (id) => composer.choose(id));
const composer = new Composer(board, countdowns, { onChoose: (id) => cards.choose(id), onSent });
const messages = new Messages(board, countdowns);
const live = new Live(liveUrl(), clock, {
  onState,
  onClock: () => countdowns.tick(),
  onSnapshot,
  onChanges: (banners) => board.takeChanges(banners),
  onDisplays: (displays) => displays.forEach((display) => messages.take(display)),
  onUnknown: () => messages.lookForAll(),
  followed: owned,
});

let everLive = false;
let searchTimer = 0;

element("search").addEventListener("input", onSearch);
live.start();

function onChange(banner) {
  cards.update(banner);
  composer.update(banner);
}

/** @param {import("./messages.js").DisplayView} display */
function onSent(display) {
  messages.add(display);
  live.follow(display.id);
  if (display.state === "showing") {
    board.learn(display.banner, display.revision, display);
  }
}

function onRemove(id) {
  cards.remove(id);
  composer.remove(id);
}

function onSnapshot(frame, epoch) {
  board.takeSnapshot(frame, epoch);
  cards.settle();
  messages.nameBanners();
}

function onState(state) {
  everLive ||= state === "live";
  document.body.dataset.connection = state;
  setText(element("connection"), STATES[state]);
  const stale = element("stale");
  if (state === "live") {
    setLine(stale, "");
  } else if (!everLive) {
    setLine(stale, "Nobody answers yet; still trying.");
  } else if (stale.hidden) {
    setLine(stale, `Not live: this is how it was at ${time()}. It may have changed since; still trying.`);
  }
}

function onSearch({ target }) {
  cards.search(target.value);
  clearTimeout(searchTimer);
  searchTimer = setTimeout(() => announce(element("summary").textContent), QUIET_MS);
}

function time() {
  return new Date().toLocaleTimeString();
}

function liveUrl() {
  const url = new URL("/v1/live", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
