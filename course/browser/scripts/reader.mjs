// On every page: notes what the reader reads and answers, and marks it in the navigation.
import { inWords, today } from "./dates.mjs";
import { make, unseen } from "./elements.mjs";
import { PAGE, SITE, facts } from "./facts.mjs";
import * as offline from "./offline.mjs";
import * as store from "./store.mjs";

/** Begin to note and to mark. */
export function attach() {
  if (facts.kind === "chapter") {
    noteReading();
    noteAnswers();
  }
  markNavigation();
  store.watch(markNavigation);
  offline.attach();
}

/** A chapter is read when its end comes into view, or when the reader says so. */
function noteReading() {
  const text = document.querySelector("article.bd-article > section");
  const end = text?.querySelector("#exercise > h2, #sources > h2");
  if (!end) return;
  text.append(readSwitch());
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect(); // who takes the mark away means it
    if (!store.get("read", PAGE)) store.set("read", PAGE, today());
  });
  seen.observe(end);
}

function readSwitch() {
  const button = make("button", { type: "button", class: "course-read", onclick: toggle });
  function toggle() {
    if (store.get("read", PAGE)) store.remove("read", PAGE);
    else store.set("read", PAGE, today());
  }
  function show() {
    const date = store.get("read", PAGE);
    button.setAttribute("aria-pressed", Boolean(date));
    button.replaceChildren(
      make("span", { class: "course-box", "aria-hidden": "true" }, date ? "✓" : ""),
      "I have read this chapter",
    );
    since.textContent = date ? `Noted in this browser on ${inWords(date)}.` : "";
  }
  const since = make("span", { class: "course-since" });
  const progress = new URL("book/progress.html", SITE);
  show();
  store.watch(show);
  return make(
    "p",
    { class: "course-reading" },
    button,
    since,
    make("a", { href: progress }, "Your progress"),
  );
}

/** The first option that is opened is the answer; looking at the others is learning. */
function noteAnswers() {
  const note = ({ target }) => {
    if (!target.open || !target.matches?.("details.quiz-option")) return;
    const question = target.closest(".quiz").querySelector(".quiz-question");
    const key = `${PAGE}#${question.id.replace("quiz-", "")}`;
    if (!store.get("quiz", key)) store.set("quiz", key, target.dataset.answer);
  };
  document.addEventListener("toggle", note, true); // a toggle does not bubble
}

function markNavigation() {
  for (const link of document.querySelectorAll("nav.bd-links li > a")) {
    const url = new URL(link.href);
    const page = url.pathname.slice(SITE.pathname.length);
    const slug = /^exercises\/[^/]+\/(.+)\.html$/.exec(page)?.[1];
    const word = slug ? store.get("passed", slug) && "passed" : store.get("read", page) && "read";
    const old = link.querySelector(".course-mark");
    if (old?.dataset.word === (word || undefined)) continue;
    old?.remove();
    if (word) link.append(mark(word));
  }
}

const mark = (word) =>
  make(
    "span",
    { class: "course-mark", "data-word": word, title: word },
    make("span", { "aria-hidden": "true" }, " ✓"),
    unseen(` (${word})`),
  );
