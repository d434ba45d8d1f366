// An exercise's page: the editor in place of the starter, Check, Run and the verdicts.
import { check, prepare } from "./checking.mjs";
import { today } from "./dates.mjs";
import { button as makeButton, make, unseen } from "./elements.mjs";
import { SITE, facts } from "./facts.mjs";
import { showInTurn } from "./hints.mjs";
import { OutputArea } from "./outputs.mjs";
import { session } from "./session.mjs";
import * as store from "./store.mjs";
import { VerdictList } from "./verdicts.mjs";

const { slug, criteria } = facts;
const visible = criteria.filter((criterion) => criterion.visible);
const hidden = criteria.filter((criterion) => !criterion.visible);

const OTHERS = hidden.length === 1
  ? "the other one is judged when you hand in"
  : `the other ${hidden.length} are judged when you hand in`;

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const CHECK_KEYS = APPLE ? "Command+Enter" : "Ctrl+Enter";

const ABOUT_CHECK =
  "Change the starter here until it meets the criteria. Check judges " +
  `${visible.length} of the ${criteria.length} in Python inside this page, and nothing ` +
  `that you write leaves your computer; ${OTHERS}.`;

const STALE =
  "You have changed your answer since this check: these verdicts are about the version " +
  "before.";

/** Make the exercise workable on its page. */
export async function attach() {
  const place = document.querySelector(STARTER_PLACES[facts.form]);
  if (!place) return;
  const details = document.querySelectorAll("#hints details");
  showInTurn(slug, [...details]);
  if (!facts.browser) {
    place.before(make("p", { class: "exercise-note" }, NOT_HERE));
    return;
  }
  const Answer = await ANSWERS[facts.form]();
  place.replaceWith(new Workbench(Answer).element);
}

/** Where the page shows the starter to readers without scripts. */
const STARTER_PLACES = { cell: "#starter .highlight-python", files: "#starter .starter-files" };

const ANSWERS = {
  cell: async () => (await import("./cell_answer.mjs")).CellAnswer,
  files: async () => (await import("./files_answer.mjs")).FilesAnswer,
};

const NOT_HERE =
  "This exercise needs more than a browser's Python offers. Solve it in JupyterLab.";

/** The answer, buttons, remarks, output and verdicts. */
class Workbench {
  #answer;
  #list = new VerdictList(criteria);
  #buttons = {};
  #busy = false;
  #following = false; // another tab's text must not be written back over a later one
  #status = make("p", { class: "exercise-status", role: "status" });
  #undo = make("p", { class: "exercise-note", role: "status" });
  #changes = make("div", { class: "exercise-changes", id: "exercise-changes" });
  #output = make("div", { class: "cell_output docutils container exercise-output" });
  #stale = make("p", { class: "exercise-stale", role: "status" });
  #next = make("div", { class: "exercise-next" });

  constructor(Answer) {
    this.#answer = new Answer(facts, store.get("answer", slug), {
      change: () => this.#changed(),
      run: () => this.#run(),
      leave: () => this.#buttons.check.focus(),
      begin: () => this.#warmUp(),
    });
    this.element = this.#layout();
    this.element.addEventListener("keydown", (event) => this.#key(event), true);
    session.addEventListener("status", ({ detail }) => {
      if (this.#busy && detail.text) this.#say(detail.text);
    });
    this.#followOtherTabs();
    this.#restore();
  }

  #layout() {
    return make(
      "div",
      { class: "exercise" },
      make("p", { class: "exercise-note" }, ABOUT_CHECK),
      this.#answer.element,
      make("p", { class: "exercise-small" }, `${CHECK_KEYS} checks.`),
      this.#bar(),
      this.#status,
      this.#undo,
      this.#changes,
      this.#output,
      this.#answer.remarks.element,
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
    // Only JupyterLab has the files beside the notebook in sight.
    const app = facts.form === "files" ? "lab" : "notebooks";
    const lite = new URL(`lite/${app}/index.html?path=${slug}.ipynb`, SITE);
    const bar = make(
      "div",
      { class: "course-bar exercise-bar" },
      button("check", "Check", () => this.#check(), "Judge your answer"),
      button("run", "Run", () => this.#run(), "Run your answer and show what it prints"),
      button("stop", "Stop", () => session.stop(), "End what runs"),
      button("changes", "Show changes", () => this.#toggleChanges()),
      button("reset", this.#answer.resetLabel, () => this.#reset(), "Go back to the starter"),
      button("save", this.#answer.saveLabel, () => this.#save()),
      make("a", { href: lite.href }, "Open in JupyterLite"),
    );
    this.#buttons.check.classList.add("exercise-main");
    this.#buttons.run.classList.add("course-run");
    this.#buttons.run.hidden = !this.#answer.canRun;
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
    prepare(facts, this.#answer.text()).catch(() => {}); // told when it is needed
  }

  #changed() {
    if (!this.#following) this.#keep(this.#answer.text());
    this.#showStale();
    if (this.#changesShown) this.#showChanges(true);
  }

  #keep(text) {
    if (text === this.#answer.starter) store.remove("answer", slug);
    else store.set("answer", slug, text);
  }

  /** The same exercise in two tabs is one answer: neither writes over the other's. */
  #followOtherTabs() {
    const follow = () => {
      this.#following = true;
      this.#answer.replace(store.get("answer", slug) ?? this.#answer.starter);
      this.#following = false;
    };
    store.watch((kind, key) => {
      if (!kind || (kind === "answer" && key === slug)) follow();
    });
    // A tab that the browser had put to sleep was told nothing.
    document.addEventListener("visibilitychange", follow);
  }

  // --- Check --------------------------------------------------------------------------

  async #check() {
    const source = this.#answer.text();
    await this.#work("The check", async () => {
      this.#forget();
      const judging = (name) => this.#list.mark(name, "checking");
      const verdicts = await check(
        { ...facts, starter: this.#answer.starter },
        source,
        judging,
        (made) => this.#show(made),
      );
      store.set("verdicts", slug, {
        checked: new Date().toISOString(),
        source,
        verdicts,
      });
      this.#conclude(verdicts);
    });
    this.#showStale();
    this.#answer.remarks.start(); // not before: both would be slower
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
    const rest = `T${OTHERS.slice(1)}: ${this.#answer.handIn}`;
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
    const stale = Boolean(last) && last.source !== this.#answer.text();
    this.#stale.textContent = stale && !this.#busy ? STALE : "";
  }

  // --- Run and stop -------------------------------------------------------------------

  async #run() {
    if (this.#answer.runTrouble) return this.#say(this.#answer.runTrouble);
    await this.#work("The run", async () => {
      const area = new OutputArea(this.#output);
      area.clearAtNext();
      const ok = await this.#answer.run((output) => area.add(output));
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
    const { starter } = this.#answer;
    const before = this.#answer.text();
    if (before === starter) {
      this.#say("This is the starter.");
      return;
    }
    this.#answer.replace(starter);
    this.#offer("The starter is back.", "Bring my text back", () => {
      const since = this.#answer.text();
      this.#answer.replace(before);
      this.#answer.focus();
      if (since === starter) this.#undo.replaceChildren("Your text is back.");
      else
        this.#offer("Your text is back.", "Take the later text", () => {
          this.#answer.replace(since);
          this.#answer.focus();
          this.#undo.replaceChildren("The later text is back.");
        });
    });
  }

  #offer(words, label, act) {
    const way = makeButton(label, act, { class: "course-button" });
    this.#undo.replaceChildren(`${words} `, way);
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
    this.#changes.replaceChildren(...(shown ? this.#answer.changes() : []));
  }

  async #save() {
    try {
      this.#say(await this.#answer.save());
    } catch (error) {
      this.#say(`The file could not be made. ${error.message} Try again.`);
    }
  }
}
