// The editor of code. Large: import it when the reader asks for it, not before.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";
import { make } from "./elements.mjs";
import { languageOf } from "./languages.mjs";

// The classes of Pygments: what is edited has the colours of the book's own code.
const COLOURS = tagHighlighter([
  { tag: tags.keyword, class: "k" },
  { tag: [tags.operatorKeyword], class: "ow" },
  { tag: [tags.bool, tags.null], class: "kc" },
  { tag: tags.operator, class: "o" },
  { tag: tags.comment, class: "c1" },
  { tag: tags.string, class: "s1" },
  { tag: tags.number, class: "mi" },
  { tag: tags.meta, class: "nd" },
  { tag: [tags.tagName, tags.heading], class: "nt" },
  { tag: tags.definition(tags.className), class: "nc" },
  { tag: tags.function(tags.definition(tags.variableName)), class: "nf" },
  { tag: tags.standard(tags.variableName), class: "nb" },
]);

let editors = 0;

const KEYS_HELP =
  "Shift+Enter runs, Escape leaves the editor. Tab indents; " +
  "to move on with Tab, press Escape first.";

/** Make an editor.
 * @param {object} options
 * @param {HTMLElement} options.parent Where it stands.
 * @param {string} options.text
 * @param {string} options.label What is edited, for screen readers.
 * @param {string} [options.path] The file's name, which tells its language: else Python.
 * @param {string} [options.keysHelp] What to know of the keys.
 * @param {(text: string) => void} [options.onChange]
 * @param {() => void} [options.onRun] Shift-Enter.
 * @param {() => void} [options.onLeave] Escape.
 * @param {boolean} [options.lineNumbers]
 * @param {Array} [options.extensions] More of CodeMirror, such as remarks.
 * @returns {{view: EditorView, text: () => string, replace: (text: string) => void,
 *   rename: (label: string, path: string) => void, focus: () => void,
 *   remove: () => void}} */
export function createEditor({
  parent,
  text,
  label,
  path = "answer.py",
  keysHelp = KEYS_HELP,
  onChange = () => {},
  onRun = () => {},
  onLeave = () => {},
  lineNumbers: numbered = false,
  extensions = [],
}) {
  const id = `editor-help-${++editors}`;
  const help = make("p", { id, class: "course-editor-help" }, keysHelp);
  const commands = [
    { key: "Shift-Enter", run: () => (onRun(), true) },
    { key: "Escape", run: () => (onLeave(), true) },
  ];
  const named = new Compartment();
  const nameAs = (name, file) => [
    languageOf(file),
    EditorView.contentAttributes.of({ "aria-label": name }),
  ];
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of(commands)),
        ...(numbered ? [lineNumbers(), highlightActiveLineGutter()] : []),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        named.of(nameAs(label, path)),
        syntaxHighlighting(COLOURS),
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.editorAttributes.of({ class: "highlight" }),
        EditorView.contentAttributes.of({
          tabindex: "0", // also says to checkers that what scrolls can be reached
          "aria-describedby": id,
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        extensions,
      ],
    }),
  });
  parent.append(help);
  return {
    view,
    text: () => view.state.doc.toString(),
    replace: (replacement) =>
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: replacement },
      }),
    rename: (name, file) =>
      view.dispatch({ effects: named.reconfigure(nameAs(name, file)) }),
    focus: () => view.focus(),
    remove: () => {
      view.destroy();
      help.remove();
    },
  };
}
