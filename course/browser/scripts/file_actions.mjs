// What the reader does with the files of an answer: each action says what it did, and the
// way back.
import { button, make } from "./elements.mjs";
import { FileForm } from "./file_form.mjs";
import { folderOf, nameOf } from "./file_tree.mjs";
import { nameTrouble, sizeTrouble } from "./packing.mjs";
import { readUploads } from "./uploading.mjs";

const counted = (number) => `${number} file${number === 1 ? "" : "s"}`;

/** The buttons above the files, the form that asks for a path, and what was done. */
export class FileActions {
  #of;
  #tree;
  #tabs;
  #buttons = {};
  #note = make("p", { class: "exercise-note file-note", role: "status" });
  #form = new FileForm();

  /** @param {object} of the answer
   *  @param {string} of.slug the exercise
   *  @param {Map<string, string>} of.starter
   *  @param {() => Map<string, string>} of.files
   *  @param {import("./file_tree.mjs").FileTree} of.tree
   *  @param {import("./file_tabs.mjs").FileTabs} of.tabs
   *  @param {(changes: Map<string, string | null>) => Map<string, string | null>} of.apply
   *    sets, adds and takes away files; tells the way back
   *  @param {(moved: Map<string, string>, current: string) => void} of.move gives files
   *    other paths; `current` is then the current entry of the tree */
  constructor(of) {
    this.#of = of;
    this.#tree = of.tree;
    this.#tabs = of.tabs;
    this.elements = [this.#bar(), this.#form.element, this.#note];
  }

  get #files() {
    return this.#of.files();
  }

  /** Files changed: what was asked may be about files that are gone. */
  stopAsking() {
    this.#form.close();
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
      act("rename", "Rename or move", () => this.rename()),
      act("remove", "Delete", () => this.remove()),
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

  /** Screen readers hear what a button is about; eyes see it in the tree. */
  nameButtons() {
    const { current } = this.#tree;
    const { rename, remove, resetOne } = this.#buttons;
    for (const each of [rename, remove, resetOne])
      each.setAttribute("aria-label", `${each.textContent} ${current}`);
    const before = this.#of.starter.get(current);
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

  #say(...words) {
    this.#note.replaceChildren(...words);
  }

  /** Say what was done, with the way back; the way back has one too. */
  #done(words, label, back, undone) {
    const undo = () => {
      const trouble = this.#clashIn(back);
      if (trouble) return this.#say(trouble);
      const again = this.#of.apply(back);
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
        this.#of.apply(new Map([[path, ""]]));
        this.#say(`${path} was added.`);
        this.#tabs.show(path);
        this.#tabs.editor.focus();
      },
    });
  }

  /** Ask for another path of the current file or folder. */
  rename() {
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
    this.#of.move(moved, to);
    const back = () => {
      const there = [...moved].filter(([, after]) => this.#files.has(after));
      const others = [...this.#files.keys()].filter((path) => !there.some(([, at]) => at === path));
      const trouble = there.map(([before]) => nameTrouble(before, others)).find(Boolean);
      if (trouble) return this.#say(`It stays ${to}. ${trouble}`);
      this.#of.move(new Map(there.map(([before, after]) => [after, before])), from);
      this.#tree.focus();
      return this.#say(`It is ${from} again.`);
    };
    const way = button("Undo", back, { class: "course-button" });
    this.#say(`${from} is now ${to}. `, way);
  }

  /** Delete the current file or folder. */
  remove() {
    const { current } = this.#tree;
    const chosen = this.#chosen();
    if (chosen.length === this.#files.size) {
      this.#say("An answer has at least one file: add another one first.");
      return;
    }
    const back = this.#of.apply(new Map(chosen.map((path) => [path, null])));
    const what = chosen.length > 1 ? `, ${counted(chosen.length)}` : "";
    const words = `${current} was deleted${what}.`;
    this.#done(words, "Bring it back", back, `${current} is back.`);
  }

  #resetCurrent() {
    if (this.#buttons.resetOne.getAttribute("aria-disabled") === "true") return;
    this.reset(this.#tree.current);
  }

  /** Make a file what it is in the starter.
   *  @param {string} path */
  reset(path) {
    const changes = new Map([[path, this.#of.starter.get(path)]]);
    const trouble = this.#clashIn(changes);
    if (trouble) return this.#say(trouble);
    const back = this.#of.apply(changes);
    const words = `${path} is as in the starter.`;
    return this.#done(words, "Undo", back, `${path} is as you had it.`);
  }

  async #upload(input) {
    const chosen = [...input.files];
    input.value = ""; // the same files may be chosen again
    if (!chosen.length) return;
    try {
      const there = [...this.#files.keys()];
      const { slug } = this.#of;
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
    const back = this.#of.apply(files);
    const [first] = files.keys();
    this.#tabs.show(first);
    return this.#done(words, "Undo", back, "The files are as before.");
  }
}
