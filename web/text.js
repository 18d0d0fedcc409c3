/** Texts as the server counts them. It alone decides what may be shown; this is for the count as one types. */

export const MOST_CHARACTERS = 120;

// What the server trims: not quite what `trim` does.
const SPACE = "[\\t\\n\\v\\f\\r\\u0085\\p{Zs}\\p{Zl}\\p{Zp}]+";
const AROUND = new RegExp(`^${SPACE}|${SPACE}$`, "gu");

/** @param {string} text */
export function cleaned(text) {
  return text.replace(AROUND, "").normalize("NFC");
}

/** @param {string} text */
export function characters(text) {
  return [...cleaned(text)].length;
}
