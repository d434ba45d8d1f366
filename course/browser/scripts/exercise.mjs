// An exercise's page: the editor in place of the starter, Check, Run and the verdicts.
import { check, prepare, tryOut } from "./checking.mjs";
import { today } from "./dates.mjs";
import { renderDiff } from "./diff.mjs";
import { button as makeButton, make, unseen } from "./elements.mjs";
import { SITE, facts } from "./facts.mjs";
import { download } from "./handing_in.mjs";
import { showInTurn } from "./hints.mjs";
import { OutputArea } from "./outputs.mjs";
import { session } from "./session.mjs";
import * as store from "./store.mjs";
import { VerdictList } from "./verdicts.mjs";

const { slug, starter, criteria } = facts;
const visible = criteria.filter((criterion) => criterion.visible);
const hidden = criteria.filter((criterion) => !criterion.visible);

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const CHECK_KEYS = APPLE ? "Command+Enter" : "Ctrl+Enter";

const ABOUT_CHECK =
  "Change the starter here until it meets the criteria. Check judges " +
  `${visible.length} of the ${criteria.length} in Python inside this page, and nothing ` +
  `that you write leaves your computer; the other ${hidden.length} are judged when you ` +
  "hand in the notebook.";

const STALE =
  "You have changed your answer since this check: these verdicts are about the version " +
  "before.";

/** Make the exercise workable on its page. */
export async function attach() {
  const place = document.querySelector("#starter .highlight-python");
  if (!place) return;
  const details = document.querySelectorAll("#hints details");
  showInTurn(slug, [...details]);
  if (!facts.browser) {
    place.before(make("p", { class: "exercise-note" }, NOT_HERE));
    return;
  }
  const [{ createEditor }, { Remarks }] = await Promise.all([
    import("./editor.mjs"),
    import("./remarks.mjs"),
  ]);
  const bench = new Workbench(createEditor, new Remarks(facts));
  place.replaceWith(bench.element);
}

const NOT_HERE =
  "This exercise needs more than a browser's Python offers. Solve it in JupyterLab.";

/** Editor, buttons, remarks, output and verdicts. */
class Workbench {
  #editor;
  #remarks;
  #list = new VerdictList(criteria);
  #buttons = {};
  #busy = false;
  #status = make("p", { class: "exercise-status", role: "status" });
  #undo = make("p", { class: "exercise-note", role: "status" });
  #changes = make("div", { class: "exercise-changes", id: "exercise-changes" });
  #output = make("div", { class: "cell_output docutils container exercise-output" });
  #stale = make("p", { class: "exercise-stale", role: "status" });
  #next = make("div", { class: "exercise-next" });

  constructor(createEditor, remarks) {
    this.#remarks = remarks;
    const frame = make("div", { class: "exercise-editor highlight-python" });
    const text = store.get("answer", slug) ?? starter;
    this.#editor = createEditor({
      parent: frame,
      text,
      label: "Your answer",
      lineNumbers: true,
      onChange: (changed) => this.#changed(changed),
      onRun: () => this.#run(),
      onLeave: () => this.#buttons.check.focus(),
    });
    remarks.attach(this.#editor.view);
    this.#editor.view.contentDOM.addEventListener("focus", () => this.#warmUp(), {
      once: true,
    });
    this.element = this.#layout(frame);
    this.element.addEventListener("keydown", (event) => this.#key(event), true);
    session.addEventListener("status", ({ detail }) => {
      if (this.#busy && detail.text) this.#say(detail.text);
    });
    this.#restore();
  }

  #layout(frame) {
    return make(
      "div",
      { class: "exercise" },
      make("p", { class: "exercise-note" }, ABOUT_CHECK),
      frame,
      make("p", { class: "exercise-small" }, `${CHECK_KEYS} checks.`),
      this.#bar(),
      this.#status,
      this.#undo,
      this.#changes,
      this.#output,
      this.#remarks.element,
      make(
        "section",
        { class: "exercise-verdicts", "aria-labelledby": "verdicts-heading" },
        make("h3", { id: "verdicts-heading" }, "Verdicts"),
        this.#stale,
        this.#list.element,
        this.#next,
      ),
    );
  }

  #bar() {
    const button = (name, text, act, title) => {
      const made = makeButton(text, act, { class: "course-button", title });
      return (this.#buttons[name] = made);
    };
    const lite = new URL(`lite/notebooks/index.html?path=${slug}.ipynb`, SITE);
    const bar = make(
      "div",
      { class: "course-bar exercise-bar" },
      button("check", "Check", () => this.#check(), "Judge your answer"),
      button("run", "Run", () => this.#run(), "Run your answer and show what it prints"),
      button("stop", "Stop", () => session.stop(), "End what runs"),
      button("changes", "Show changes", () => this.#toggleChanges()),
      button("reset", "Reset", () => this.#reset(), "Go back to the starter"),
      button("save", "Download the notebook", () => this.#save()),
      make("a", { href: lite.href }, "Open in JupyterLite"),
    );
    this.#buttons.check.classList.add("exercise-main");
    this.#buttons.run.classList.add("course-run");
    this.#buttons.stop.classList.add("course-stop");
    this.#buttons.changes.setAttribute("aria-controls", this.#changes.id);
    this.#showBusy(false);
    this.#showChanges(false);
    return bar;
  }

  #key(event) {
    const modified = event.ctrlKey || event.metaKey;
    if (!modified || event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    this.#check();
  }

  /** Python starts when the reader begins to work, not when they are done. */
  #warmUp() {
    prepare(facts, this.#editor.text()).catch(() => {}); // told when it is needed
  }

  #changed(text) {
    if (text === starter) store.remove("answer", slug);
    else store.set("answer", slug, text);
    this.#showStale();
    if (this.#changesShown) this.#showChanges(true);
  }

  // --- Check --------------------------------------------------------------------------

  async #check() {
    const source = this.#editor.text();
    await this.#work("The check", async () => {
      this.#forget();
      const judging = (name) => this.#list.mark(name, "checking");
      const verdicts = await check(facts, source, judging, (made) => this.#show(made));
      store.set("verdicts", slug, {
        checked: new Date().toISOString(),
        source,
        verdicts,
      });
      this.#conclude(verdicts);
    });
    this.#showStale();
    this.#remarks.start(); // not before: both would be slower
  }

  /** No verdict of an earlier check stays beside those of this one. */
  #forget() {
    this.#list.clear();
    this.#next.replaceChildren();
    this.#stale.textContent = "";
  }

  #show(verdicts) {
    for (const verdict of verdicts) this.#list.show(verdict);
  }

  #conclude(verdicts) {
    const met = verdicts.filter((verdict) => verdict.met).length;
    const headlines = verdicts.map((verdict) => verdict.headline).join(" ");
    this.#status.replaceChildren(
      `${met} of the ${verdicts.length} criteria that run here are met.`,
      unseen(` ${headlines}`),
    );
    if (met < verdicts.length) return;
    if (!store.get("passed", slug)) store.set("passed", slug, today());
    this.#showNext();
  }

  #showNext() {
    const link = document.querySelector(".prev-next-area a.right-next");
    const title = link?.querySelector(".prev-next-title")?.textContent.trim();
    const rest =
      `The other ${hidden.length} are judged when you hand in: download the notebook, ` +
      "your answer is in it.";
    this.#next.replaceChildren(
      make("p", {}, make("strong", {}, "All criteria that run here are met. "), rest),
      make("p", {}, link && make("a", { href: link.href }, `Read on: ${title}`)),
    );
  }

  #restore() {
    const last = store.get("verdicts", slug);
    if (!last?.verdicts) return;
    this.#show(last.verdicts);
    if (last.verdicts.every(({ met }) => met)) this.#showNext();
    this.#showStale();
  }

  #showStale() {
    const last = store.get("verdicts", slug);
    const stale = Boolean(last) && last.source !== this.#editor.text();
    this.#stale.textContent = stale && !this.#busy ? STALE : "";
  }

  // --- Run and stop -------------------------------------------------------------------

  async #run() {
    await this.#work("The run", async () => {
      const area = new OutputArea(this.#output);
      area.clearAtNext();
      const ok = await tryOut(this.#editor.text(), (output) => area.add(output));
      area.settle();
      const silent = this.#output.hasChildNodes() ? "" : " and printed nothing";
      this.#say(ok ? `It ran${silent}.` : "It raised an error.");
    });
  }

  /** One thing at a time; whatever goes wrong is told. */
  async #work(what, job) {
    if (this.#busy) return;
    this.#showBusy(true);
    this.#say("Starting …");
    try {
      await job();
    } catch (error) {
      const problem = `could not be made. ${error.message} If it stays so, reload the page.`;
      this.#say(`${what} ${error.stopped ? "was stopped." : problem}`);
      this.#list.clear();
      this.#restore();
    } finally {
      this.#showBusy(false);
    }
  }

  #showBusy(busy) {
    this.#busy = busy;
    for (const name of ["check", "run"])
      this.#buttons[name].setAttribute("aria-disabled", String(busy));
    const { check: first, stop } = this.#buttons;
    if (!busy && document.activeElement === stop) first.focus(); // it disappears
    stop.hidden = !busy;
  }

  #say(text) {
    this.#status.textContent = text;
  }

  // --- The text -----------------------------------------------------------------------

  #reset() {
    const before = this.#editor.text();
    if (before === starter) {
      this.#say("This is the starter.");
      return;
    }
    this.#editor.replace(starter);
    const bringBack = () => {
      this.#editor.replace(before);
      this.#undo.replaceChildren("Your text is back.");
      this.#editor.focus();
    };
    this.#undo.replaceChildren(
      "The starter is back. ",
      makeButton("Bring my text back", bringBack, { class: "course-button" }),
    );
  }

  #changesShown = false;

  #toggleChanges() {
    this.#showChanges(!this.#changesShown);
  }

  #showChanges(shown) {
    this.#changesShown = shown;
    const { changes } = this.#buttons;
    changes.setAttribute("aria-expanded", String(shown));
    changes.textContent = shown ? "Hide changes" : "Show changes";
    const label = "Your changes to the starter";
    this.#changes.replaceChildren(
      ...(shown ? [renderDiff(starter, this.#editor.text(), label)] : []),
    );
  }

  async #save() {
    const released = document.querySelector("#how-it-is-judged a.download").href;
    try {
      await download(released, `${slug}.ipynb`, this.#editor.text());
      this.#say(`Saved as ${slug}.ipynb, with your answer in its answer cell.`);
    } catch (error) {
      this.#say(`The notebook could not be made. ${error.message} Try again.`);
    }
  }
}
