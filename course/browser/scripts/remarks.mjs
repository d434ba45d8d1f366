// Remarks while the reader types: the chapter's own rules, in four voices. No verdicts.
import { linter } from "@codemirror/lint";
import { StateEffect } from "@codemirror/state";
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

/** The remarks on one editor's text. */
export class Remarks {
  #remarks;
  #celebrate;
  #starter;
  #view;
  #check;
  #loading;
  #seen = new Set(); // codes that were there once, in the starter or on this visit
  #list = make("ul");
  #status = make("p", { class: "exercise-small", role: "status" });

  /** @param {{remarks: object, celebrate: string, starter: string}} facts of the page */
  constructor({ remarks, celebrate, starter }) {
    this.#remarks = remarks;
    this.#celebrate = celebrate;
    this.#starter = starter;
    this.element = make(
      "section",
      { class: "remarks", "aria-labelledby": "remarks-heading", hidden: true },
      make("h3", { id: "remarks-heading" }, "Remarks"),
      make("p", { class: "exercise-small" }, ABOUT),
      this.#status,
      this.#list,
    );
  }

  /** Remark on an editor's text from its first focus on.
   *  @param {import("@codemirror/view").EditorView} view */
  attach(view) {
    this.#view = view;
    view.contentDOM.addEventListener("focus", () => this.start(), { once: true });
  }

  /** Fetch ruff and begin.
   *  @returns {Promise<void>} */
  start() {
    this.#loading ??= this.#load();
    return this.#loading;
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
    this.#check(this.#starter).forEach(({ code }) => this.#seen.add(code));
    const look = (view) => this.#look(view.state.doc);
    const extension = linter(look, { delay: PAUSE });
    this.#view.dispatch({ effects: StateEffect.appendConfig.of(extension) });
  }

  #look(doc) {
    const found = this.#check(doc.toString()).map((each) => this.#told(each, doc));
    this.#show(found);
    return found.map(({ from, to, voice, say, code }) => ({
      from,
      to,
      severity: VOICES[voice].severity,
      source: code ? `ruff ${code}` : "Python",
      message: `${VOICES[voice].label}: ${say}`,
    }));
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
    const lines = new Map(group.map(({ line, from }) => [line, from]));
    const places = [...lines].flatMap(([line, from]) => {
      const onclick = () => this.#goTo(from);
      const place = { type: "button", class: "remark-place", onclick };
      return [", ", make("button", place, `line ${line}`)];
    });
    const source = code ? [`ruff ${code}`, ...places] : places.slice(1);
    return item(voice, say, " ", make("span", { class: "exercise-small" }, ...source));
  }

  #goTo(position) {
    this.#view.dispatch({ selection: { anchor: position }, scrollIntoView: true });
    this.#view.focus();
  }

  #say(text) {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }
}

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
