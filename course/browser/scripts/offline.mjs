// The course on this device: what is there, what is missing, download and removal.
import { today } from "./dates.mjs";
import { make } from "./elements.mjs";
import { SITE } from "./facts.mjs";

const CACHE = `course:${SITE.pathname}`; // service_worker.mjs reads it
const WORKER = new URL("sw.js", SITE);
// The address under which JupyterLite registers it; it cannot do so without a network.
const LITE_WORKER = new URL("lite/service-worker.js?enableCache=false", SITE);
const LIST = new URL("offline.json", SITE).href;
const NOTE = new URL("offline-note.json", SITE).href; // ours; no such file on the server
const HASH = "Course-Hash";
const AT_ONCE = 6;

/** Make the site installable, and lead from each page to the download. */
export function attach() {
  document.head.append(
    make("link", { rel: "manifest", href: new URL("manifest.webmanifest", SITE) }),
  );
  const way = make(
    "a",
    { href: new URL("book/progress.html#without-a-network", SITE), class: "course-way" },
    "Read it without a network",
  );
  document.querySelector(".extra_footer")?.append(" ", way, ".");
}

/** Why nothing can be downloaded here; empty when it can. */
export function hindrance() {
  if (!window.isSecureContext)
    return (
      "Browsers allow this only where a site comes from an https address or from your own " +
      "machine (localhost). This one does not."
    );
  if (!("serviceWorker" in navigator && "caches" in window))
    return "This browser does not allow it here; a private window can be the reason.";
  return "";
}

const isNotebooks = ([path]) => path.startsWith("lite/");
const urlOf = ([path]) => new URL(path, SITE).href;
const bytesOf = (files) => files.reduce((sum, [, bytes]) => sum + bytes, 0);

/** A size as readers know it, such as `12.3 MB`. */
export const inMegabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;

/** The list of all files that the build made.
 *  @returns {Promise<[string, number, string][] | null>} path, bytes, hash of each; null
 *    when the server does not answer */
async function filesOnServer() {
  try {
    const answer = await fetch(LIST, {
      cache: "no-cache",
      headers: { "Course-Download": "list" },
    });
    return answer.ok ? (await answer.json()).files : null;
  } catch {
    return null;
  }
}

async function filesHere(cache) {
  const requests = await cache.keys();
  const entries = requests.map(async ({ url }) => [
    url,
    (await cache.match(url)).headers.get(HASH),
  ]);
  return new Map((await Promise.all(entries)).filter(([, hash]) => hash));
}

const readNote = async (cache) => (await cache.match(NOTE))?.json();

const writeNote = (cache, note) => cache.put(NOTE, new Response(JSON.stringify(note)));

/** What there is and what is here.
 *  @returns {Promise<{reachable: boolean, notebooks: boolean, date?: string,
 *    book: Share, lite: Share}>} `date` tells when a download was completed, empty while
 *    one is unfinished, undefined when there is none. A share: `bytes` in all, `missing`
 *    files and `toLoad` bytes */
export async function look() {
  const begun = await caches.has(CACHE);
  const cache = begun ? await caches.open(CACHE) : null;
  const note = cache ? await readNote(cache) : undefined;
  const here = cache ? await filesHere(cache) : new Map();
  const files = await filesOnServer();
  const share = (chosen) => {
    const missing = chosen.filter((file) => here.get(urlOf(file)) !== file[2]);
    return { bytes: bytesOf(chosen), missing, toLoad: bytesOf(missing) };
  };
  const known = files ?? [];
  return {
    reachable: files !== null,
    date: note?.date,
    notebooks: note?.notebooks ?? false,
    book: share(known.filter((file) => !isNotebooks(file))),
    lite: share(known.filter(isNotebooks)),
  };
}

/** Download what is missing or has changed; what is there already stays.
 *  @param {boolean} notebooks JupyterLite too
 *  @param {(done: number, all: number) => void} onProgress in bytes
 *  @param {AbortSignal} signal ends it; what has come by then is kept
 *  @throws {Error} with a sentence for the reader */
export async function download(notebooks, onProgress, signal) {
  const found = await look();
  if (!found.reachable) throw new Error("The server does not answer. Try again later.");
  const cache = await caches.open(CACHE);
  await writeNote(cache, { notebooks, date: "" });
  await register(notebooks);
  // Else a browser short of space may throw it away without a word.
  await navigator.storage.persist?.();
  const missing = [...found.book.missing, ...(notebooks ? found.lite.missing : [])];
  await refuseWhatDoesNotFit(bytesOf(missing));
  await fetchAll(cache, missing, onProgress, signal);
  await removeObsolete(cache, notebooks);
  await writeNote(cache, { notebooks, date: today() });
}

async function register(notebooks) {
  await navigator.serviceWorker.register(WORKER);
  if (notebooks) await navigator.serviceWorker.register(LITE_WORKER);
}

async function refuseWhatDoesNotFit(bytes) {
  const { quota, usage } = await navigator.storage.estimate();
  if (quota - usage < bytes)
    throw new Error(
      `This browser gives the site ${inMegabytes(quota - usage)} more, and ` +
        `${inMegabytes(bytes)} are needed. Free some space on this device, then try again.`,
    );
}

async function fetchAll(cache, files, onProgress, signal) {
  const all = bytesOf(files);
  let done = 0;
  const waiting = [...files];
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      await fetchOne(cache, file, signal);
      done += file[1];
      onProgress(done, all);
    }
  };
  onProgress(0, all);
  const workers = Array.from({ length: AT_ONCE }, work);
  try {
    await Promise.all(workers);
  } finally {
    waiting.length = 0;
    await Promise.allSettled(workers); // none still writes when the reader is told
  }
}

async function fetchOne(cache, file, signal) {
  const [path, , hash] = file;
  const answer = await fetch(urlOf(file), {
    signal,
    cache: "no-cache",
    headers: { "Course-Download": "file" },
  }).catch((error) => {
    throw signal.aborted
      ? error
      : new Error("The network was lost. What has come so far is kept.");
  });
  if (!answer.ok)
    throw new Error(
      `The server has no ${path} (${answer.status}): the course is just being changed, or ` +
        "was not uploaded as a whole. What has come so far is kept.",
    );
  const headers = { [HASH]: hash };
  const type = answer.headers.get("Content-Type");
  if (type) headers["Content-Type"] = type;
  await cache.put(urlOf(file), new Response(await answer.blob(), { headers }));
}

async function removeObsolete(cache, notebooks) {
  const files = (await filesOnServer()) ?? [];
  const wanted = new Set(
    files.filter((file) => notebooks || !isNotebooks(file)).map(urlOf),
  );
  if (!wanted.size) return;
  const old = [...(await filesHere(cache)).keys()].filter((url) => !wanted.has(url));
  await Promise.all(old.map((url) => cache.delete(url)));
}

/** Remove all that was downloaded. What the reader has done stays. */
export async function removeAll() {
  await caches.delete(CACHE);
  const worker = await navigator.serviceWorker.getRegistration(SITE.pathname);
  await worker?.unregister(); // JupyterLite needs its own also with a network
}
