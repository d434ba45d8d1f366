// The service worker of the site, copied to its top as sw.js: answers from what the reader
// has downloaded (see offline.mjs) when the network does not answer. It keeps nothing by
// itself. JupyterLite's own worker, lite/service-worker.js, imports it for its pages.

const SITE = new URL(self.location.pathname.endsWith("/sw.js") ? "./" : "../", self.location);
const KEPT = { cacheName: `course:${SITE.pathname}` };
// Their name changes with their content: a kept copy is never out of date. All others are
// asked of the network first, so that a rebuilt course is seen at once.
const NAMED_BY_CONTENT = /\/browser\/[^/]+-[0-9A-Z]{8}\.\w+$/;

const kept = (address) => {
  const file = new URL(address.pathname, address); // without query and fragment
  if (file.pathname.endsWith("/")) file.pathname += "index.html";
  return caches.match(file.href, KEPT);
};

const missing = () =>
  new Response(
    "<!doctype html><html lang=en><meta charset=utf-8><title>Not on this device</title>" +
      "<meta name=viewport content='width=device-width'><h1>Not on this device</h1>" +
      "<p>There is no network, and this page is not among what was downloaded." +
      `<p><a href="${new URL("book/index.html", SITE)}">To the book</a></html>`,
    { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } },
  );

async function answer(request) {
  const address = new URL(request.url);
  if (NAMED_BY_CONTENT.test(address.pathname)) {
    const copy = await kept(address);
    if (copy) return copy;
  }
  try {
    return await fetch(request);
  } catch (error) {
    const copy = await kept(address);
    if (copy) return copy;
    if (request.mode === "navigate") return missing();
    throw error;
  }
}

// Between JupyterLite's pages and its worker; no such files.
const OF_LITE = /\/api\/(drive|stdin|service-worker-heartbeat)/;

const isOurs = (request) =>
  request.method === "GET" &&
  request.url.startsWith(SITE.href) &&
  !OF_LITE.test(request.url) &&
  !request.headers.has("Course-Download"); // a download wants what the server has now

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (!isOurs(event.request)) return;
  event.stopImmediatePropagation(); // JupyterLite's listener would answer as well
  event.respondWith(answer(event.request));
});
