// Asks for a file's path; a bad one is refused with a sentence.
import { button, make } from "./elements.mjs";

/** A form that is there only while something is asked. */
export class FileForm {
  #asked = null;
  #cameFrom = null;
  #label = make("label", { for: "file-path" });
  #input = make("input", {
    id: "file-path",
    type: "text",
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    "aria-describedby": "file-path-trouble",
    oninput: () => this.#complain(""),
  });
  #trouble = make("p", { id: "file-path-trouble", class: "file-trouble", role: "alert" });

  constructor() {
    this.element = make(
      "form",
      {
        class: "file-form",
        hidden: true,
        onsubmit: (event) => this.#submit(event),
        onkeydown: (event) => event.key === "Escape" && this.#cancel(event),
      },
      this.#label,
      make(
        "div",
        { class: "course-bar" },
        this.#input,
        make("button", { type: "submit", class: "course-button" }, "OK"),
        button("Cancel", (event) => this.#cancel(event), { class: "course-button" }),
      ),
      this.#trouble,
    );
  }

  /** Ask for a path.
   *  @param {object} asked
   *  @param {string} asked.label
   *  @param {string} asked.value what stands there at first
   *  @param {[number, number]} [asked.select] what of it typing replaces
   *  @param {(path: string) => string} asked.trouble why a path is refused, or nothing
   *  @param {(path: string) => void} asked.onDone gets the path, and moves the focus */
  ask(asked) {
    if (this.element.hidden) this.#cameFrom = document.activeElement;
    this.#asked = asked;
    this.#label.textContent = asked.label;
    this.#input.value = asked.value;
    this.#complain("");
    this.element.hidden = false;
    this.#input.focus();
    const end = asked.value.length;
    this.#input.setSelectionRange(...(asked.select ?? [end, end]));
  }

  /** What is asked may be about files that are gone. */
  close() {
    this.element.hidden = true;
  }

  #submit(event) {
    event.preventDefault();
    const path = this.#input.value.trim();
    const trouble = this.#asked.trouble(path);
    if (trouble) {
      this.#complain(trouble);
      this.#input.focus();
      return;
    }
    this.close();
    this.#asked.onDone(path);
  }

  #cancel(event) {
    event.preventDefault();
    event.stopPropagation();
    this.close();
    this.#cameFrom?.focus();
  }

  #complain(text) {
    this.#trouble.textContent = text;
    this.#input.setAttribute("aria-invalid", String(Boolean(text)));
  }
}
