// Remarks while the reader types: the chapter's own rules, in four voices. No verdicts.
import { linter } from "@codemirror/lint";
import { StateEffect, Text } from "@codemirror/state";
import { make } from "./elements.mjs";

/** The voices, the weightiest first, with what the editor draws for them. */
const VOICES = {
  essential: { label: "Essential", icon: "!", severity: "error" },
  actionable: { label: "Actionable", icon: "→", severity: "warning" },
  informative: { label: "Informative", icon: "i", severity: "info" },
  celebratory: { label: "Celebratory", icon: "★", severity: "hint" },
};
const PAUSE = 400; // milliseconds without a key before ruff is asked

const ABOUT =
  "What ruff finds about this chapter's rules while you type. Remarks are no verdicts: " +
  "only Check judges your answer.";
const LOADING = "Fetching ruff (4 MB, once) …";
const MISSING =
  "ruff could not be fetched, so there are no remarks. Check works without.";

/** The remarks on what is edited: one text, or the Python files of an answer. */
export class Remarks {
  #remarks;
  #celebrate;
  #of;
  #check;
  #loading;
  #views = new Map(); // editor -> tells the name of what is in it
  #known = new Map(); // name -> what was found in a text
  #seen = new Set(); // codes that were there once, in the starter or on this visit
  #list = make("ul");
  #status = make("p", { class: "exercise-small", role: "status" });

  /** @param {{remarks: object, celebrate: string}} facts of the page
   *  @param {object} of what is remarked on
   *  @param {string[]} of.starters the Python that the reader began with
   *  @param {() => Map<string, string>} of.sources the Python there is now, by name; the
   *    name is empty where there is but one
   *  @param {(name: string) => import("@codemirror/view").EditorView} of.show brings a
   *    source into sight */
  constructor({ remarks, celebrate }, of) {
    this.#remarks = remarks;
    this.#celebrate = celebrate;
    this.#of = of;
    this.element = make(
      "section",
      { class: "remarks", "aria-labelledby": "remarks-heading", hidden: true },
      make("h3", { id: "remarks-heading" }, "Remarks"),
      make("p", { class: "exercise-small" }, ABOUT),
      this.#status,
      this.#list,
    );
  }

  /** Remark in an editor, from the first focus of any of them on.
   *  @param {import("@codemirror/view").EditorView} view
   *  @param {() => string} [nameNow] the name of what is in it */
  attach(view, nameNow = () => "") {
    this.#views.set(view, nameNow);
    view.contentDOM.addEventListener("focus", () => this.start(), { once: true });
    if (this.#check) this.#lookWhileTyping(view);
  }

  /** An editor is gone.
   *  @param {import("@codemirror/view").EditorView} view */
  detach(view) {
    this.#views.delete(view);
  }

  /** Fetch ruff and begin.
   *  @returns {Promise<void>} */
  start() {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Look anew when sources came, went or got other names. */
  refresh() {
    if (!this.#check) return;
    const sources = this.#of.sources();
    this.#show([...sources].flatMap(([name, text]) => this.#find(name, text)));
  }

  async #load() {
    const codes = Object.keys(this.#remarks);
    if (!codes.length) return;
    this.element.hidden = false;
    this.#say(LOADING);
    try {
      const { makeRuff } = await import("./ruff.mjs");
      this.#check = await makeRuff(codes);
    } catch {
      this.#say(MISSING);
      return;
    }
    for (const starter of this.#of.starters)
      this.#check(starter).forEach(({ code }) => this.#seen.add(code));
    this.refresh();
    for (const view of this.#views.keys()) this.#lookWhileTyping(view);
  }

  #lookWhileTyping(view) {
    const extension = linter(() => this.#look(view), { delay: PAUSE });
    view.dispatch({ effects: StateEffect.appendConfig.of(extension) });
  }

  #look(view) {
    this.refresh();
    const name = this.#views.get(view)?.();
    const text = this.#of.sources().get(name);
    if (text === undefined || text !== view.state.doc.toString()) return [];
    return this.#find(name, text).map(({ from, to, voice, say, code }) => ({
      from,
      to,
      severity: VOICES[voice].severity,
      source: code ? `ruff ${code}` : "Python",
      message: `${VOICES[voice].label}: ${say}`,
    }));
  }

  #find(name, text) {
    const known = this.#known.get(name);
    if (known?.text === text) return known.found;
    const doc = Text.of(text.split("\n"));
    const found = this.#check(text).map((each) => ({ ...this.#told(each, doc), name }));
    this.#known.set(name, { text, found });
    return found;
  }

  #told({ code, message, start_location: start, end_location: end }, doc) {
    const place = ({ row, column }) => {
      const line = doc.line(Math.min(row, doc.lines));
      return Math.min(line.from + column - 1, line.to);
    };
    // What is no Python has no code of the chapter; ruff's own words say where.
    const known = this.#remarks[code] ?? {
      voice: "essential",
      say: `This is no Python yet. ${message}`,
    };
    const where = { from: place(start), to: place(end), line: start.row };
    return { ...known, ...where, code: this.#remarks[code] ? code : null };
  }

  #show(found) {
    const groups = Map.groupBy(found, ({ code, say }) => code ?? say);
    const order = Object.keys(VOICES);
    const sorted = [...groups.values()].sort(
      ([a], [b]) => order.indexOf(a.voice) - order.indexOf(b.voice),
    );
    const items = sorted.map((group) => this.#item(group));
    const praise = this.#praise(found);
    if (praise) items.push(item("celebratory", praise));
    this.#list.replaceChildren(...items);
    this.#say(counted(groups.size));
  }

  /** What was won: a remark that was there is gone. */
  #praise(found) {
    if (found.some(({ code }) => !code)) return ""; // nothing is known of other codes
    const codes = new Set(found.map(({ code }) => code));
    const gone = [...this.#seen].filter((code) => !codes.has(code));
    codes.forEach((code) => this.#seen.add(code));
    if (!gone.length) return "";
    return codes.size ? `Gone: ${gone.join(", ")}.` : this.#celebrate;
  }

  #item(group) {
    const [{ voice, say, code }] = group;
    const lines = new Map(group.map((each) => [placeOf(each), each]));
    const places = [...lines].flatMap(([words, { name, from }]) => {
      const onclick = () => this.#goTo(name, from);
      const place = { type: "button", class: "remark-place", onclick };
      return [", ", make("button", place, words)];
    });
    const source = code ? [`ruff ${code}`, ...places] : places.slice(1);
    return item(voice, say, " ", make("span", { class: "exercise-small" }, ...source));
  }

  #goTo(name, position) {
    const view = this.#of.show(name);
    view.dispatch({ selection: { anchor: position }, scrollIntoView: true });
    view.focus();
  }

  #say(text) {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }
}

const placeOf = ({ name, line }) => (name ? `${name}, line ${line}` : `line ${line}`);

const counted = (number) => {
  if (!number) return "No remarks.";
  return number === 1 ? "1 remark." : `${number} remarks.`;
};

const item = (voice, ...words) => {
  const { label, icon } = VOICES[voice];
  return make(
    "li",
    { class: "remark", "data-voice": voice },
    make("span", { class: "remark-icon", "aria-hidden": "true" }, icon),
    make("p", {}, make("strong", {}, `${label}: `), ...words),
  );
};
