// The record that the reader may print: what this browser noted, and no more.
import { inWords, today } from "./dates.mjs";
import { make } from "./elements.mjs";
import { chapterStates, ruleStates, totals } from "./progress.mjs";
import * as store from "./store.mjs";

const HONEST =
  "The reader made this record with a web browser, from what that browser noted. It is the " +
  "reader's own account: nobody has proven who read and solved, and in the browser only " +
  "the visible criteria of an exercise are checked.";

/** Put name, button and record into a place.
 *  @param {HTMLElement} place
 *  @param {object} facts the page's facts
 *  @returns {() => void} draws the record anew */
export function recordIn(place, facts) {
  const record = make("div", { class: "course-record" });
  const draw = () => record.replaceChildren(...sheet(facts));
  const name = make("input", {
    id: "record-name",
    autocomplete: "name",
    value: store.get("reader", "name") ?? "",
    oninput: () => store.set("reader", "name", name.value),
  });
  place.replaceChildren(
    make(
      "p",
      {},
      "Print it, or save it as PDF from the print window. The name stays in this browser; it " +
        "is not in the file above.",
    ),
    make(
      "p",
      { class: "course-row" },
      make("label", { for: "record-name" }, "Name on the record "),
      name,
      make("button", { type: "button", onclick: () => window.print() }, "Print the record"),
    ),
    record,
  );
  draw();
  return draw;
}

function sheet(facts) {
  const sums = totals(facts);
  const states = chapterStates(facts);
  const read = states.filter(({ state }) => state.read);
  const passed = states.filter(({ state }) => state.passed);
  const shown = [...ruleStates(facts)].filter(([, state]) => state === "shown");
  const dated = (title, date) => make("li", {}, `${title}, ${inWords(date)}`);
  return [
    make("p", { class: "record-course" }, "Python Standards by Refactoring"),
    make("p", { class: "record-name" }, store.get("reader", "name") || "(no name given)"),
    make("p", {}, `A reader's own record of ${inWords(today())}`),
    section(
      `Chapters read: ${sums.read.done} of ${sums.read.of}`,
      read.map(({ chapter, state }) => dated(chapter.title, state.read)),
    ),
    section(
      `Exercises passed: ${sums.passed.done} of ${sums.passed.of}`,
      passed.map(({ chapter, state }) => dated(chapter.exercise.title, state.passed)),
    ),
    section(
      `Rules shown in exercises: ${shown.length}`,
      shown.map(([rule]) => make("li", {}, `${rule}: ${facts.rules[rule].text}`)),
    ),
    make("p", { class: "record-honest" }, HONEST),
  ];
}

const section = (title, items) =>
  make(
    "div",
    {},
    make("p", { class: "record-head" }, title),
    items.length ? make("ul", {}, ...items) : null,
  );
