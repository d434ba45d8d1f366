// What differs between two sets of files, told as people tell it: a moved file is one file.
import { diffLines } from "./diff.mjs";

const ALIKE = 0.5; // the share of lines that a file keeps when it is moved and edited

/** @param {Map<string, string>} before texts by path
 *  @param {Map<string, string>} after
 *  @returns {Map<string, string | null>} of each path that differs the text after, null
 *    where there is none */
export function differences(before, after) {
  const paths = new Set([...before.keys(), ...after.keys()]);
  const differs = [...paths].filter((path) => before.get(path) !== after.get(path));
  return new Map(differs.map((path) => [path, after.get(path) ?? null]));
}

/** @param {Map<string, string>} before texts by path
 *  @param {Map<string, string>} after
 *  @returns {{path: string, from?: string, before: string | null, after: string | null}[]}
 *    by path; `from` tells where a file was before it was moved */
export function fileChanges(before, after) {
  const changed = [...differences(before, after)].map(([path, text]) => ({
    path,
    before: before.get(path) ?? null,
    after: text,
  }));
  const gone = changed.filter((change) => change.after === null);
  const moved = new Set();
  for (const change of changed.filter((each) => each.before === null)) {
    const from = mostAlike(change, gone.filter((each) => !moved.has(each)));
    if (!from) continue;
    moved.add(from);
    Object.assign(change, { from: from.path, before: from.before });
  }
  const byPath = (one, other) => (one.path < other.path ? -1 : 1);
  return changed.filter((change) => !moved.has(change)).sort(byPath);
}

function mostAlike({ after }, gone) {
  const scored = gone.map((each) => [likeness(each.before, after), each]);
  const [best] = scored.sort(([one], [other]) => other - one);
  return best && best[0] >= ALIKE ? best[1] : null;
}

/** The share of lines with words that two texts have in common. */
function likeness(one, other) {
  const lines = diffLines(one, other).filter(({ text }) => text.trim());
  const same = lines.filter(({ kind }) => kind === "same").length;
  return lines.length ? (2 * same) / (lines.length + same) : 0;
}
