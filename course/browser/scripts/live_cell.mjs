// One code cell of a chapter: its buttons, how its run goes, its outputs.
import { CellCode } from "./cell_code.mjs";
import { make } from "./elements.mjs";
import { OutputArea } from "./outputs.mjs";
import { session } from "./session.mjs";

const SECONDS_WORTH_TELLING = 1;
const NO_EDITOR =
  "The editor could not be fetched. Check the connection to this site, then try again.";

/** A button that stays where the focus is, also while there is nothing to press. */
const button = (label, kind, press) =>
  make(
    "button",
    {
      type: "button",
      class: `course-button course-${kind}`,
      onclick: ({ currentTarget }) => {
        if (currentTarget.getAttribute("aria-disabled") !== "true") press();
      },
    },
    label,
  );

const enable = (element, enabled) =>
  element.setAttribute("aria-disabled", String(!enabled));

/** A cell that the reader runs, edits, stops and resets. */
export class LiveCell {
  #chapter;
  #bar;
  #buttons;
  #note = make("span", { class: "course-cell-note", role: "status" });
  #outputBox;
  #builtOutput;
  #outputs;
  #take; // who takes the outputs instead
  #state = "idle"; // waiting, running
  #ranSource; // what this Python ran last
  #hasRun = false;
  #begun = 0;
  #failure = ""; // the name of the last error

  /** @param {HTMLElement} root
   * @param {number} number Its place among the live cells of the page, from 1.
   * @param {{run: Function, stop: Function}} chapter */
  constructor(root, number, chapter) {
    this.root = root;
    this.number = number;
    this.#chapter = chapter;
    this.code = new CellCode(root, number, {
      change: () => this.#changed(),
      run: () => chapter.run(this),
      leave: () => this.#leave(),
    });
    this.#prepareOutput();
    this.#addBar();
    this.#listen();
    this.#refresh();
  }

  get name() {
    return String(this.number);
  }

  get source() {
    return this.code.source;
  }

  get isActive() {
    return this.#state !== "idle";
  }

  /** Whether this Python ran the code as it is now, so that what stands below may run. */
  get hasRun() {
    return this.#hasRun;
  }

  get mayFail() {
    return this.root.classList.contains("tag_raises-exception");
  }

  // What the chapter tells this cell.

  wait(take) {
    this.#take = take;
    this.#state = "waiting";
    this.say("Waiting …");
    this.#refresh();
  }

  /** @returns {boolean} Whether this Python ran another version of the code before. */
  begin(source) {
    this.#state = "running";
    this.#begun = performance.now();
    if (!this.#take) this.#outputs.clearAtNext();
    this.#refresh();
    return this.#ranSource !== undefined && this.#ranSource !== source;
  }

  show(output) {
    if (output.output_type === "error") this.#failure = output.ename;
    if (this.#take) this.#take(output);
    else this.#outputs.add(output);
  }

  finish(source, ok) {
    this.#idle();
    this.#ranSource = source;
    this.#hasRun = (ok || this.mayFail) && this.source === source;
    this.say(ok ? `Done${this.#duration()}.` : `Failed: ${this.#failure}.`);
  }

  blockedBy(above) {
    this.#idle();
    const link = make("a", { href: "#", onclick: (event) => jump(event, above) });
    link.append(`cell ${above.number}`);
    this.say("Not run: ", link, `, above, failed (${above.#failure}).`);
  }

  forget() {
    this.#hasRun = false;
  }

  /** Python is no more: what was run is lost, what is shown stays. */
  pythonEnded(reason) {
    this.#hasRun = false;
    this.#ranSource = undefined;
    if (!this.isActive) return;
    this.#idle();
    this.say(
      reason.stopped ? "Stopped. The next run starts Python afresh." : reason.message,
    );
  }

  /** Tell how it goes, beside the buttons. */
  say(...words) {
    this.#note.replaceChildren(...words);
  }

  // Edits.

  /** Show the edit of an earlier visit. */
  async restore(text) {
    this.say("Your edit, kept in this browser.");
    await this.#withEditor(this.code.restore(text));
  }

  /** Offer an edit of code that the chapter no longer has. */
  offer(text, discard) {
    const close = () => (discard(), note.remove(), this.#buttons.run.focus());
    const use = () => {
      this.code.keep(text);
      this.#withEditor(this.code.replace(text));
      close();
    };
    const note = make(
      "div",
      { class: "course-offer" },
      make(
        "p",
        {},
        "You edited this cell when it looked otherwise; the chapter has changed since.",
      ),
      make("pre", { tabindex: "0", "aria-label": "Your earlier edit" }, text),
      button("Use my version", "use", use),
      button("Delete it", "delete", close),
    );
    this.#bar.after(note);
  }

  async #withEditor(opening) {
    try {
      await opening;
    } catch {
      this.say(NO_EDITOR);
    }
    this.#refresh();
  }

  #changed() {
    this.#hasRun = false;
    this.#refresh();
  }

  #leave() {
    if (this.isActive) {
      this.#chapter.stop();
    } else if (this.code.isEdited) {
      this.#buttons.run.focus();
    } else {
      this.code.close();
      this.#buttons.edit.focus();
    }
  }

  #reset() {
    const edit = this.source;
    this.code.reset();
    this.#hasRun = false;
    this.#outputBox.replaceChildren(...this.#builtOutput);
    this.#refresh();
    this.#buttons.edit.focus();
    const undo = button("Undo", "undo", async () => {
      await this.#withEditor(this.code.replace(edit));
      this.say("Your edit is back.");
      this.#buttons.edit.focus();
    });
    this.say("The book's code and output are back. ", undo);
  }

  async #toggleDiff() {
    if (this.code.showsDiff) this.code.hideDiff();
    else await this.code.showDiff(this.#bar);
    this.#refresh();
  }

  // What is on the page.

  #prepareOutput() {
    const made = make("div", { class: "cell_output docutils container" });
    this.#outputBox = this.root.querySelector(".cell_output");
    if (!this.#outputBox) this.root.append((this.#outputBox = made));
    this.#builtOutput = [...this.#outputBox.childNodes];
    this.#outputs = new OutputArea(this.#outputBox);
  }

  #addBar() {
    this.#buttons = {
      run: button("Run", "run", () => this.#chapter.run(this)),
      stop: button("Stop", "stop", () => this.#chapter.stop()),
      edit: button("Edit", "edit", () => this.#withEditor(this.code.edit())),
      reset: button("Reset", "reset", () => this.#reset()),
      diff: button("Show changes", "changes", () => this.#toggleDiff()),
    };
    this.#bar = make(
      "div",
      { class: "course-bar", role: "group", "aria-label": `Cell ${this.number}` },
      make("span", { class: "course-cell-number" }, `Cell ${this.number}`),
      ...Object.values(this.#buttons),
      this.#note,
    );
    [...this.root.children].find((part) => this.code.isIn(part)).after(this.#bar);
    // The press of a mouse lasts a tenth of a second: Python is on its way meanwhile.
    this.#buttons.run.addEventListener("pointerdown", ({ pointerType }) => {
      if (pointerType === "mouse") session.start().catch(() => {});
    });
  }

  #listen() {
    this.root.tabIndex = -1; // so that a click on the code makes this cell the one that runs
    this.root.addEventListener("keydown", (event) => {
      if (event.defaultPrevented) return; // the editor's
      if (event.key === "Enter" && event.shiftKey) {
        event.preventDefault(); // a button would be pressed as well
        this.#chapter.run(this);
      } else if (event.key === "Escape" && this.isActive) {
        this.#chapter.stop();
      }
    });
  }

  #refresh() {
    const { run, stop, reset, diff } = this.#buttons;
    const { isEdited, showsDiff } = this.code;
    enable(run, !this.isActive);
    enable(stop, this.isActive);
    enable(reset, !this.isActive);
    reset.hidden = diff.hidden = !isEdited;
    diff.textContent = showsDiff ? "Hide changes" : "Show changes";
    diff.setAttribute("aria-expanded", String(showsDiff));
    this.root.classList.toggle("course-running", this.isActive);
  }

  #idle() {
    this.#state = "idle";
    this.#outputs.settle();
    this.#refresh();
  }

  #duration() {
    const seconds = (performance.now() - this.#begun) / 1000;
    return seconds < SECONDS_WORTH_TELLING ? "" : ` in ${seconds.toFixed(1)} s`;
  }
}

const jump = (event, cell) => {
  event.preventDefault();
  cell.root.scrollIntoView({ block: "center" });
  cell.root.focus({ preventScroll: true });
};
