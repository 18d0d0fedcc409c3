/** Which displays were put up from this tab, kept through a reload. */

const KEY = "airdisplay.own";
const REMEMBERED = 50;

const own = new Set(stored());

export function isOwn(display) {
  return own.has(display.id);
}

export function rememberOwn(id) {
  own.add(id);
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...own].slice(-REMEMBERED)));
  } catch {
    // Storage may be switched off; then a reload forgets.
  }
}

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}
