// A reader's way through a chapter and an exercise in a stock Firefox, by WebDriver BiDi.
//   node firefox.mjs '{"modules": ..., "firefox": ..., "address": ..., ...}'
// Prints one JSON object: what was seen on the way.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const way = JSON.parse(process.argv[2]);
const require = createRequire(`${way.modules}/`);
const { default: puppeteer } = await import(
  pathToFileURL(require.resolve("puppeteer-core"))
);

const seen = { outside: [], errors: [] };
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: way.firefox,
  headless: true,
});
try {
  seen.version = await browser.version();
  const page = await browser.newPage();
  page.setDefaultTimeout(way.patience);
  page.on("pageerror", (error) => {
    // Firefox reports a worker's script that Stop has ended as an error of nothing.
    if (error.message !== "uncaught exception: undefined") seen.errors.push(error.stack);
  });
  page.on("request", (request) => {
    if (!/^(data|blob|about):/.test(request.url()) && !request.url().startsWith(way.address))
      seen.outside.push(request.url());
  });
  await readChapter(page);
  await solveExercise(page);
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));

async function replaceText(page, editor, text) {
  await page.click(`${editor} .cm-content`);
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  // As a paste: BiDi types one key at a time, and the editor would indent each line.
  await page.evaluate((all) => document.execCommand("insertText", false, all), text);
}

async function says(page, selector, words) {
  await page.waitForFunction(
    (where, what) => document.querySelector(where)?.textContent.includes(what),
    {},
    selector,
    words,
  );
  return page.$eval(selector, (element) => element.textContent);
}

async function readChapter(page) {
  await page.goto(way.address + way.chapter, { waitUntil: "load" });
  const cell = "div.cell:has(.course-bar)";
  const note = `${cell} .course-cell-note`;
  await page.waitForSelector(`${cell} .course-run`);
  await page.click(`${cell} .course-run`);
  await says(page, note, "Done");
  seen.output = await page.$eval(`${cell} .cell_output`, (box) => box.innerText.trim());

  await page.click(`${cell} .course-edit`);
  await page.waitForSelector(`${cell} .cm-content`);
  await replaceText(page, cell, "print('here we go', flush=True)\nwhile True: pass");
  await page.click(`${cell} .course-run`);
  await says(page, `${cell} .cell_output`, "here we go");
  await page.click(`${cell} .course-stop`);
  seen.stopped = await says(page, note, "Stopped");
  await page.click(`${cell} .course-reset`);

  const handle = ".tag_explore .noUi-handle";
  await page.waitForSelector(handle);
  await page.focus(handle);
  await page.keyboard.press("ArrowRight");
  seen.moved = (await says(page, ".tag_explore .widget-output", way.moved)).trim();
}

async function solveExercise(page) {
  await page.goto(way.address + way.exercise, { waitUntil: "load" });
  await page.waitForSelector(".exercise .cm-content");
  await replaceText(page, ".exercise-editor", way.solution);
  await page.click(".exercise-main");
  await says(page, ".exercise-next", "All criteria that run here are met");
  seen.verdicts = await page.$$eval(".verdict[data-state=met] .verdict-headline", (all) =>
    all.map((each) => each.textContent),
  );
  await page.reload({ waitUntil: "load" });
  await page.waitForSelector(".exercise .cm-content");
  seen.kept = await page.$eval(".exercise .cm-content", (box) => box.textContent);
}
