// What is handed in, with what the reader wrote on the page: a notebook, or a zip file.
import { zip } from "./zip.mjs";

const ANSWER_ID = "answer"; // as autograder.notebook names the cell

/** Put an answer into a released notebook; all else stays as nbgrader made it.
 *  @param {object} notebook nbformat 4
 *  @param {string} text
 *  @returns {object} a new notebook */
export function withAnswer(notebook, text) {
  const isAnswer = ({ metadata }) => metadata?.nbgrader?.grade_id === ANSWER_ID;
  if (!notebook.cells.some(isAnswer)) throw new Error("It has no answer cell.");
  const source = text.replace(/\n+$/, "").split(/(?<=\n)/);
  const cells = notebook.cells.map((cell) =>
    isAnswer(cell) ? { ...cell, source, outputs: [], execution_count: null } : cell,
  );
  return { ...notebook, cells };
}

/** Save the released notebook, with an answer in it, as a file of the reader's.
 *  @param {string} address of the released notebook
 *  @param {string} name of the file
 *  @param {string} text the answer */
export async function saveNotebook(address, name, text) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The site answered ${answer.status}.`);
  const notebook = withAnswer(await answer.json(), text);
  const file = new Blob([`${JSON.stringify(notebook, null, 1)}\n`], {
    type: "application/x-ipynb+json",
  });
  save(file, name);
}

/** Save files in one folder, zipped, as a file of the reader's.
 *  @param {Map<string, string>} files by path
 *  @param {string} folder */
export function saveZip(files, folder) {
  const inFolder = [...files].map(([path, text]) => [`${folder}/${path}`, text]);
  save(zip(new Map(inFolder)), `${folder}.zip`);
}

function save(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
