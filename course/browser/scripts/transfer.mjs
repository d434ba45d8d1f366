// The reader's progress as one file: made, checked, merged, and taken back.
import { today } from "./dates.mjs";
import * as store from "./store.mjs";

const FORMAT = "course-progress";
const VERSION = 1;
const LARGEST = 20e6; // bytes; a course's worth of code is far smaller
// The name on the record stays in the browser where it was typed.
const CARRIED = store.KINDS.filter((kind) => kind !== "reader");
// What no rule can merge.
const CODE = ["edit", "answer"];

const isDate = (value) => typeof value === "string" && !isNaN(Date.parse(value));
const SOUND = {
  read: isDate,
  passed: isDate,
  quiz: (value) => value === "right" || value === "wrong",
  hints: (value) => Number.isInteger(value) && value >= 0,
  edit: (value) => typeof value === "string",
  answer: (value) => typeof value === "string",
  verdicts: (value) => typeof value === "object" && value !== null,
};

/** All that is kept, by kind and key. */
export const snapshot = () =>
  Object.fromEntries(store.KINDS.map((kind) => [kind, Object.fromEntries(store.all(kind))]));

/** Put everything back as it was.
 *  @param {ReturnType<typeof snapshot>} before */
export function restore(before) {
  forgetAll();
  for (const [kind, values] of Object.entries(before))
    for (const [key, value] of Object.entries(values)) store.set(kind, key, value);
}

/** Forget everything. */
export function forgetAll() {
  for (const kind of store.KINDS)
    for (const key of store.all(kind).keys()) store.remove(kind, key);
}

/** The file to save: its name and its text. */
export function exported() {
  const all = snapshot();
  const data = Object.fromEntries(CARRIED.map((kind) => [kind, all[kind]]));
  const content = { format: FORMAT, version: VERSION, exported: today(), data };
  return {
    name: `course-progress-${today()}.json`,
    text: `${JSON.stringify(content, null, 1)}\n`,
  };
}

/** Read a file that `exported` made.
 *  @param {File} file
 *  @returns {Promise<{exported: string, data: Record<string, Record<string, any>>}>}
 *  @throws {Error} with a sentence for the reader */
export async function readExport(file) {
  if (file.size > LARGEST) throw wrong("it is far too large for one");
  let content;
  try {
    content = JSON.parse(await file.text());
  } catch {
    throw wrong("it is not JSON, or it was cut off");
  }
  if (content?.format !== FORMAT) throw wrong("it holds something else");
  if (content.version > VERSION)
    throw new Error(
      "This file comes from a newer version of the course. Reload this page, or update the " +
        "course, then try again. Nothing was changed.",
    );
  return { exported: isDate(content.exported) ? content.exported : "", data: checked(content) };
}

const wrong = (why) =>
  new Error(
    `This is not a file that "Save as a file" made: ${why}. Choose one named ` +
      "course-progress-….json. Nothing was changed.",
  );

function checked({ data }) {
  const isTable = (value) => typeof value === "object" && value && !Array.isArray(value);
  if (!isTable(data)) throw wrong("it holds no progress");
  for (const kind of CARRIED) {
    if (data[kind] === undefined) continue;
    const sound =
      isTable(data[kind]) && Object.values(data[kind]).every((value) => SOUND[kind](value));
    if (!sound) throw wrong(`what it says under "${kind}" makes no sense`);
  }
  return data;
}

const earlier = (one, other) => (Date.parse(one) <= Date.parse(other) ? one : other);

/** What a file would change here.
 *  @param {Record<string, Record<string, any>>} data of a file
 *  @returns {{fresh: Change[], clashes: Change[]}} what can be added without a loss, and
 *    code that differs from the code here */
export function compare(data) {
  const fresh = [];
  const clashes = [];
  for (const kind of CARRIED)
    for (const [key, theirs] of Object.entries(data[kind] ?? {})) {
      const value = merged(kind, store.get(kind, key), theirs);
      const change = { kind, key, value };
      if (value === undefined) clashes.push({ ...change, value: theirs });
      else if (!same(value, store.get(kind, key))) fresh.push(change);
    }
  return { fresh: fresh.filter(belongs(clashes)), clashes: clashes.filter(isCode) };
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const isCode = ({ kind }) => CODE.includes(kind);

/** Verdicts on code that clashes go with that code, not ahead of it. */
const belongs = (clashes) => (change) =>
  change.kind !== "verdicts" ||
  !clashes.some(({ kind, key }) => kind === "answer" && key === change.key);

/** Both in one; undefined when only the reader can choose. */
function merged(kind, ours, theirs) {
  if (ours === undefined || same(ours, theirs)) return theirs;
  if (kind === "read" || kind === "passed") return earlier(ours, theirs);
  if (kind === "quiz") return ours; // a first answer is given once
  if (kind === "hints") return Math.max(ours, theirs);
  return undefined;
}

/** Take over what a file holds.
 *  @param {Record<string, Record<string, any>>} data of a file
 *  @param {boolean} replace code that differs here too */
export function merge(data, replace) {
  const { fresh, clashes } = compare(data);
  for (const { kind, key, value } of fresh) store.set(kind, key, value);
  if (!replace) return;
  for (const { kind, key, value } of clashes) {
    store.set(kind, key, value);
    if (kind !== "answer") continue;
    const verdicts = data.verdicts?.[key];
    if (verdicts) store.set("verdicts", key, verdicts);
    else store.remove("verdicts", key); // they judged the code that was here
  }
}
