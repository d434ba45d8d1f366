// An answer of one cell: its editor, and what belongs to this form of answer.
import { tryOut } from "./checking.mjs";
import { renderDiff } from "./diff.mjs";
import { createEditor } from "./editor.mjs";
import { make } from "./elements.mjs";
import { saveNotebook } from "./handing_in.mjs";
import { Remarks } from "./remarks.mjs";

/** What the workbench asks of an answer, for one cell. */
export class CellAnswer {
  #editor;
  #facts;
  resetLabel = "Reset";
  canRun = true;
  runTrouble = "";
  saveLabel = "Download the notebook";
  handIn = "download the notebook, your answer is in it.";

  /** @param {object} facts of the page
   *  @param {string | undefined} kept what the reader wrote before
   *  @param {object} on as the workbench gives it */
  constructor(facts, kept, on) {
    this.#facts = facts;
    this.starter = facts.starter;
    this.element = make("div", { class: "exercise-editor highlight-python" });
    this.#editor = createEditor({
      parent: this.element,
      text: kept ?? this.starter,
      label: "Your answer",
      lineNumbers: true,
      onChange: on.change,
      onRun: on.run,
      onLeave: on.leave,
    });
    const { view } = this.#editor;
    this.remarks = new Remarks(facts, {
      starters: [this.starter],
      sources: () => new Map([["", this.text()]]),
      show: () => view,
    });
    this.remarks.attach(view);
    view.contentDOM.addEventListener("focus", on.begin, { once: true });
  }

  /** @returns {string} the answer as it is kept, judged and handed in */
  text() {
    return this.#editor.text();
  }

  /** @param {string} text another answer */
  replace(text) {
    if (text !== this.text()) this.#editor.replace(text);
  }

  focus() {
    this.#editor.focus();
  }

  /** @returns {HTMLElement[]} what differs from the starter */
  changes() {
    return [renderDiff(this.starter, this.text(), "Your changes to the starter")];
  }

  /** @param {(output: object) => void} onOutput
   *  @returns {Promise<boolean>} whether it ran without an error */
  run(onOutput) {
    return tryOut(this.text(), onOutput);
  }

  /** @returns {Promise<string>} what was saved */
  async save() {
    const released = document.querySelector("#how-it-is-judged a.download").href;
    const name = `${this.#facts.slug}.ipynb`;
    await saveNotebook(released, name, this.text());
    return `Saved as ${name}, with your answer in its answer cell.`;
  }
}
