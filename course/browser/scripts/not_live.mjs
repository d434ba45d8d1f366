// What stands in place of the buttons where code does not run in the browser.
import { make } from "./elements.mjs";
import { facts } from "./facts.mjs";

const REASONS = [
  [/^\s*(import|from) matplotlib\b/m, "it draws with matplotlib"],
  [/\bthreading\b|\bThreadPoolExecutor\b/, "it starts threads"],
  [/\bmultiprocessing\b|\bProcessPoolExecutor\b|\bsubprocess\b/, "it starts processes"],
  [/\bsocket\b|\buvicorn\b/, "it opens a network connection"],
];

const reasonOf = (source) =>
  REASONS.find(([pattern]) => pattern.test(source))?.[1] ??
  "it needs more than a browser offers";

const code = (text) => make("code", { class: "docutils literal notranslate" }, text);

const wayToRun = () => [
  "To run and edit it, start JupyterLab with ",
  code("python3 -m course lab"),
  " and open ",
  code(`chapters/${facts.part}/${facts.slug}.ipynb`),
  ".",
];

/** Say at one cell why it has no buttons.
 * @param {HTMLElement} root */
export function explainCell(root) {
  const reason = reasonOf(root.querySelector(".cell_input pre").textContent);
  root
    .querySelector(".cell_input")
    .append(
      make(
        "p",
        { class: "course-not-live" },
        `This cell does not run in the browser: ${reason}. `,
        ...wayToRun(),
      ),
    );
}

/** Say once, at the top, why no cell of this chapter has buttons. */
export function explainPage() {
  const note = make(
    "p",
    { class: "course-not-live" },
    "The code of this chapter does not run in the browser: it needs what a browser's ",
    "Python lacks, such as threads, other processes or a network. ",
    ...wayToRun(),
  );
  const after = document.querySelector(".page-note") ?? document.querySelector("h1");
  after.after(note);
}
