// What this page is, and where the site stands: it may be served from any folder.

/** The folder that this site is served from; this script stands in its `browser/`. */
export const SITE = new URL("..", import.meta.url);

/** The page below the site, such as `book/01_design/open_closed.html`. */
export const PAGE = location.pathname.slice(SITE.pathname.length) || "index.html";

const element = document.getElementById("course-page");

/** What `course/book/facts.py` wrote into the page. */
export const facts = element ? JSON.parse(element.textContent) : { kind: "page" };
