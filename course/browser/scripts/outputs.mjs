// Draws nbformat outputs as the book draws its own.
import { make } from "./elements.mjs";

const LONG_OUTPUT_LINES = 60;
const ANSI_CODE = /\u001b\[[0-9;]*[A-Za-z]/g;
const OVERWRITTEN = /[^\n]*\r(?!\n|$)/g; // "\r" goes back to the start of the line

/** A block of text with the classes of MyST-NB. */
const textBlock = (kind, lexer, text) =>
  make(
    "div",
    { class: `output ${kind} highlight-${lexer} notranslate` },
    make("div", { class: "highlight" }, make("pre", {}, text.replace(ANSI_CODE, ""))),
  );

const picture = (source, { alt = "Picture that this code drew", width }) =>
  make("img", { src: source, alt, width });

const html = (content) => {
  const box = make("div", { class: "output text_html" });
  box.innerHTML = content; // made by the course's code, or by the reader's own
  return box;
};

const svgAddress = (content) =>
  `data:image/svg+xml;charset=utf-8,${encodeURIComponent(content)}`;

const renderers = new Map([
  ["text/html", html],
  ["image/svg+xml", (content, { metadata }) => picture(svgAddress(content), metadata)],
  [
    "image/png",
    (content, { metadata }) => picture(`data:image/png;base64,${content}`, metadata),
  ],
  [
    "image/jpeg",
    (content, { metadata }) => picture(`data:image/jpeg;base64,${content}`, metadata),
  ],
  ["text/markdown", (content) => textBlock("text_plain", "myst-ansi", content)],
  ["text/plain", (content) => textBlock("text_plain", "myst-ansi", content)],
]);
const plainOrder = [...renderers.keys()];

/** Have a MIME type drawn by a function; it goes before the types drawn here.
 * @param {string} mime
 * @param {(content: any, context: {metadata: object, bundle: object}) => Node} render */
export function registerRenderer(mime, render) {
  renderers.set(mime, render);
  if (!plainOrder.includes(mime)) plainOrder.unshift(mime);
}

/** Draw a bundle of representations by the best of them.
 * @param {object} bundle By MIME type.
 * @param {object} [metadata] By MIME type.
 * @returns {Node} */
export function renderBundle(bundle, metadata = {}) {
  const mime = plainOrder.find((known) => known in bundle);
  if (!mime) {
    const kinds = Object.keys(bundle).join(", ");
    return textBlock("text_plain", "myst-ansi", `[cannot be shown here: ${kinds}]`);
  }
  return renderers.get(mime)(bundle[mime], { metadata: metadata[mime] ?? {}, bundle });
}

/** The place below a cell that takes its outputs. */
export class OutputArea {
  #box;
  #clearFirst = false;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  /** Remove what is shown when the next output comes, so that nothing jumps. */
  clearAtNext() {
    this.#clearFirst = true;
  }

  /** Remove what is shown. */
  clear() {
    this.#clearFirst = false;
    this.#box.replaceChildren();
  }

  /** Show one output, or clear.
   * @param {object} output An nbformat output. */
  add(output) {
    if (output.output_type === "clear_output") {
      if (output.wait) this.clearAtNext();
      else this.clear();
      return;
    }
    if (this.#clearFirst) this.clear();
    if (output.output_type === "stream") this.#addStream(output);
    else this.#box.append(asNode(output));
  }

  /** Call when no more output is expected: long ones become scrollable. */
  settle() {
    if (this.#clearFirst) this.clear();
    for (const pre of this.#box.querySelectorAll("pre")) {
      const long = pre.textContent.split("\n").length > LONG_OUTPUT_LINES;
      pre.classList.toggle("course-long", long); // the theme lets keys scroll it
    }
  }

  #addStream({ name, text }) {
    const kind = name === "stderr" ? "stderr" : "stream";
    const last = this.#box.lastElementChild;
    if (last?.matches(`.output.${kind}`)) append(last.querySelector("pre"), text);
    else this.#box.append(textBlock(kind, "myst-ansi", overwritten(text)));
  }
}

const overwritten = (text) => text.replace(OVERWRITTEN, "");

const append = (pre, text) => {
  const plain = text.replace(ANSI_CODE, "");
  if (plain.includes("\r") || pre.textContent.endsWith("\r")) {
    pre.textContent = overwritten(pre.textContent + plain);
  } else pre.append(plain);
};

const asNode = (output) =>
  output.output_type === "error"
    ? textBlock("traceback", "ipythontb", output.traceback.join("\n"))
    : renderBundle(output.data, output.metadata);
