// The code of one cell: as the book has it, as the reader edits it, and the difference.
import { editKey } from "./edits.mjs";
import { make } from "./elements.mjs";
import * as store from "./store.mjs";

/** Code that can be edited in place; what the reader makes of it is kept. */
export class CellCode {
  #static; // as the book shows it
  #number;
  #on;
  #editor = null;
  #opening = null;
  #kept; // the reader's text, while no editor holds it
  #diff = null;

  /** @param {HTMLElement} root The cell.
   * @param {number} number Its place on the page.
   * @param {{change: () => void, run: () => void, leave: () => void}} on What to do when
   *   the reader has changed the code, wants it run, or leaves the editor. */
  constructor(root, number, on) {
    this.#static = root.querySelector(".cell_input > div");
    this.#number = number;
    this.#on = on;
    this.original = root.querySelector(".cell_input pre").textContent.replace(/\n$/, "");
    this.key = editKey(number, this.original);
  }

  get source() {
    return this.#editor?.text() ?? this.#kept ?? this.original;
  }

  get isEdited() {
    return this.source !== this.original;
  }

  get showsDiff() {
    return this.#diff !== null;
  }

  /** Whether an element stands in the part of the page that shows the code. */
  isIn(element) {
    return element.contains(this.#static);
  }

  /** Open the editor and go there. */
  async edit() {
    await this.#open();
    this.#editor.focus();
  }

  /** Put a text in place of the code, as if the reader had written it. */
  async replace(text) {
    await this.#open();
    this.#editor.replace(text);
  }

  /** Show what was kept at an earlier visit. */
  restore(text) {
    this.#kept = text;
    return this.#open();
  }

  /** Keep a text as the reader's edit. */
  keep(text) {
    if (text === this.original) store.remove("edit", this.key);
    else store.set("edit", this.key, text);
  }

  /** Show the book's code again, and forget the reader's. */
  reset() {
    store.remove("edit", this.key);
    this.hideDiff();
    this.close();
  }

  /** Show the book's code in place of the editor. */
  close() {
    this.#editor?.remove();
    this.#editor = this.#opening = null;
    this.#kept = undefined;
    this.#static.hidden = false;
  }

  /** Show below a place what the reader changed. */
  showDiff(place) {
    this.#diff = make("div", {});
    place.after(this.#diff);
    return this.#drawDiff();
  }

  hideDiff() {
    this.#diff?.remove();
    this.#diff = null;
  }

  #open() {
    this.#opening ??= this.#makeEditor().catch((error) => {
      this.#opening = null; // may be tried again
      throw error;
    });
    return this.#opening;
  }

  async #makeEditor() {
    const { createEditor } = await import("./editor.mjs");
    const text = this.source;
    this.#static.hidden = true;
    this.#editor = createEditor({
      parent: this.#static.parentElement,
      text,
      label: `Code of cell ${this.#number}`,
      onChange: (changed) => this.#changed(changed),
      onRun: this.#on.run,
      onLeave: this.#on.leave,
    });
  }

  #changed(text) {
    this.keep(text);
    if (!this.isEdited) this.hideDiff();
    if (this.#diff) this.#drawDiff();
    this.#on.change();
  }

  async #drawDiff() {
    const { renderDiff } = await import("./diff.mjs");
    const label = `What you changed in cell ${this.#number}`;
    this.#diff?.replaceChildren(renderDiff(this.original, this.source, label));
  }
}
