// Elements made in one expression.

/** Make an element.
 *  @param {string} tag
 *  @param {Record<string, unknown>} [properties] attributes; a function under `onclick` and
 *    the like is a listener; `false`, `null` and `undefined` are left out
 *  @param {...(Node | string | null | undefined | false)} children what is false is left out
 *  @returns {HTMLElement} */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child || child === ""));
  return element;
}

/** Words for screen readers only. */
export const unseen = (text) => make("span", { class: "course-unseen" }, text);

/** A button.
 *  @param {string} label
 *  @param {() => void} onclick
 *  @param {Record<string, unknown>} [more] further properties, as of `make` */
export const button = (label, onclick, more = {}) =>
  make("button", { type: "button", onclick, ...more }, label);
