// A line at the foot of the page for what the reader should know.
import { make } from "./elements.mjs";

/** Tell the reader something; it stays until it is closed or something else is told.
 *  @param {string} text
 *  @param {{label: string, act: () => void}} [way] one thing that the reader can do now
 *  @returns {HTMLElement} the notice */
export function tell(text, way) {
  document.querySelector(".course-notice")?.remove();
  const words = make("p");
  const button = (label, act) =>
    make("button", { type: "button", onclick: () => (notice.remove(), act?.()) }, label);
  const notice = make("div", { class: "course-notice", role: "status" }, words);
  if (way) notice.append(button(way.label, way.act));
  notice.append(button("Close"));
  document.body.append(notice);
  // A screen reader speaks what changes in a status that is already there.
  requestAnimationFrame(() => (words.textContent = text));
  return notice;
}
