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

/** Ask for a text to be shown. */
export function show(banner, text, key) {
  return call(banner, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify({ text }),
  });
}

/** Ask for what shows to be ended, provided that this revision is still the newest. */
export function takeDown(banner, revision) {
  return call(banner, { method: "DELETE", headers: { "If-Match": `"${revision}"` } });
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

/** @returns {Promise<Answer>} */
async function call(banner, request) {
  try {
    const response = await fetch(`/v1/banners/${encodeURIComponent(banner)}/display`, {
      ...request,
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
