// Download, state and removal of the course on this device, as the reader sees them.
import { inWords } from "./dates.mjs";
import { button, make } from "./elements.mjs";
import { download, hindrance, inMegabytes, look, removeAll } from "./offline.mjs";

/** Draw the panel into a place.
 *  @param {HTMLElement} place
 *  @returns {Promise<void>} done when the state is shown */
export async function offlinePanelIn(place) {
  const reason = hindrance();
  if (reason) {
    place.replaceChildren(make("p", {}, `The course cannot be kept here. ${reason}`));
    return;
  }
  const status = make("p", { role: "status", class: "offline-state" }, "Looking …");
  const controls = make("div");
  place.replaceChildren(status, controls);
  await show(status, controls);
}

async function show(status, controls, trouble = "") {
  const found = await look();
  const begun = found.date !== undefined;
  const toLoad = found.book.toLoad + (found.notebooks ? found.lite.toLoad : 0);
  status.textContent = [trouble, stateInWords(found, toLoad)].filter(Boolean).join(" ");
  const again = (text = "") => show(status, controls, text);
  const parts = [];
  if (found.reachable && (toLoad || !begun || (found.lite.bytes && !found.notebooks)))
    parts.push(downloadForm(found, status, controls, again));
  if (begun) parts.push(removeButton(again));
  controls.replaceChildren(...parts);
}

function stateInWords({ reachable, date, notebooks, book }, toLoad) {
  const what = notebooks ? "All of the course, with JupyterLite," : "All of the course";
  const left = inMegabytes(toLoad);
  if (date === undefined)
    return reachable
      ? `Nothing is on this device yet. The book with its live code takes ${inMegabytes(book.bytes)}.`
      : "The server does not answer, so nothing can be downloaded now.";
  if (!reachable)
    return date
      ? `${what} is on this device, as of ${inWords(date)}. There is no network now.`
      : "The download is not finished, and there is no network now.";
  if (date === "") return `The download is not finished: ${left} are missing.`;
  if (toLoad)
    return `The course has changed since ${inWords(date)}: ${left} are new. Until you update, ` +
      "what is on this device is the older one.";
  return `${what} is on this device, as of ${inWords(date)}.`;
}

function downloadForm(found, status, controls, again) {
  const { date, notebooks, book, lite } = found;
  const wanted = make("input", { type: "checkbox", checked: notebooks });
  const submitter = make("button", { type: "submit" });
  const name = () => {
    const bytes = book.toLoad + (wanted.checked ? lite.toLoad : 0);
    const verb = { undefined: "Download for offline", "": "Go on downloading" }[date] ?? "Update";
    submitter.textContent = `${verb} (${inMegabytes(bytes)})`;
    submitter.disabled = bytes === 0;
  };
  wanted.addEventListener("change", name);
  name();
  const more = `Also JupyterLite, the exercises as notebooks (${inMegabytes(lite.bytes)} more)`;
  const submit = (event) => {
    event.preventDefault();
    load(wanted.checked, status, controls, again);
  };
  return make(
    "form",
    { onsubmit: submit },
    lite.bytes > 0 && make("p", {}, make("label", {}, wanted, ` ${more}`)),
    make("p", {}, submitter),
  );
}

async function load(notebooks, status, controls, again) {
  const stop = new AbortController();
  const bar = make("progress", { "aria-label": "Download", max: 1, value: 0 });
  const numbers = make("span");
  const onProgress = (done, all) => {
    Object.assign(bar, { max: all || 1, value: done });
    numbers.textContent = ` ${inMegabytes(done)} of ${inMegabytes(all)} `;
  };
  const stopper = button("Stop", () => stop.abort());
  controls.replaceChildren(make("p", { class: "course-row" }, bar, numbers, stopper));
  stopper.focus();
  status.textContent = "Downloading. You may go on reading in another tab; leave this page open.";
  try {
    await download(notebooks, onProgress, stop.signal);
    await again();
  } catch (error) {
    await again(stop.signal.aborted ? "Stopped." : explain(error));
  }
}

const explain = (error) =>
  error.name === "QuotaExceededError"
    ? "This device has no more space for it. What has come so far is kept."
    : error.message;

function removeButton(again) {
  const remove = async () => {
    await removeAll();
    await again("Removed. What you have read and solved is still noted.");
  };
  return make("p", {}, button("Remove it from this device", remove));
}
