/** Which messages of this browser are not over, kept through a reload: shown by any tab, followed by all. */

const KEY = "airdisplay.own";
const REMEMBERED = 50;

const own = new Set(stored());

/** @param {{id: string}} display */
export function isOwn(display) {
  return own.has(display.id);
}

/** Their ids. */
export function owned() {
  return [...own];
}

/** @param {string} id */
export function rememberOwn(id) {
  own.add(id);
  store([...stored().filter((each) => each !== id), id]);
}

/** @param {string} id */
export function forgetOwn(id) {
  own.delete(id);
  store(stored().filter((each) => each !== id));
}

function store(ids) {
  try {
    localStorage.setItem(KEY, JSON.stringify(ids.slice(-REMEMBERED)));
  } catch {
    // Storage may be switched off; then a reload forgets.
  }
}

function stored() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
