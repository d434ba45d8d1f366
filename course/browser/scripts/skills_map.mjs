// The rules of the course as a map: one cell a rule, told by sign, shape and colour.
import { make, unseen } from "./elements.mjs";
import { SITE } from "./facts.mjs";
import { pageOf, ruleStates, showable } from "./progress.mjs";

const SIGNS = { new: "", read: "R", shown: "✓" };
const WORDS = { new: "not begun", read: "read", shown: "shown" };
const HINT =
  "Point at a rule, or go from rule to rule with the arrow keys: what it says stands here.";

/** Draw the map into a place.
 *  @param {HTMLElement} place
 *  @param {object} facts the page's facts
 *  @param {"chapters" | "standards"} order which groups the rules stand in
 *  @param {(order: string) => void} onOrder called when the reader wants the other groups */
export function drawSkillsMap(place, facts, order, onOrder) {
  const states = ruleStates(facts);
  const detail = make("div", { class: "skills-detail" }, make("p", {}, HINT));
  const groups = make("div", { class: "skills-groups" });
  for (const { title, href, rules } of groupsOf(facts, order)) {
    const head = href ? make("a", { href }, title) : title;
    const cells = rules.map((rule) => make("li", {}, cellOf(facts, rule, states.get(rule))));
    groups.append(
      make(
        "section",
        { class: "skills-group" },
        make("h3", {}, head),
        make("ul", { class: "skills-cells" }, ...cells),
      ),
    );
  }
  guide(groups, (rule) => detail.replaceChildren(...tellOf(facts, rule, states.get(rule))));
  place.replaceChildren(
    summary(facts, states),
    orders(order, onOrder),
    groups,
    detail,
    table(facts, states),
  );
}

function groupsOf(facts, order) {
  if (order === "standards") return facts.sections;
  return facts.parts.flatMap((part) =>
    part.chapters.map((chapter) => ({
      title: chapter.title,
      href: new URL(pageOf(part, chapter), SITE),
      rules: chapter.rules,
    })),
  );
}

function cellOf(facts, rule, state) {
  return make(
    "a",
    {
      class: `skills-cell skills-${state}`,
      href: new URL(facts.rules[rule].place, SITE),
      "data-rule": rule,
      tabindex: "-1",
    },
    make("span", { "aria-hidden": "true" }, SIGNS[state]),
    unseen(`${rule}, ${WORDS[state]}: ${facts.rules[rule].text}`),
  );
}

function tellOf(facts, rule, state) {
  const { text, place } = facts.rules[rule];
  const shown = { new: "", read: SIGNS.read, shown: SIGNS.shown }[state];
  const claim =
    state !== "shown" && !showable(facts).has(rule)
      ? " No criterion in the browser checks it: reading is all that can be noted."
      : "";
  return [
    make(
      "p",
      {},
      make("strong", {}, rule),
      ` · ${shown} ${WORDS[state]} · `,
      make("a", { href: new URL(place, SITE) }, "Where it is taught"),
    ),
    make("p", {}, text, claim),
  ];
}

/** One stop of the Tab key for the whole map, however many rules it has. */
function guide(groups, onRule) {
  const cells = [...groups.querySelectorAll(".skills-cell")];
  let at = cells[0];
  const choose = (cell) => {
    at?.setAttribute("tabindex", "-1");
    at = cell;
    at.setAttribute("tabindex", "0");
    onRule(cell.dataset.rule);
  };
  at?.setAttribute("tabindex", "0");
  const cellAt = ({ target }) => target.closest(".skills-cell");
  groups.addEventListener("focusin", (event) => cellAt(event) && choose(cellAt(event)));
  groups.addEventListener("pointerover", (event) => {
    if (cellAt(event)) onRule(cellAt(event).dataset.rule);
  });
  let touched = null;
  groups.addEventListener("click", (event) => {
    // A finger cannot point: the first touch tells, the second one follows the link.
    const cell = cellAt(event);
    if (!cell || event.pointerType !== "touch" || touched === cell) return;
    event.preventDefault();
    touched = cell;
    choose(cell);
  });
  groups.addEventListener("keydown", (event) => {
    const next = cells[cells.indexOf(cellAt(event)) + step(event.key, cellAt(event))];
    const target = { Home: cells[0], End: cells.at(-1) }[event.key] ?? next;
    if (!target || target === cellAt(event)) return;
    event.preventDefault();
    target.focus();
  });
}

/** How many cells further an arrow key leads: up and down from group to group. */
function step(key, cell) {
  const list = cell?.closest("ul");
  const place = list ? [...list.querySelectorAll(".skills-cell")].indexOf(cell) : 0;
  const above = cell?.closest("section").previousElementSibling;
  return (
    {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: list?.children.length - place,
      ArrowUp: above ? -place - above.querySelectorAll(".skills-cell").length : 0,
    }[key] ?? 0
  );
}

function summary(facts, states) {
  const count = (state) => [...states.values()].filter((found) => found === state).length;
  const possible = showable(facts).size;
  const key = (state, text) =>
    make(
      "li",
      {},
      make("span", { class: `skills-cell skills-${state}`, "aria-hidden": "true" }, SIGNS[state]),
      text,
    );
  return make(
    "ul",
    { class: "skills-key" },
    key("new", `not begun: ${count("new")}`),
    key("read", `read: ${count("read")}`),
    key("shown", `shown: ${count("shown")} of ${possible} that exercises can show here`),
  );
}

function orders(order, onOrder) {
  const choice = (value, text) =>
    make(
      "label",
      {},
      make("input", {
        type: "radio",
        name: "skills-order",
        value,
        checked: value === order,
        onchange: () => onOrder(value),
      }),
      text,
    );
  return make(
    "fieldset",
    { class: "skills-order" },
    make("legend", {}, "Grouped by"),
    choice("chapters", "chapter"),
    choice("standards", "section of the standards"),
  );
}

/** The same for those who would rather read; drawn when it is opened. */
function table(facts, states) {
  const box = make("div", { class: "course-wide", tabindex: "0", role: "region" });
  box.setAttribute("aria-label", "The rules as a table");
  const rows = () =>
    Object.entries(facts.rules).map(([rule, { text, place }]) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, make("a", { href: new URL(place, SITE) }, rule)),
        make("td", {}, WORDS[states.get(rule)]),
        make("td", {}, text),
      ),
    );
  const head = ["Rule", "State", "What it says"].map((text) =>
    make("th", { scope: "col" }, text),
  );
  const draw = () => {
    if (box.childElementCount) return;
    box.append(
      make(
        "table",
        { class: "skills-table" },
        make("thead", {}, make("tr", {}, ...head)),
        make("tbody", {}, ...rows()),
      ),
    );
  };
  return make(
    "details",
    { class: "skills-list", ontoggle: draw },
    make("summary", {}, "The same as a table"),
    box,
  );
}
