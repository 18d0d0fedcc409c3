/** The few things that all parts of the page do to the document. */

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** @param {string} id */
export function element(id) {
  return document.getElementById(id);
}

/** Text is only ever set as text. What stands there already is left alone, so that nothing is laid out anew. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** A line of text that is there only while there is something to say. */
export function setLine(node, text) {
  setText(node, text);
  node.hidden = text === "";
}

/** Say something to those who listen instead of looking. A new node each time: the same words count again. */
export function announce(text) {
  const line = document.createElement("p");
  line.textContent = text;
  element("announcements").replaceChildren(line);
}

/** Put a node where its name belongs among its siblings, which are in that order. */
export function insertByName(parent, node, name, skip = 0) {
  node.dataset.name = name;
  let low = skip;
  let high = parent.children.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byName.compare(parent.children[middle].dataset.name, name) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  parent.insertBefore(node, parent.children[low] ?? null);
}
