// The list of criteria on an exercise's page, each with its verdict once it is judged.
import { button, make } from "./elements.mjs";

const ICONS = {
  met: "✓",
  waiting: "◔",
  unmet: "✗",
  checking: "…",
  unchecked: "○",
  hidden: "◇",
};

const UNJUDGED = {
  unchecked: "Not checked yet",
  checking: "Checking",
  hidden: "Judged when you hand in",
};

const plural = (points) => `${points} ${points === 1 ? "point" : "points"}`;

/** The criteria of an exercise as a list; hints are shown only when asked for. */
export class VerdictList {
  #items = new Map();
  #criteria;

  /** @param {object[]} criteria as the page's facts tell them */
  constructor(criteria) {
    this.#criteria = criteria;
    this.element = make("ul", { class: "verdicts" });
    for (const criterion of criteria) {
      const item = make("li", { class: "verdict" });
      this.#items.set(criterion.name, item);
      this.element.append(item);
    }
    this.clear();
  }

  /** Show what is known before any check. */
  clear() {
    for (const { name, visible } of this.#criteria)
      this.mark(name, visible ? "unchecked" : "hidden");
  }

  /** Show a criterion without a verdict.
   *  @param {string} name
   *  @param {"unchecked" | "checking" | "hidden"} state */
  mark(name, state) {
    const { title, points, kind } = this.#criteria.find((c) => c.name === name);
    const words = `${UNJUDGED[state]}: ${title} (${plural(points)}, ${kind})`;
    this.#fill(name, state, make("p", { class: "verdict-headline" }, words));
  }

  /** Show a verdict.
   *  @param {object} verdict as `course_page.judging.verdicts` tells it */
  show(verdict) {
    const state = !verdict.met ? "unmet" : verdict.counts ? "met" : "waiting";
    const parts = [make("p", { class: "verdict-headline" }, verdict.headline)];
    if (state === "unmet") parts.push(evidence(verdict.facts), help(verdict));
    if (state === "waiting")
      parts.push(make("p", {}, verdict.lines[0]), make("p", {}, ASKED_HERE));
    if (verdict.rule) parts.push(make("p", { class: "verdict-rule" }, verdict.rule));
    this.#fill(verdict.name, state, ...parts);
  }

  #fill(name, state, ...parts) {
    const item = this.#items.get(name);
    const unseen = { class: "verdict-icon", "aria-hidden": "true" };
    item.dataset.state = state;
    item.dataset.criterion = name;
    item.replaceChildren(
      make("span", unseen, ICONS[state]),
      make("div", { class: "verdict-body" }, ...parts),
    );
  }
}

const ASKED_HERE =
  "Only the design criteria that run on this page were asked for that. When you hand " +
  "in, the others are asked too.";

/** What was called, what came back, what was expected: one line each. */
const evidence = (facts) =>
  make(
    "div",
    { class: "verdict-facts" },
    ...facts.map(([beginning, rest]) =>
      make("p", {}, make("strong", {}, beginning), ` ${rest}`),
    ),
  );

const help = ({ hint }) => {
  const place = make("div", { class: "verdict-hint" });
  const show = () => {
    const words = make("p", { tabindex: -1 }, `Hint: ${hint}`);
    place.replaceChildren(words);
    words.focus(); // the button that had the focus is gone
  };
  place.append(button("Show hint", show, { class: "course-button" }));
  return place;
};
