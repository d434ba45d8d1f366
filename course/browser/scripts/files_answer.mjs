// An answer of several files: tree, tabs, and what the reader does with files.
import { tryOutFile } from "./checking.mjs";
import { renderDiff } from "./diff.mjs";
import { createEditor } from "./editor.mjs";
import { button, make } from "./elements.mjs";
import { FileActions } from "./file_actions.mjs";
import { differences, fileChanges } from "./file_changes.mjs";
import { FileTabs, labelOf } from "./file_tabs.mjs";
import { FileTree } from "./file_tree.mjs";
import { saveZip } from "./handing_in.mjs";
import { pack, sizeTrouble, unpack } from "./packing.mjs";
import { Remarks } from "./remarks.mjs";

const KEYS =
  "F6 goes back and forth between files and editor. In the files Enter edits, F2 renames " +
  "or moves, Delete deletes.";
const EDITOR_KEYS =
  "Shift+Enter runs, Escape leaves the editor, F6 goes to the files. Tab indents; to move " +
  "on with Tab, press Escape first.";
// Where an answer goes that was written while the exercise had one cell.
const EARLIER = "earlier_answer.py";

const isPython = (path) => path.endsWith(".py");

/** What the workbench asks of an answer, for several files. */
export class FilesAnswer {
  resetLabel = "Reset all";
  #facts;
  #on;
  #files;
  #starter;
  #began = false;
  #actions;
  #tree = new FileTree({
    show: (path) => this.#tabs.show(path),
    edit: (path) => this.#edit(path),
    rename: () => this.#actions.rename(),
    remove: () => this.#actions.remove(),
    move: () => this.#actions.nameButtons(),
  });
  #tabs = new FileTabs({
    makeEditor: (parent, path) => this.#makeEditor(parent, path),
    onShow: (path) => this.#shown(path),
    onClose: ({ view }) => this.remarks.detach(view),
  });

  /** @param {object} facts of the page
   *  @param {string | undefined} kept what the reader wrote before
   *  @param {object} on as the workbench gives it */
  constructor(facts, kept, on) {
    this.#facts = facts;
    this.#on = on;
    this.#starter = new Map(Object.entries(facts.files));
    this.#files = kept === undefined ? new Map(this.#starter) : this.#filesIn(kept);
    this.starter = pack(this.#starter);
    this.saveLabel = `Download ${facts.slug}.zip`;
    this.handIn = `download ${facts.slug}.zip and hand it in beside the notebook.`;
    this.remarks = new Remarks(facts, {
      starters: [...python(this.#starter).values()],
      sources: () => python(this.#files),
      show: (path) => (this.#tabs.show(path), this.#tabs.editor.view),
    });
    this.#actions = new FileActions({
      slug: facts.slug,
      starter: this.#starter,
      files: () => this.#files,
      tree: this.#tree,
      tabs: this.#tabs,
      apply: (changes) => this.#apply(changes),
      move: (moved, current) => this.#renameAll(moved, current),
    });
    this.element = this.#layout();
    this.#draw();
    this.#tabs.show(firstToRead(this.#files));
  }

  #filesIn(text) {
    return unpack(text) ?? new Map([...this.#starter, [EARLIER, text]]);
  }

  #layout() {
    const area = make("div", { class: "file-area" }, this.#tree.element, this.#tabs.element);
    return make(
      "div",
      { class: "exercise-editor exercise-files", onkeydown: (event) => this.#key(event) },
      ...this.#actions.elements,
      area,
      make("p", { class: "exercise-small" }, KEYS),
    );
  }

  /** Between files and editor, where Tab indents. */
  #key(event) {
    if (event.key !== "F6") return;
    event.preventDefault();
    event.stopPropagation();
    const { view } = this.#tabs.editor;
    if (view.hasFocus) this.#tree.focus();
    else view.focus();
  }

  // --- What the workbench asks ----------------------------------------------------------

  /** @returns {string} the answer as it is kept, judged and handed in */
  text() {
    return pack(this.#files);
  }

  /** @param {string} text another answer */
  replace(text) {
    const files = this.#filesIn(text);
    const changes = differences(this.#files, files);
    if (changes.size) this.#apply(changes);
  }

  focus() {
    this.#tabs.editor.focus();
  }

  /** @returns {HTMLElement[]} what differs from the starter, file by file */
  changes() {
    const changed = fileChanges(this.#starter, this.#files);
    if (!changed.length) return [make("p", {}, "Nothing is changed.")];
    return changed.map((change) => this.#change(change));
  }

  /** Whether there is anything to run at all. */
  get canRun() {
    return python(this.#starter).size > 0;
  }

  /** Why Run would run nothing; empty when there is something. */
  get runTrouble() {
    const { path } = this.#tabs;
    return isPython(path) ? "" : `${path} is no Python: show the file that you want to run.`;
  }

  /** Run the file that is shown.
   *  @param {(output: object) => void} onOutput
   *  @returns {Promise<boolean>} whether it ran without an error */
  run(onOutput) {
    return tryOutFile(this.text(), this.#tabs.path, onOutput);
  }

  /** @returns {Promise<string>} what was saved */
  async save() {
    const trouble = sizeTrouble(this.#files);
    if (trouble) throw new Error(trouble);
    const { slug } = this.#facts;
    saveZip(this.#files, slug);
    return `Saved as ${slug}.zip. Hand it in beside ${slug}.ipynb.`;
  }

  // --- What there is --------------------------------------------------------------------

  /** Set, add and take away files; all that shows them follows.
   *  @param {Map<string, string | null>} changes texts by path, null where a file goes
   *  @returns {Map<string, string | null>} the way back */
  #apply(changes) {
    this.#actions.stopAsking();
    const back = new Map();
    for (const [path, text] of changes) {
      back.set(path, this.#files.get(path) ?? null);
      if (text === null) this.#files.delete(path);
      else this.#files.set(path, text);
    }
    for (const [path, text] of changes) {
      if (text === null) this.#tabs.close(path);
      else if (this.#tabs.editorOf(path)?.text() !== text)
        this.#tabs.editorOf(path)?.replace(text);
    }
    if (!this.#tabs.path) this.#tabs.show(firstToRead(this.#files));
    this.#draw();
    this.remarks.refresh();
    this.#on.change();
    return back;
  }

  #typed(path, text) {
    if (this.#files.get(path) === text) return; // what `apply` put there
    this.#files.set(path, text);
    this.#draw();
    this.#on.change();
  }

  #draw() {
    const marks = new Map();
    for (const [path, text] of this.#files) {
      if (!this.#starter.has(path)) marks.set(path, "added");
      else if (this.#starter.get(path) !== text) marks.set(path, "changed");
    }
    this.#tree.show([...this.#files.keys()], marks);
    this.#actions.nameButtons();
  }

  #makeEditor(parent, path) {
    let name = path;
    const editor = createEditor({
      parent,
      path,
      text: this.#files.get(path),
      label: labelOf(path),
      keysHelp: EDITOR_KEYS,
      lineNumbers: true,
      onChange: (text) => this.#typed(name, text),
      onRun: this.#on.run,
      onLeave: this.#on.leave,
    });
    this.remarks.attach(editor.view, () => name);
    editor.view.contentDOM.addEventListener("focus", () => this.#begin(), { once: true });
    const rename = (to) => editor.rename(labelOf(to), (name = to));
    return { ...editor, rename };
  }

  #begin() {
    if (!this.#began) this.#on.begin();
    this.#began = true;
  }

  #shown(path) {
    this.#tree.choose(path);
    this.#actions.nameButtons();
  }

  #edit(path) {
    this.#tabs.show(path);
    this.#tabs.editor.focus();
  }

  /** Editors of renamed files keep their place and their history. */
  #renameAll(moved, current) {
    this.#actions.stopAsking();
    const files = [...this.#files].map(([path, text]) => [moved.get(path) ?? path, text]);
    this.#files = new Map(files);
    this.#tabs.rename(moved);
    this.#draw();
    this.#tree.choose(current);
    this.#actions.nameButtons();
    this.remarks.refresh();
    this.#on.change();
  }

  // --- Changes --------------------------------------------------------------------------

  #change({ path, from, before, after }) {
    const moved = from && ["moved from ", make("code", {}, from)];
    const state = after === null ? "deleted" : before === null ? "added" : "changed";
    const heading = make("h3", {}, make("code", {}, path), " ", ...(moved ?? [state]));
    const label = state === "deleted" ? "Bring back" : "Reset";
    const reset = button(label, () => this.#actions.reset(path), {
      class: "course-button",
      "aria-label": `${label} ${path}`,
    });
    const canReset = !from && before !== null;
    return make(
      "section",
      { class: "file-change" },
      make("div", { class: "course-bar" }, heading, canReset && reset),
      before === after
        ? make("p", {}, "Nothing else is changed.")
        : renderDiff(before ?? "", after ?? "", `Your changes to ${path}`),
    );
  }
}

const python = (files) => new Map([...files].filter(([path]) => isPython(path)));

/** A reader begins where most of the code is. */
function firstToRead(files) {
  const size = (path) => files.get(path).length;
  const longest = (paths) => paths.sort((one, other) => size(other) - size(one))[0];
  return longest([...python(files).keys()]) ?? longest([...files.keys()]);
}
