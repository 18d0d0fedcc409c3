/**
 * The HTTP calls of the page. An answer is data, whatever it says; `status` 0 means that none came.
 *
 * @typedef {{status: number, revision: number, body: object}} Answer
 */

const ANSWER_WITHIN_MS = 10_000;
const KEY_BYTES = 16;

/** A new key: one wish has one, however often it is sent. */
export function newKey() {
  // Not randomUUID: that is missing on pages that came over plain HTTP from another machine.
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Ask for a text to be shown: on a banner, `when` "now" or in the "queue"; without a banner on any that is free. */
export function show({ banner, text, when }, key) {
  const body = banner === "" || when === "now" ? { text } : { text, when };
  return call("POST", banner === "" ? "/v1/displays" : path(banner), body, { "Idempotency-Key": key });
}

/** Ask for what one shows to read differently, provided that this revision is still the newest. */
export function mend(banner, text, revision) {
  return call("PUT", path(banner), { text }, { "If-Match": `"${revision}"` });
}

/** Ask for a display to be ended, or to wait no more; no other one is ever meant. */
export function takeBack(display) {
  return call("DELETE", `/v1/displays/${encodeURIComponent(display)}`);
}

/** Ask what has become of a display. */
export function look(display) {
  return call("GET", `/v1/displays/${encodeURIComponent(display)}`);
}

/** Whether it is open what became of a call, so that the same one should be sent again. */
export function isOpen({ status }) {
  return status === 0 || status >= 500;
}

/** What a refusal or failure means, in words. */
export function explanation({ status, body }) {
  if (status === 0 || status === 504) {
    return "No answer came, so it may or may not have been done. Try again: it is never done twice.";
  }
  if (typeof body.detail === "string") {
    return body.detail;
  }
  return `The server answered with ${status}. Try again shortly.`;
}

function path(banner) {
  return `/v1/banners/${encodeURIComponent(banner)}/display`;
}

/** @returns {Promise<Answer>} */
async function call(method, url, body, headers = {}) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  try {
    const response = await fetch(url, {
      method,
      headers: { ...type, ...headers },
      ...sent,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const revision = Number(response.headers.get("ETag")?.replaceAll('"', "") ?? 0);
    return { status: response.status, revision, body: parsed(await response.text()) };
  } catch {
    return { status: 0, revision: 0, body: {} };
  }
}

/** Whoever stands between us and the gateway may answer in HTML. */
function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
