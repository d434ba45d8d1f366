// The files that are open, each in an editor behind its tab.
import { button, make } from "./elements.mjs";
import { nameOf } from "./file_tree.mjs";

let tabs = 0;

/** Tabs as the ARIA practices have them: arrows show the next one at once. */
export class FileTabs {
  #makeEditor;
  #onShow;
  #onClose;
  #open = []; // in the order of the tabs: {path, tab, panel, editor}
  #shown = null;
  #list = make("div", {
    class: "file-tabs",
    role: "tablist",
    "aria-label": "Open files",
    onkeydown: (event) => this.#key(event),
  });
  #close = button("Close tab", () => this.#closeShown(), {
    class: "course-button",
    title: "Close this tab; the file stays",
  });
  #panels = make("div", { class: "file-panels" });

  /** @param {object} options
   *  @param {(parent: HTMLElement, path: string) => object} options.makeEditor as
   *    `createEditor` makes them
   *  @param {(path: string) => void} options.onShow told which file is shown now
   *  @param {(editor: object) => void} options.onClose told which editor is gone */
  constructor({ makeEditor, onShow, onClose }) {
    this.#makeEditor = makeEditor;
    this.#onShow = onShow;
    this.#onClose = onClose;
    const head = make("div", { class: "file-tabs-row" }, this.#list, this.#close);
    this.element = make("div", { class: "file-editors" }, head, this.#panels);
  }

  /** The path of the file that is shown. */
  get path() {
    return this.#shown?.path ?? "";
  }

  /** The editor of the file that is shown. */
  get editor() {
    return this.#shown?.editor;
  }

  /** @param {string} path
   *  @returns {object | undefined} the file's editor, if it is open */
  editorOf(path) {
    return this.#find(path)?.editor;
  }

  /** Show a file, in its tab if it has one.
   *  @param {string} path */
  show(path) {
    const found = this.#find(path) ?? this.#add(path);
    if (found === this.#shown) return;
    this.#shown = found;
    this.#draw();
    this.#onShow(path);
  }

  /** Files have other names: tabs, texts and histories stay.
   *  @param {Map<string, string>} moved new paths by old ones */
  rename(moved) {
    for (const each of this.#open) {
      const path = moved.get(each.path);
      if (path) each.editor.rename((each.path = path));
    }
    this.#draw();
  }

  /** @param {string} path of a file whose tab is no longer wanted */
  close(path) {
    const found = this.#find(path);
    if (!found) return;
    const index = this.#open.indexOf(found);
    this.#open.splice(index, 1);
    this.#onClose(found.editor);
    found.editor.remove();
    found.tab.remove();
    found.panel.remove();
    if (found !== this.#shown) return this.#draw();
    this.#shown = null;
    const next = this.#open[Math.min(index, this.#open.length - 1)];
    if (next) this.show(next.path);
  }

  focusTab() {
    this.#shown?.tab.focus();
  }

  #find(path) {
    return this.#open.find((each) => each.path === path);
  }

  #add(path) {
    const id = `file-${++tabs}`;
    const panel = make("div", {
      id: `${id}-panel`,
      class: "file-panel",
      role: "tabpanel",
      "aria-labelledby": id,
    });
    const tab = button("", () => this.show(added.path), {
      id,
      class: "file-tab",
      role: "tab",
      "aria-controls": panel.id,
    });
    const added = { path, tab, panel, editor: this.#makeEditor(panel, path) };
    this.#open.push(added);
    this.#list.append(tab);
    this.#panels.append(panel);
    return added;
  }

  #draw() {
    const names = this.#open.map(({ path }) => nameOf(path));
    for (const each of this.#open) {
      const { path, tab, panel } = each;
      const name = nameOf(path);
      const isOne = names.filter((other) => other === name).length === 1;
      tab.textContent = isOne ? name : path;
      tab.title = path;
      tab.setAttribute("aria-label", path);
      tab.setAttribute("aria-selected", String(each === this.#shown));
      tab.tabIndex = each === this.#shown ? 0 : -1;
      panel.hidden = each !== this.#shown;
    }
    this.#close.setAttribute("aria-disabled", String(this.#open.length < 2));
    this.#close.setAttribute("aria-label", `Close tab ${this.path}`);
    this.#scrollToShown();
  }

  /** Sideways only: scrollIntoView() would move the page as well. */
  #scrollToShown() {
    if (!this.#shown) return;
    const { offsetLeft: left, offsetWidth: width } = this.#shown.tab;
    const { scrollLeft, clientWidth } = this.#list;
    this.#list.scrollLeft = Math.min(Math.max(scrollLeft, left + width - clientWidth), left);
  }

  #key(event) {
    const index = this.#open.indexOf(this.#shown);
    const count = this.#open.length;
    const next = {
      ArrowRight: (index + 1) % count,
      ArrowLeft: (index + count - 1) % count,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (event.key === "Delete") this.#closeShown();
    else if (next === undefined) return;
    else this.show(this.#open[next].path);
    event.preventDefault();
    this.focusTab();
  }

  #closeShown() {
    if (this.#open.length > 1) this.close(this.path);
  }
}

/** @param {string} path
 *  @returns {string} what screen readers call its editor */
export const labelOf = (path) => `Your answer, ${path}`;
