// An answer of several files as one text, and what its files may be called. The rules of
// autograder/files.py, which has the last word.

export const MOST_FILES = 60;
export const MOST_BYTES = 200_000;
const LONGEST_PATH = 200;
const DEEPEST = 12;
const LEFT_OUT =
  /^(?:__pycache__|__MACOSX|\.ipynb_checkpoints|\.(?:pytest|mypy|ruff)_cache|\.git|\.venv|\.DS_Store|.*\.pyc)$/;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** Texts by path.
 *  @typedef {Map<string, string>} Files */

/** @param {Files} files
 *  @returns {string} the one text that is kept, judged and handed in */
export function pack(files) {
  const sorted = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify({ files: Object.fromEntries(sorted) }, null, 1);
}

/** @param {string} text what `pack` made
 *  @returns {Files | null} null where it is something else */
export function unpack(text) {
  try {
    const entries = Object.entries(JSON.parse(text).files);
    const sound = entries.every(([, content]) => typeof content === "string");
    return sound && entries.length ? new Map(entries) : null;
  } catch {
    return null;
  }
}

/** @param {string} path
 *  @returns {boolean} whether tools leave such files behind: no part of an answer */
export const isLeftOut = (path) => path.split("/").some((part) => LEFT_OUT.test(part));

/** Why an answer may not have a file of this path.
 *  @param {string} path
 *  @param {Iterable<string>} others the paths of all other files
 *  @returns {string} a sentence; empty when it may */
export function nameTrouble(path, others) {
  return shapeTrouble(path) || clashTrouble(path, others);
}

function shapeTrouble(path) {
  const parts = path.split("/");
  if (!path) return "Give the file a name, such as notes.md or tests/test_rates.py.";
  if (path.includes("\\")) return "Write / between folders, not \\.";
  if (UNPRINTABLE.test(path)) return "Leave out tabs and other signs that cannot be seen.";
  if (path.startsWith("/")) return "Leave out the / at the beginning.";
  if (path.endsWith("/")) return "Write the file's name behind the folder's.";
  if (parts.includes("")) return "Write one / between two names.";
  if (parts.includes(".") || parts.includes(".."))
    return "Write the path from the top folder on, without . and .. as folders.";
  if (path.length > LONGEST_PATH)
    return `Shorten it: a path has at most ${LONGEST_PATH} characters.`;
  if (parts.length > DEEPEST) return `Move it up: at most ${DEEPEST - 1} folders are nested.`;
  if (isLeftOut(path)) return "Choose another name: what tools leave behind is called so.";
  return "";
}

/** Not every system keeps two paths apart that differ only in case. */
const folded = (path) => path.normalize("NFC").toUpperCase().toLowerCase();

/** The path and the folders around it. */
const places = (path) => path.split("/").map((_, at, parts) => parts.slice(0, at + 1).join("/"));

function clashTrouble(path, others) {
  for (const other of others) {
    if (path === other) return `There is a file ${other} already.`;
    for (const one of places(path))
      for (const two of places(other)) {
        if (folded(one) !== folded(two)) continue;
        if (one !== two) return `There is ${two} already: not every computer tells them apart.`;
        if (one === path) return `There is a folder ${path} already.`;
        if (two === other) return `${other} is a file: nothing can lie in it.`;
      }
  }
  return "";
}

/** Why files together are no answer.
 *  @param {Files} files
 *  @returns {string} a sentence; empty when they are one */
export function sizeTrouble(files) {
  if (files.size > MOST_FILES)
    return `These would be ${files.size} files; an answer has at most ${MOST_FILES}.`;
  const encoder = new TextEncoder();
  const bytes = [...files.values()].reduce((sum, text) => sum + encoder.encode(text).length, 0);
  if (bytes > MOST_BYTES)
    return `These would be ${Math.ceil(bytes / 1000)} kB; an answer has at most ${MOST_BYTES / 1000}.`;
  return "";
}
