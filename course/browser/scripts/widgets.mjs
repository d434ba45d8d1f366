// Widgets of a page: drawn at once from their saved state, live from the first touch.
//
// The first touch starts Python and runs the cell. The widgets that it makes then take
// over the models that are drawn already: nothing is redrawn, so that a drag goes on, the
// focus stays, and what the reader has set is what Python is told.
import { isUpToDate, runInto } from "./cells.mjs";
import { make } from "./elements.mjs";
import { facts, SITE } from "./facts.mjs";
import { OutputArea, registerRenderer } from "./outputs.mjs";
import { session } from "./session.mjs";
import { WidgetInbox } from "./widget_inbox.mjs";
import { PageManager } from "./widget_manager.mjs";

const VIEW = "application/vnd.jupyter.widget-view+json";
const STATE = "application/vnd.jupyter.widget-state+json";
const CONTROLS = "input, select, textarea, button, [contenteditable], .noUi-target";
const KEYS_THAT_MOVE_NOTHING = new Set(["Tab", "Shift", "Control", "Alt", "Meta", "Escape"]);

const manager = new PageManager();
const inbox = new WidgetInbox(manager, session, (isSlow) => touchedLast?.slow(isSlow));
const drawings = new Set();
let touchedLast;

const NOTES = {
  still:
    "Move a control: Python starts in your browser (9 MB, once) and runs the code above.",
  starting: "Starting Python …",
  live: "Live: Python in your browser runs the code above at each move.",
  slow: "Python is still at it. ",
  stopped: "Python was stopped. Move a control to start it again.",
  failed: "The code did not run to its end. Move a control to try again.",
};

/** A widget in its cell, and the note below it. */
class Drawing {
  #cell;
  #place;
  #root;
  #note;
  #strays; // what is put out, but not into the widget
  #state;
  #control; // the one in use
  #pressed = null;

  /** @param {HTMLElement} place What the widget is drawn into.
   * @param {object} root The model.
   * @param {"still"|"live"} state */
  constructor(place, root, state) {
    this.#cell = place.closest(".cell");
    this.#place = place;
    this.#root = root;
    this.#note = noteOf(this.#cell);
    const strays = make("div");
    place.after(strays);
    this.#strays = new OutputArea(strays);
    inbox.watch(root, () => this.#touch());
    for (const event of ["pointerdown", "keydown", "click"]) {
      place.addEventListener(event, (touch) => this.#touched(touch));
    }
    this.#tell(state);
    drawings.add(this);
  }

  /** Python is gone.
   * @param {{stopped: true}|Error} reason */
  ended(reason) {
    if (this.#state === "still" || this.#state === "failed") return;
    if (reason.stopped) this.#tell("stopped");
    else this.#tell("failed", reason.message);
  }

  /** Python has been at work for long, or is done with it. */
  slow(isSlow) {
    if (!isSlow) {
      if (this.#state === "slow") this.#tell("live");
    } else if (this.#state === "live") {
      this.#tell("slow");
      const onclick = () => this.#stop();
      const look = "course-button course-stop";
      this.#note.append(make("button", { type: "button", class: look, onclick }, "Stop"));
    }
  }

  #stop() {
    session.stop();
    this.#control.focus(); // the button is gone
  }

  #tell(state, text = NOTES[state]) {
    this.#state = state;
    this.#note.textContent = text;
  }

  #touched({ type, target, key }) {
    const control = target.closest(CONTROLS);
    if (key === "Escape" && this.#state === "slow") this.#stop();
    if (!control || KEYS_THAT_MOVE_NOTHING.has(key)) return;
    this.#control = target.closest("[tabindex]") ?? control;
    // A click sets no value: nothing but another click can tell Python of it.
    if (type === "click" && !this.#isLive) this.#pressed = control.closest(".widget-button");
    this.#touch();
  }

  get #isLive() {
    return this.#state === "live" || this.#state === "slow";
  }

  #touch() {
    touchedLast = this;
    if (this.#state === "starting") return;
    // Code that was edited, or reset, since it made these widgets, makes them anew.
    if (!this.#isLive || !isUpToDate(this.#cell)) this.#start();
  }

  async #start() {
    this.#tell("starting");
    this.#strays.clear();
    const progress = ({ detail }) => {
      if (detail.text && this.#state === "starting") this.#tell("starting", detail.text);
    };
    session.addEventListener("status", progress);
    inbox.hold();
    let taken;
    await runInto(this.#cell, (output) => {
      if (output.data?.[VIEW]) taken = this.#take(output.data[VIEW].model_id);
      else if (this.#isLive || output.output_type === "error") this.#strays.add(output);
    });
    session.removeEventListener("status", progress);
    await taken;
    await inbox.release();
    if (this.#isLive) this.#pressed?.click();
    // Where the cell was running already, its own run has drawn another widget by now.
    else if (this.#state === "starting" && this.#place.isConnected) this.#tell("failed");
    this.#pressed = null;
  }

  async #take(id) {
    if (!(await inbox.release(id, this.#root))) {
      // The reader's code makes other widgets than those that are drawn.
      this.#root = await manager.get_model(id);
      await manager.draw(this.#root, this.#place);
      inbox.watch(this.#root, () => this.#touch());
    }
    this.#tell("live");
  }
}

/** The note that the built page has below the cell, else a new one. */
const noteOf = (cell) => {
  let note = cell.nextElementSibling;
  if (!note?.matches("p.page-note")) {
    note = make("p", { class: "page-note" });
    cell.after(note);
  }
  note.setAttribute("role", "status");
  return note;
};

/** Draw the widgets that the built page holds, with no Python. */
const drawSaved = async () => {
  const saved = document.querySelector(`script[type="${STATE}"]`);
  await manager.set_state(JSON.parse(saved.textContent));
  for (const place of document.querySelectorAll(".course-widget")) {
    const root = await manager.get_model(place.dataset.model);
    await manager.draw(root, place);
    const canRun = facts.browser && !place.closest(".tag_not-live");
    if (canRun) new Drawing(place, root, "still");
  }
};

/** Draw a widget that a run of its cell, or a widget's callback, has just made. */
const drawLive = ({ model_id }) => {
  const place = make("div", { class: "course-widget" });
  const draw = async () => {
    await inbox.release();
    const root = await manager.get_model(model_id);
    await manager.draw(root, place);
    const isInAnother = place.parentElement.closest(".course-widget");
    if (!isInAnother) new Drawing(place, root, "live");
  };
  draw();
  return place;
};

const styled = () =>
  new Promise((resolve) => {
    const href = new URL("browser/widgets.css", SITE).href;
    const [onload, onerror] = [resolve, resolve];
    document.head.append(make("link", { rel: "stylesheet", href, onload, onerror }));
  });

/** Draw the page's widgets and have them live when they are touched. */
export async function attach() {
  registerRenderer(VIEW, drawLive);
  session.addEventListener("ended", ({ detail }) => {
    for (const drawing of drawings) drawing.ended(detail);
  });
  await styled();
  await drawSaved();
}
