// Live code cells of a chapter: one Python, its state shared down the page.
import { facts } from "./facts.mjs";
import { LiveCell } from "./live_cell.mjs";
import { explainCell, explainPage } from "./not_live.mjs";
import { placeEdits } from "./edits.mjs";
import { session } from "./session.mjs";

/** Runs the cells of the page in their order. */
class Chapter {
  #cells = [];
  #queue = Promise.resolve();
  #asked = null; // the cell whose Run is being answered
  #doing = ""; // what it says while nothing is being fetched

  constructor() {
    session.addEventListener("status", ({ detail }) => {
      this.#asked?.say(detail.text || this.#doing);
    });
    session.addEventListener("ended", ({ detail }) => this.#ended(detail));
  }

  add(root) {
    this.#cells.push(new LiveCell(root, this.#cells.length + 1, this));
  }

  get cells() {
    return this.#cells;
  }

  /** Run a cell, after those above it that this Python has not run as they are now.
   * @param {LiveCell} cell
   * @param {(output: object) => void} [take] Takes the outputs in the cell's stead.
   * @returns {Promise<void>} */
  run(cell, take) {
    if (!cell.isActive) {
      cell.wait(take);
      this.#queue = this.#queue.then(() => this.#runDownTo(cell));
    }
    return this.#queue;
  }

  stop() {
    session.stop();
  }

  async #runDownTo(cell) {
    if (!cell.isActive) return; // stopped while it waited
    this.#asked = cell;
    try {
      await session.start();
    } catch {
      return; // the cells have been told by `ended`
    }
    for (const above of this.#cells.slice(0, cell.number - 1)) {
      if (above.hasRun) continue;
      this.#say(`Running cell ${above.number} first, above …`);
      if (!(await this.#runOne(above))) {
        this.#asked = null;
        if (cell.isActive) cell.blockedBy(above);
        return;
      }
    }
    this.#say("Running …");
    await this.#runOne(cell);
  }

  #say(text) {
    this.#doing = text;
    this.#asked?.say(text);
  }

  /** Whether the cells below may run. */
  async #runOne(cell) {
    const source = cell.source;
    const changed = cell.begin(source);
    const { ok, stopped } = await session.run(cell.name, source, (output) =>
      cell.show(output),
    );
    if (stopped) return false;
    if (cell === this.#asked) this.#asked = null; // its last word is what became of it
    cell.finish(source, ok);
    if (changed) for (const below of this.#cells.slice(cell.number)) below.forget();
    return ok || cell.mayFail;
  }

  #ended(reason) {
    this.#asked = null;
    for (const cell of this.#cells) cell.pythonEnded(reason);
  }
}

let chapter;

/** Run a cell as its button does; what it shows now stays.
 * @param {HTMLElement} root The cell.
 * @param {(output: object) => void} take Takes the outputs of this run, late ones too.
 * @returns {Promise<void>} */
export async function runInto(root, take) {
  const cell = cellAt(root);
  if (cell) await chapter.run(cell, take);
}

/** @param {HTMLElement} root A cell.
 * @returns {boolean} Whether this Python ran its code as it is now, and what is above. */
export function isUpToDate(root) {
  return cellAt(root)?.hasRun ?? false;
}

const cellAt = (root) => chapter?.cells.find((cell) => cell.root === root);

/** Make the chapter's cells live, or say why they are not. */
export function attach() {
  const roots = [...document.querySelectorAll("div.cell:has(.cell_input pre)")];
  if (!facts.browser) {
    if (roots.length) explainPage();
    return;
  }
  chapter = new Chapter();
  for (const root of roots) {
    if (root.classList.contains("tag_not-live")) explainCell(root);
    else chapter.add(root);
  }
  placeEdits(chapter.cells);
}
