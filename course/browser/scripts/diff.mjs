// What the reader changed, line by line: told by signs and words as well as by colour.
import { Chunk } from "@codemirror/merge";
import { Text } from "@codemirror/state";
import { make } from "./elements.mjs";

/** The lines of two texts, aligned.
 * @param {string} original
 * @param {string} edited
 * @returns {Array<{kind: "same"|"removed"|"added", text: string}>} */
export function diffLines(original, edited) {
  if (!original || !edited)
    return [...allLines(original, "removed"), ...allLines(edited, "added")];
  const before = asText(original);
  const after = asText(edited);
  const lines = [];
  const take = (text, kind, from, to) => {
    if (from < to) {
      const part = text.sliceString(from, Math.min(to, text.length) - 1);
      for (const line of part.split("\n")) lines.push({ kind, text: line });
    }
  };
  let done = 0;
  for (const chunk of Chunk.build(before, after)) {
    take(before, "same", done, chunk.fromA);
    take(before, "removed", chunk.fromA, chunk.toA);
    take(after, "added", chunk.fromB, chunk.toB);
    done = chunk.toA;
  }
  take(before, "same", done, before.length);
  return lines;
}

const allLines = (code, kind) =>
  code ? code.replace(/\n$/, "").split("\n").map((text) => ({ kind, text })) : [];

// Each line ends with a line break: a line added after the last changes no other.
const asText = (code) => Text.of(`${code.replace(/\n$/, "")}\n`.split("\n"));

const SIGNS = { same: " ", removed: "−", added: "+" };
const TAGS = { same: "span", removed: "del", added: "ins" };

/** Draw the difference of two texts.
 * @param {string} original
 * @param {string} edited
 * @param {string} label What is compared, for screen readers.
 * @returns {HTMLElement} */
export function renderDiff(original, edited, label) {
  const lines = diffLines(original, edited);
  const count = (kind) => lines.filter((line) => line.kind === kind).length;
  const summary =
    original === edited
      ? "Nothing is changed."
      : `Lines removed: ${count("removed")}, added: ${count("added")}.`;
  return make(
    "div",
    { class: "course-diff highlight", role: "region", "aria-label": label, tabindex: "0" },
    make("p", { class: "course-diff-summary" }, summary),
    make("pre", {}, ...lines.map(lineElement)),
  );
}

const lineElement = ({ kind, text }) =>
  make(
    TAGS[kind],
    { class: `course-diff-line course-diff-${kind}` },
    `${SIGNS[kind]} ${text}\n`,
  );
