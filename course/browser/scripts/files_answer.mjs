// An answer of several files: tree, tabs, and what the reader does with files.
import { tryOutFile } from "./checking.mjs";
import { renderDiff } from "./diff.mjs";
import { differences, fileChanges } from "./file_changes.mjs";
import { createEditor } from "./editor.mjs";
import { button, make } from "./elements.mjs";
import { FileForm } from "./file_form.mjs";
import { FileTabs, labelOf } from "./file_tabs.mjs";
import { FileTree, folderOf, nameOf } from "./file_tree.mjs";
import { saveZip } from "./handing_in.mjs";
import { nameTrouble, pack, sizeTrouble, unpack } from "./packing.mjs";
import { Remarks } from "./remarks.mjs";
import { readUploads } from "./uploading.mjs";

const KEYS =
  "F6 goes back and forth between files and editor. In the files Enter edits, F2 renames " +
  "or moves, Delete deletes.";
const EDITOR_KEYS =
  "Shift+Enter runs, Escape leaves the editor, F6 goes to the files. Tab indents; to move " +
  "on with Tab, press Escape first.";
// Where an answer goes that was written while the exercise had one cell.
const EARLIER = "earlier_answer.py";

const isPython = (path) => path.endsWith(".py");
const counted = (number, what = "file") => `${number} ${what}${number === 1 ? "" : "s"}`;

/** What the workbench asks of an answer, for several files. */
export class FilesAnswer {
  resetLabel = "Reset all";
  #facts;
  #on;
  #files;
  #starter;
  #began = false;
  #buttons = {};
  #note = make("p", { class: "exercise-note file-note", role: "status" });
  #form = new FileForm();
  #tree = new FileTree({
    show: (path) => this.#tabs.show(path),
    edit: (path) => this.#edit(path),
    rename: () => this.#rename(),
    remove: () => this.#remove(),
    move: () => this.#nameButtons(),
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
      this.#bar(),
      this.#form.element,
      this.#note,
      area,
      make("p", { class: "exercise-small" }, KEYS),
    );
  }

  #bar() {
    const act = (name, text, act, title) => {
      const made = button(text, act, { class: "course-button", title });
      return (this.#buttons[name] = made);
    };
    const files = this.#picker("multiple");
    const folder = this.#picker("webkitdirectory");
    return make(
      "div",
      { class: "course-bar", role: "group", "aria-label": "Files" },
      act("add", "New file", () => this.#add()),
      act("rename", "Rename or move", () => this.#rename()),
      act("remove", "Delete", () => this.#remove()),
      act("resetOne", "Reset file", () => this.#resetCurrent()),
      act("upload", "Upload files", () => files.click(), "Several at once, or a zip file"),
      act("uploadFolder", "Upload a folder", () => folder.click()),
      files,
      folder,
    );
  }

  #picker(how) {
    const take = ({ target }) => this.#upload(target);
    return make("input", { type: "file", hidden: true, onchange: take, [how]: true });
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
    this.#form.close();
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
    this.#nameButtons();
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
    this.#nameButtons();
  }

  #edit(path) {
    this.#tabs.show(path);
    this.#tabs.editor.focus();
  }

  /** Screen readers hear what a button is about; eyes see it in the tree. */
  #nameButtons() {
    const { current } = this.#tree;
    const { rename, remove, resetOne } = this.#buttons;
    for (const each of [rename, remove, resetOne])
      each.setAttribute("aria-label", `${each.textContent} ${current}`);
    const before = this.#starter.get(current);
    const changed = before !== undefined && this.#files.has(current);
    const same = !changed || before === this.#files.get(current);
    resetOne.setAttribute("aria-disabled", String(same));
  }

  /** All files that the current entry of the tree stands for. */
  #chosen() {
    const { current, onFolder } = this.#tree;
    const inside = (path) => path.startsWith(`${current}/`);
    return onFolder ? [...this.#files.keys()].filter(inside) : [current];
  }

  /** Where the current entry of the tree is: empty, or a path that ends with a slash. */
  #folder() {
    const { current, onFolder } = this.#tree;
    const folder = onFolder ? current : folderOf(current);
    return folder && `${folder}/`;
  }

  // --- What the reader does -------------------------------------------------------------

  #say(...words) {
    this.#note.replaceChildren(...words);
  }

  /** Say what was done, with the way back; the way back has one too. */
  #done(words, label, back, undone) {
    const undo = () => {
      const trouble = this.#clashIn(back);
      if (trouble) return this.#say(trouble);
      const again = this.#apply(back);
      const path = [...back].find(([, text]) => text !== null)?.[0];
      if (path) this.#tabs.show(path);
      this.#tree.focus();
      return this.#done(undone, "Undo", again, words);
    };
    this.#say(`${words} `, button(label, undo, { class: "course-button" }));
  }

  /** Since a file went, others may have been given its place. */
  #clashIn(changes) {
    const others = [...this.#files.keys()].filter((path) => !changes.has(path));
    const coming = [...changes.keys()].filter((path) => changes.get(path) !== null);
    const troubles = coming.map((path) => [path, nameTrouble(path, others)]);
    const found = troubles.find(([, trouble]) => trouble);
    return found ? `${found[0]} cannot come back. ${found[1]}` : "";
  }

  #add() {
    const folder = this.#folder();
    this.#form.ask({
      label: "Path of the new file",
      value: folder,
      trouble: (path) =>
        nameTrouble(path, this.#files.keys()) ||
        sizeTrouble(new Map([...this.#files, [path, ""]])),
      onDone: (path) => {
        this.#apply(new Map([[path, ""]]));
        this.#say(`${path} was added.`);
        this.#edit(path);
      },
    });
  }

  #rename() {
    const { current } = this.#tree;
    const chosen = this.#chosen();
    const others = [...this.#files.keys()].filter((path) => !chosen.includes(path));
    const moved = (to) =>
      new Map(chosen.map((path) => [path, `${to}${path.slice(current.length)}`]));
    this.#form.ask({
      label: `New path of ${current}`,
      value: current,
      select: [current.length - nameOf(current).length, current.length],
      trouble: (to) => {
        const troubles = [...moved(to).values()].map((path) => nameTrouble(path, others));
        return troubles.find(Boolean) ?? "";
      },
      onDone: (to) => {
        if (to !== current) this.#move(moved(to), current, to);
        this.#tree.focus();
      },
    });
  }

  #move(moved, from, to) {
    this.#renameAll(moved, to);
    const back = () => {
      const there = [...moved].filter(([, after]) => this.#files.has(after));
      const others = [...this.#files.keys()].filter((path) => !there.some(([, at]) => at === path));
      const trouble = there.map(([before]) => nameTrouble(before, others)).find(Boolean);
      if (trouble) return this.#say(`It stays ${to}. ${trouble}`);
      this.#renameAll(new Map(there.map(([before, after]) => [after, before])), from);
      this.#tree.focus();
      return this.#say(`It is ${from} again.`);
    };
    const way = button("Undo", back, { class: "course-button" });
    this.#say(`${from} is now ${to}. `, way);
  }

  /** Editors of renamed files keep their place and their history. */
  #renameAll(moved, current) {
    this.#form.close();
    const files = [...this.#files].map(([path, text]) => [moved.get(path) ?? path, text]);
    this.#files = new Map(files);
    this.#tabs.rename(moved);
    this.#draw();
    this.#tree.choose(current);
    this.#nameButtons();
    this.remarks.refresh();
    this.#on.change();
  }

  #remove() {
    const { current } = this.#tree;
    const chosen = this.#chosen();
    if (chosen.length === this.#files.size) {
      this.#say("An answer has at least one file: add another one first.");
      return;
    }
    const back = this.#apply(new Map(chosen.map((path) => [path, null])));
    const what = chosen.length > 1 ? `, ${counted(chosen.length)}` : "";
    const words = `${current} was deleted${what}.`;
    this.#done(words, "Bring it back", back, `${current} is back.`);
  }

  #resetCurrent() {
    if (this.#buttons.resetOne.getAttribute("aria-disabled") === "true") return;
    this.#resetOne(this.#tree.current);
  }

  #resetOne(path) {
    const changes = new Map([[path, this.#starter.get(path)]]);
    const trouble = this.#clashIn(changes);
    if (trouble) return this.#say(trouble);
    const back = this.#apply(changes);
    const words = `${path} is as in the starter.`;
    return this.#done(words, "Undo", back, `${path} is as you had it.`);
  }

  async #upload(input) {
    const chosen = [...input.files];
    input.value = ""; // the same files may be chosen again
    if (!chosen.length) return;
    try {
      const there = [...this.#files.keys()];
      const { slug } = this.#facts;
      const { files, refused } = await readUploads(chosen, slug, this.#folder(), there);
      const trouble = sizeTrouble(new Map([...this.#files, ...files]));
      if (trouble) throw new Error(trouble);
      this.#take(files, refused);
    } catch (error) {
      this.#say(`Nothing was uploaded. ${error.message}`);
    }
  }

  #take(files, refused) {
    const isNew = [...files.keys()].filter((path) => !this.#files.has(path)).length;
    const sums = `${counted(isNew)} added, ${files.size - isNew} replaced.`;
    const words = [sums, ...refused].join(" ");
    if (!files.size) return this.#say(words);
    const back = this.#apply(files);
    const [first] = files.keys();
    this.#tabs.show(first);
    return this.#done(words, "Undo", back, "The files are as before.");
  }

  // --- Changes --------------------------------------------------------------------------

  #change({ path, from, before, after }) {
    const moved = from && ["moved from ", make("code", {}, from)];
    const state = after === null ? "deleted" : before === null ? "added" : "changed";
    const heading = make("h3", {}, make("code", {}, path), " ", ...(moved ?? [state]));
    const label = state === "deleted" ? "Bring back" : "Reset";
    const reset = button(label, () => this.#resetOne(path), {
      class: "course-button",
      "aria-label": `${label} ${path}`,
    });
    const canReset = !from && before !== null;
    return make(
      "section",
      { class: "file-change" },
      make("div", { class: "course-bar" }, heading, canReset && reset),
      renderDiff(before ?? "", after ?? "", `Your changes to ${path}`),
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
