// What was noted, forgotten again: a chapter, an exercise, or all of it.
import { button, make } from "./elements.mjs";
import { save } from "./file_panel.mjs";
import { tell } from "./notice.mjs";
import * as store from "./store.mjs";
import { forgetAll, restore, snapshot } from "./transfer.mjs";

function forget(words, act) {
  const before = snapshot();
  act();
  tell(words, { label: "Undo", act: () => restore(before) });
}

const keysOfChapter = ({ page }) => [
  ["read", page],
  ...["quiz", "edit"].flatMap((kind) =>
    [...store.all(kind).keys()]
      .filter((key) => key.startsWith(`${page}#`))
      .map((key) => [kind, key]),
  ),
];

const keysOfExercise = ({ slug }) =>
  ["passed", "answer", "verdicts", "hints"].map((kind) => [kind, slug]);

/** Ask what of a chapter and its exercise to forget.
 *  @param {object} chapter as in the page's facts
 *  @param {{page: string}} state of `chapterState` */
export function resetOne(chapter, state) {
  const box = (label) => {
    const input = make("input", { type: "checkbox", checked: true });
    return [input, make("p", {}, make("label", {}, input, ` ${label}`))];
  };
  const [reading, readingLine] = box(
    `The chapter "${chapter.title}": that it was read, the answers, your edits of its code`,
  );
  const [solving, solvingLine] = box(
    `The exercise "${chapter.exercise.title}": that it was passed, your code, the hints you opened`,
  );
  askFirst("Forget what was noted?", [readingLine, solvingLine], () =>
    forget("It is forgotten.", () =>
      [
        ...(reading.checked ? keysOfChapter(state) : []),
        ...(solving.checked ? keysOfExercise(chapter) : []),
      ].forEach(([kind, key]) => store.remove(kind, key)),
    ),
  );
}

/** Draw the way to forget everything into a place.
 *  @param {HTMLElement} place */
export function resetAllIn(place) {
  const ask = () =>
    askFirst(
      "Forget everything?",
      [make("p", {}, "All that was read, answered and solved, all code you wrote, and your name.")],
      () => forget("All is forgotten.", forgetAll),
    );
  place.replaceChildren(
    make(
      "p",
      {},
      "To forget a single chapter or exercise, use ",
      make("em", {}, "Reset"),
      " in the list above.",
    ),
    make("p", {}, button("Forget everything …", ask)),
  );
}

/** Ask before something is lost, and offer to save it first. */
function askFirst(title, content, act) {
  const dialog = make(
    "dialog",
    { class: "course-dialog", "aria-labelledby": "confirm-title", onclose: () => dialog.remove() },
    make("p", { id: "confirm-title", class: "dialog-title" }, title),
    ...content,
    make("p", {}, "Save it as a file first, and you can read it back later."),
    make(
      "p",
      { class: "course-row" },
      button("Save as a file", save),
      button("Forget", () => (dialog.close(), act())),
      button("Cancel", () => dialog.close(), { autofocus: true }),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
