// A line at the foot of the page for what the reader should know.
import { button, make } from "./elements.mjs";

/** Tell the reader something; it stays until it is closed or something else is told.
 *  @param {string} text
 *  @param {{label: string, act: () => void}} [way] one thing that the reader can do now
 *  @returns {HTMLElement} the notice */
export function tell(text, way) {
  document.querySelector(".course-notice")?.remove();
  const words = make("p");
  const closing = (label, act) => button(label, () => (notice.remove(), act?.()));
  const notice = make("div", { class: "course-notice", role: "status" }, words);
  if (way) notice.append(closing(way.label, way.act));
  notice.append(closing("Close"));
  document.body.append(notice);
  // A screen reader speaks what changes in a status that is already there.
  requestAnimationFrame(() => (words.textContent = text));
  return notice;
}
