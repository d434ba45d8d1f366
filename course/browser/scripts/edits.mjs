// The reader's edits of cells, kept over visits, also when the chapter changes meanwhile.
import { PAGE } from "./facts.mjs";
import * as store from "./store.mjs";

// FNV-1a: short, and the same in every browser and over plain http.
const hash = (text) => {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  }
  return value.toString(16).padStart(8, "0");
};

/** The key of an edit: it holds what was edited, not only where it stood.
 * @param {number} number The cell's place on the page.
 * @param {string} original The code that the edit began from. */
export const editKey = (number, original) => `${PAGE}#${number}-${hash(original)}`;

const parts = (key) => {
  const [number, edited] = key.slice(PAGE.length + 1).split("-");
  return { number: Number(number), edited };
};

const leftOver = (cells) => {
  const used = new Set(cells.map((cell) => cell.code.key));
  return [...store.all("edit")].filter(
    ([key]) => key.startsWith(`${PAGE}#`) && !used.has(key),
  );
};

/** Give each cell its edit. An edit of code that stands elsewhere now moves with it; an
 * edit of code that the chapter no longer has is offered, and not put in.
 * @param {LiveCell[]} cells */
export function placeEdits(cells) {
  for (const cell of cells) {
    const text = store.get("edit", cell.code.key);
    if (typeof text === "string") cell.restore(text);
  }
  for (const [key, text] of leftOver(cells)) {
    const { number, edited } = parts(key);
    const discard = () => store.remove("edit", key);
    const moved = cells.find(
      ({ code }) => !code.isEdited && hash(code.original) === edited,
    );
    if (moved) {
      discard();
      moved.code.keep(text);
      moved.restore(text);
    } else {
      cells[Math.min(number, cells.length) - 1]?.offer(text, discard);
    }
  }
}
