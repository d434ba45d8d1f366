// All that the reader makes, kept in this browser: no other module touches localStorage.
import { SITE } from "./facts.mjs";
import { tell } from "./notice.mjs";

/** What is kept. The keys of each kind: edit `<page>#<cell id>`; quiz `<page>#<n>`; read
 *  page; answer, verdicts, passed, hints the exercise's slug; reader `name`. */
export const KINDS = [
  "edit",
  "answer",
  "verdicts",
  "passed",
  "read",
  "quiz",
  "hints",
  "reader",
];

// Two courses of one origin, such as two project pages, keep apart.
const PREFIX = `course:${SITE.pathname}:`;

// What could not be written lives as long as the page: nothing else breaks.
const unkept = new Map();
const listeners = new Set();

const place = (kind, key) => {
  if (!KINDS.includes(kind)) throw new TypeError(`The store has no kind "${kind}".`);
  return `${PREFIX}${kind}:${key}`;
};

const split = (name) => {
  const [, kind, key] = /^([a-z]+):(.*)$/s.exec(name.slice(PREFIX.length)) ?? [];
  return [kind, key];
};

/** The storage, or nothing where the browser forbids it (reading alone may throw). */
const storage = () => {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
};

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // written by hand or by another program
  }
};

const tellOnce = (() => {
  let told = false;
  return (text) => {
    if (!told) tell(text);
    told = true;
  };
})();

const explain = () =>
  tellOnce(
    storage()
      ? "This browser's storage is full. What you do from now on is lost when you " +
          "leave the page. Export your progress, then free some space."
      : "This browser keeps nothing of what you do here: its storage is switched off " +
          "or the window is private. All works, but is lost when you leave the page.",
  );

const announce = (kind, key) => listeners.forEach((listener) => listener(kind, key));

/** What was kept under a key.
 *  @param {string} kind one of `KINDS`
 *  @param {string} key
 *  @returns {any} the value, or `undefined` */
export function get(kind, key) {
  const name = place(kind, key);
  if (unkept.has(name)) return parsed(unkept.get(name));
  return parsed(storage()?.getItem(name) ?? "");
}

/** Keep a value. Where it cannot be kept the reader is told, once.
 *  @param {string} kind one of `KINDS`
 *  @param {string} key
 *  @param {any} value anything that JSON can hold
 *  @returns {boolean} whether it outlives the page */
export function set(kind, key, value) {
  const name = place(kind, key);
  const text = JSON.stringify(value);
  let kept = true;
  try {
    window.localStorage.setItem(name, text);
    unkept.delete(name);
  } catch {
    unkept.set(name, text);
    kept = false;
    explain();
  }
  announce(kind, key);
  return kept;
}

/** Forget a value.
 *  @param {string} kind one of `KINDS`
 *  @param {string} key */
export function remove(kind, key) {
  const name = place(kind, key);
  unkept.delete(name);
  storage()?.removeItem(name);
  announce(kind, key);
}

/** All values of a kind.
 *  @param {string} kind one of `KINDS`
 *  @returns {Map<string, any>} by key, in the order of the keys */
export function all(kind) {
  const start = place(kind, "");
  const names = new Set([...Object.keys(storage() ?? {}), ...unkept.keys()]);
  const found = [...names].filter((name) => name.startsWith(start)).sort();
  return new Map(
    found
      .map((name) => name.slice(start.length))
      .map((key) => [key, get(kind, key)])
      .filter(([, value]) => value !== undefined),
  );
}

/** Be told of each change, whether it is made on this page or in another tab.
 *  @param {(kind?: string, key?: string) => void} listener called without arguments when
 *    all may have changed
 *  @returns {() => void} call it to be told no more */
export function watch(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

window.addEventListener("storage", (event) => {
  if (event.key === null) announce();
  else if (event.key.startsWith(PREFIX)) announce(...split(event.key));
});
