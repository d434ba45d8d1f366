// The page "Your progress": drawn from the store and from what the build says of the course.
import { inWords } from "./dates.mjs";
import { button, make } from "./elements.mjs";
import { SITE, facts } from "./facts.mjs";
import { filePanelIn } from "./file_panel.mjs";
import { offlinePanelIn } from "./offline_panel.mjs";
import { chapterState, totals } from "./progress.mjs";
import { recordIn } from "./record.mjs";
import { resetAllIn, resetOne } from "./resetting.mjs";
import { drawSkillsMap } from "./skills_map.mjs";
import * as store from "./store.mjs";

const placeFor = (name) => document.getElementById(`progress-${name}`);

let order = "chapters";

/** Draw the page, and draw it anew when something is noted or forgotten. */
export function attach() {
  const drawRecord = recordIn(placeFor("record"), facts);
  const draw = () => {
    drawTotals();
    drawChapters();
    drawRules();
    drawRecord();
  };
  filePanelIn(placeFor("file"));
  resetAllIn(placeFor("reset"));
  draw();
  let planned = false; // an import changes hundreds of entries at once
  store.watch((kind) => {
    if (kind === "reader") return drawRecord();
    if (planned) return undefined;
    planned = true;
    return requestAnimationFrame(() => {
      planned = false;
      draw();
    });
  });
  offlinePanelIn(placeFor("offline"));
}

function drawTotals() {
  const sums = totals(facts);
  const tile = (name, { done, of }, words) =>
    make(
      "li",
      { "data-total": name },
      make("strong", {}, `${done} of ${of}`),
      make("span", {}, words),
      make("progress", { max: of || 1, value: done, "aria-label": words }),
    );
  placeFor("totals").replaceChildren(
    make(
      "ul",
      { class: "progress-totals" },
      tile("read", sums.read, "chapters read"),
      tile("passed", sums.passed, "exercises passed"),
      tile("right", sums.right, `questions right the first time (${sums.answered} answered)`),
      tile("minutes", sums.minutes, "minutes of reading and solving"),
    ),
  );
}

function drawChapters() {
  const place = placeFor("chapters");
  const closed = new Set(
    [...place.querySelectorAll("details:not([open])")].map((part) => part.dataset.part),
  );
  place.replaceChildren(
    ...facts.parts.map((part) => {
      const rows = part.chapters.map((chapter) => ({
        chapter,
        state: chapterState(part, chapter),
      }));
      const count = (name) => rows.filter(({ state }) => state[name]).length;
      const sums = `${count("read")} of ${rows.length} read, ${count("passed")} passed`;
      return make(
        "details",
        { class: "progress-part", "data-part": part.slug, open: !closed.has(part.slug) },
        make("summary", {}, `${part.title}: ${sums}`),
        make("ol", {}, ...rows.map(rowOf)),
      );
    }),
  );
}

function rowOf({ chapter, state }) {
  const link = (page, text) => make("a", { href: new URL(page, SITE) }, text);
  const note = (done, text) =>
    make(
      "span",
      { class: done ? "progress-done" : "progress-open" },
      make("span", { "aria-hidden": "true" }, done ? "✓ " : "○ "),
      text,
    );
  const { read, passed, right, answered } = state;
  const answers = answered
    ? `${right} of ${chapter.questions} questions right the first time`
    : `${chapter.questions} questions not answered`;
  return make(
    "li",
    {},
    make(
      "div",
      {},
      link(state.page, chapter.title),
      note(read, read ? `read on ${inWords(read)}` : `not read, ${chapter.minutes} min`),
      note(answered === chapter.questions, answers),
    ),
    make(
      "div",
      {},
      link(state.exercisePage, chapter.exercise.title),
      note(passed, solved(chapter.exercise, passed)),
    ),
    button("Reset", () => resetOne(chapter, state), {
      "aria-label": `Reset: ${chapter.title}`,
    }),
  );
}

function solved({ browser, minutes }, passed) {
  if (passed) return `passed on ${inWords(passed)}`;
  return browser ? `not passed, ${minutes} min` : "solved in JupyterLab, not noted here";
}

function drawRules() {
  const place = placeFor("rules");
  const opened = place.querySelector(".skills-list")?.open;
  drawSkillsMap(place, facts, order, (chosen) => {
    order = chosen;
    drawRules();
    place.querySelector(`[value=${order}]`).focus();
  });
  if (opened) place.querySelector(".skills-list").open = true;
}
