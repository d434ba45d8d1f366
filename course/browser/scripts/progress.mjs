// What the reader has done, counted: the store held against the course.
import * as store from "./store.mjs";

/** A chapter's page.
 *  @param {{slug: string}} part
 *  @param {{slug: string}} chapter */
export const pageOf = (part, chapter) => `book/${part.slug}/${chapter.slug}.html`;

/** What the reader has done of a chapter and its exercise.
 *  @param {object} part as in the page's facts
 *  @param {object} chapter as in the page's facts */
export function chapterState(part, chapter) {
  const page = pageOf(part, chapter);
  const answers = [...store.all("quiz")]
    .filter(([key]) => key.startsWith(`${page}#`))
    .map(([, answer]) => answer);
  return {
    page,
    exercisePage: page.replace(/^book/, "exercises"),
    read: store.get("read", page),
    passed: store.get("passed", chapter.slug),
    answered: answers.length,
    right: answers.filter((answer) => answer === "right").length,
  };
}

/** All chapters with what was done of them.
 *  @param {object} facts the page's facts
 *  @returns {{part: object, chapter: object, state: object}[]} */
export const chapterStates = (facts) =>
  facts.parts.flatMap((part) =>
    part.chapters.map((chapter) => ({ part, chapter, state: chapterState(part, chapter) })),
  );

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** The sums. Exercises that cannot be solved in a browser are not counted.
 *  @param {object} facts the page's facts
 *  @returns {Record<"read" | "passed" | "right" | "minutes", {done: number, of: number}> &
 *    {answered: number}} */
export function totals(facts) {
  const all = chapterStates(facts);
  const here = all.filter(({ chapter }) => chapter.exercise.browser);
  const minutes = ({ chapter, state }) =>
    (state.read ? chapter.minutes : 0) + (state.passed ? chapter.exercise.minutes : 0);
  return {
    read: { done: all.filter(({ state }) => state.read).length, of: all.length },
    passed: { done: here.filter(({ state }) => state.passed).length, of: here.length },
    right: {
      done: sum(all.map(({ state }) => state.right)),
      of: sum(all.map(({ chapter }) => chapter.questions)),
    },
    answered: sum(all.map(({ state }) => state.answered)),
    minutes: {
      done: sum(all.map(minutes)),
      of: sum([
        ...all.map(({ chapter }) => chapter.minutes),
        ...here.map(({ chapter }) => chapter.exercise.minutes),
      ]),
    },
  };
}

/** How far each rule has come: not begun, read about, or shown in a passed exercise.
 *  @param {object} facts the page's facts
 *  @returns {Map<string, "new" | "read" | "shown">} */
export function ruleStates(facts) {
  const found = new Map(Object.keys(facts.rules).map((rule) => [rule, "new"]));
  const all = chapterStates(facts);
  for (const { chapter, state } of all)
    if (state.read) chapter.rules.forEach((rule) => found.set(rule, "read"));
  for (const { chapter, state } of all)
    if (state.passed)
      chapter.exercise.rules
        .filter((rule) => found.has(rule))
        .forEach((rule) => found.set(rule, "shown"));
  return found;
}

/** The rules that an exercise can show in the browser.
 *  @param {object} facts the page's facts */
export const showable = (facts) =>
  new Set(
    facts.parts
      .flatMap((part) => part.chapters.flatMap((chapter) => chapter.exercise.rules))
      .filter((rule) => rule in facts.rules),
  );
