// The reader's progress saved as a file, and read back.
import { inWords } from "./dates.mjs";
import { button, make } from "./elements.mjs";
import { tell } from "./notice.mjs";
import { compare, exported, merge, readExport, restore, snapshot } from "./transfer.mjs";

/** Hand the file over as a download. */
export function save() {
  const { name, text } = exported();
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the download reads it later
}

/** Draw saving and reading back into a place.
 *  @param {HTMLElement} place */
export function filePanelIn(place) {
  const answer = make("div", { role: "status", class: "file-answer" });
  const file = make("input", {
    type: "file",
    id: "progress-import",
    accept: ".json,application/json",
    onchange: async () => {
      const [chosen] = file.files;
      file.value = ""; // the same file may be chosen again
      if (chosen) await offerMerge(chosen, answer);
    },
  });
  place.replaceChildren(
    make(
      "p",
      {},
      "The file holds what is noted here and the code you wrote in these pages. Reading it back " +
        "adds to what is here: the earlier date counts, a question keeps the answer it has here. " +
        "Notebooks of JupyterLite are kept apart: download them there.",
    ),
    make("p", { class: "course-row" }, button("Save as a file", save)),
    make(
      "p",
      { class: "course-row" },
      make("label", { for: "progress-import" }, "Read a file back "),
      file,
    ),
    answer,
  );
}

async function offerMerge(file, answer) {
  let found;
  try {
    found = await readExport(file);
  } catch (error) {
    answer.replaceChildren(make("p", { class: "file-trouble" }, error.message));
    return;
  }
  const { fresh, clashes } = compare(found.data);
  const from = found.exported ? ` of ${inWords(found.exported)}` : "";
  if (!fresh.length && !clashes.length) {
    answer.replaceChildren(
      make("p", {}, `All that the file${from} holds is here already. Nothing was changed.`),
    );
    return;
  }
  const choice = clashChoice(clashes);
  const accept = () => {
    const before = snapshot();
    merge(found.data, choice?.querySelector("[value=file]").checked ?? false);
    answer.replaceChildren(make("p", {}, `The file${from} was taken over.`));
    tell("The file was taken over.", { label: "Undo", act: () => restore(before) });
  };
  answer.replaceChildren(
    ...[
      make("p", {}, `The file${from} adds: ${inNumbers(fresh)}.`),
      choice,
      make(
        "p",
        { class: "course-row" },
        button("Take it over", accept),
        button("Leave all as it is", () => answer.replaceChildren()),
      ),
    ].filter(Boolean),
  );
}

const NAMES = {
  read: ["chapter read", "chapters read"],
  passed: ["exercise passed", "exercises passed"],
  quiz: ["answer to a question", "answers to questions"],
  edit: ["edited cell", "edited cells"],
  answer: ["exercise's code", "exercises' code"],
  verdicts: ["result of a check", "results of checks"],
  hints: ["exercise's opened hints", "exercises' opened hints"],
};

function inNumbers(changes) {
  const parts = Object.entries(NAMES)
    .map(([kind, [one, many]]) => {
      const count = changes.filter((change) => change.kind === kind).length;
      return count && `${count} ${count === 1 ? one : many}`;
    })
    .filter(Boolean);
  return parts.join(", ") || "nothing that is not here";
}

/** Code cannot be merged by a rule: the reader chooses which one stays. */
function clashChoice(clashes) {
  if (!clashes.length) return null;
  const radio = (value, text, checked) =>
    make(
      "label",
      {},
      make("input", { type: "radio", name: "clash", value, checked }),
      ` ${text}`,
    );
  return make(
    "fieldset",
    { class: "file-clash" },
    make("legend", {}, `Different here and in the file: ${inNumbers(clashes)}`),
    radio("here", "keep what is here", true),
    radio("file", "take what is in the file; Undo brings back what was here", false),
  );
}
