// The brief's hints, one at a time: the next appears when one has been opened.
import * as store from "./store.mjs";

/** Show the first hint, and those after the hints that were opened before.
 *  @param {string} slug
 *  @param {HTMLDetailsElement[]} hints */
export function showInTurn(slug, hints) {
  const opened = () => store.get("hints", slug) ?? 0;
  const reveal = () =>
    hints.forEach((hint, index) => (hint.hidden = index > opened()));
  hints.forEach((hint, index) =>
    hint.addEventListener("toggle", () => {
      if (!hint.open || index < opened()) return;
      store.set("hints", slug, index + 1);
      reveal();
    }),
  );
  reveal();
  store.watch((kind, key) => {
    if (!kind || (kind === "hints" && key === slug)) reveal();
  });
}
