// The files of an answer as a tree: the keys are those of the ARIA practices.
import { make, unseen } from "./elements.mjs";

const MARKS = { changed: "●", added: "+" };

/** Whatever stands before the last slash.
 *  @param {string} path
 *  @returns {string} empty at the top */
export const folderOf = (path) => path.slice(0, Math.max(path.lastIndexOf("/"), 0));

export const nameOf = (path) => path.slice(path.lastIndexOf("/") + 1);

/** Files and folders, one of which is the current one. */
export class FileTree {
  #on;
  #paths = [];
  #marks = new Map();
  #closed = new Set(); // folders that are folded up
  #rows = [];
  #typed = { text: "", at: 0 };
  current = "";

  /** @param {object} on what the reader does
   *  @param {(path: string) => void} on.show a file
   *  @param {(path: string) => void} on.edit a file
   *  @param {() => void} on.rename the current file or folder
   *  @param {() => void} on.remove the current file or folder
   *  @param {() => void} on.move another one is the current one */
  constructor(on) {
    this.#on = on;
    this.element = make("div", {
      class: "file-tree",
      role: "tree",
      "aria-label": "Files of your answer",
      onkeydown: (event) => this.#key(event),
      onclick: (event) => this.#click(event),
      onfocusin: (event) => this.#mark(event),
    });
  }

  /** Show files.
   *  @param {string[]} paths
   *  @param {Map<string, "changed" | "added">} marks how they differ from the starter */
  show(paths, marks) {
    this.#paths = paths;
    this.#marks = marks;
    this.#draw();
  }

  /** Make a file or folder the current one, in sight.
   *  @param {string} path */
  choose(path) {
    this.current = path;
    for (let at = folderOf(path); at; at = folderOf(at)) this.#closed.delete(at);
    this.#draw();
  }

  /** Whether the current one is a folder. */
  get onFolder() {
    return this.#row(this.current)?.folder ?? false;
  }

  focus() {
    this.#row(this.current)?.element.focus();
  }

  #row(path) {
    return this.#rows.find((row) => row.path === path);
  }

  #draw() {
    const focused = this.element.contains(document.activeElement);
    const before = this.#rows.findIndex(({ path }) => path === this.current);
    this.#rows = rowsOf(this.#paths, this.#closed);
    const { length } = this.#rows;
    // The current one is gone: the one that stands there now is nearest.
    if (!this.#row(this.current))
      this.current = this.#rows[Math.min(Math.max(before, 0), length - 1)].path;
    for (const row of this.#rows) row.element = this.#item(row);
    this.element.replaceChildren(...this.#rows.map((row) => row.element));
    if (focused) this.focus();
  }

  #item({ path, level, place, siblings, folder }) {
    const mark = this.#marks.get(path);
    return make(
      "div",
      {
        class: "file-row",
        role: "treeitem",
        "data-path": path,
        "aria-level": level,
        "aria-posinset": place,
        "aria-setsize": siblings,
        "aria-expanded": folder ? String(!this.#closed.has(path)) : null,
        "aria-selected": String(path === this.current),
        tabindex: path === this.current ? 0 : -1,
        style: `--level: ${level - 1}`,
        title: path,
      },
      make("span", { class: "file-icon", "aria-hidden": "true" }),
      make("span", { class: "file-name" }, nameOf(path)),
      mark && make("span", { class: "file-mark", "aria-hidden": "true" }, MARKS[mark]),
      mark && unseen(`, ${mark}`),
    );
  }

  #go(row) {
    row?.element.focus();
  }

  /** What has the focus is the current one, whoever gave it the focus. */
  #mark({ target }) {
    const chosen = target.dataset.path;
    if (chosen === this.current) return;
    this.current = chosen;
    for (const { path, element } of this.#rows) {
      element.tabIndex = path === chosen ? 0 : -1;
      element.setAttribute("aria-selected", String(path === chosen));
    }
    this.#on.move();
  }

  #fold(path, closed) {
    if (closed) this.#closed.add(path);
    else this.#closed.delete(path);
    this.#draw();
  }

  #click({ target }) {
    const row = this.#row(target.closest(".file-row")?.dataset.path);
    if (!row) return;
    this.#go(row);
    if (row.folder) this.#fold(row.path, !this.#closed.has(row.path));
    else this.#on.show(row.path);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = this.#rows.findIndex(({ path }) => path === this.current);
    const row = this.#rows[index];
    if (!row) return;
    const act = {
      ArrowDown: () => this.#go(this.#rows[index + 1]),
      ArrowUp: () => this.#go(this.#rows[index - 1]),
      ArrowRight: () => this.#unfoldOrGoIn(row, index),
      ArrowLeft: () => this.#foldOrGoOut(row),
      Home: () => this.#go(this.#rows[0]),
      End: () => this.#go(this.#rows.at(-1)),
      Enter: () => this.#open(row, this.#on.edit),
      " ": () => this.#open(row, this.#on.show),
      F2: () => this.#on.rename(),
      Delete: () => this.#on.remove(),
    }[event.key];
    if (!act && event.key.length !== 1) return;
    event.preventDefault();
    if (act) act();
    else this.#seek(event.key, index);
  }

  #open({ path, folder }, act) {
    if (folder) this.#fold(path, !this.#closed.has(path));
    else act(path);
  }

  #unfoldOrGoIn({ path, folder }, index) {
    if (!folder) return;
    if (this.#closed.has(path)) this.#fold(path, false);
    else this.#go(this.#rows[index + 1]);
  }

  #foldOrGoOut({ path, folder }) {
    if (folder && !this.#closed.has(path)) this.#fold(path, true);
    else this.#go(this.#row(folderOf(path)));
  }

  /** The next name that begins with what was just typed. */
  #seek(key, index) {
    const now = performance.now();
    const goesOn = now - this.#typed.at < 700;
    const text = (goesOn ? this.#typed.text : "") + key.toLowerCase();
    this.#typed = { text, at: now };
    const from = goesOn ? index : index + 1;
    const inTurn = [...this.#rows.slice(from), ...this.#rows.slice(0, from)];
    this.#go(inTurn.find(({ path }) => nameOf(path).toLowerCase().startsWith(text)));
  }
}

/** What is in sight, from top to bottom: in each folder its folders, then its files. */
function rowsOf(paths, closed) {
  const folders = new Set();
  for (const path of paths)
    for (let at = folderOf(path); at; at = folderOf(at)) folders.add(at);
  const byName = (one, other) => (one < other ? -1 : 1);
  const rowsIn = (parent, level) => {
    const inside = (path) => folderOf(path) === parent;
    const entries = [
      ...[...folders].filter(inside).sort(byName).map((path) => [path, true]),
      ...paths.filter(inside).sort(byName).map((path) => [path, false]),
    ];
    return entries.flatMap(([path, folder], index) => [
      { path, folder, level, place: index + 1, siblings: entries.length },
      ...(folder && !closed.has(path) ? rowsIn(path, level + 1) : []),
    ]);
  };
  return rowsIn("", 1);
}
