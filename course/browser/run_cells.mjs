// Runs cells in Node as pages run them: through the very worker that pages start.
//
//   node run_cells.mjs <worker.mjs> <pyodide folder> <jobs.json> <results.json>
//
// Jobs: {name: [source, ...]}; the cells of one job share their names, as on a page.
// Results: {name: [{"ok": whether it ran, "outputs": [nbformat output, ...]}, ...]}
import { readFile, writeFile } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

const [worker, pyodide, jobsFile, resultsFile] = process.argv
  .slice(2)
  .map((path) => resolve(path));

const waiting = new Map();
let outputs = [];
let lastId = 0;

const handlers = {
  output: ({ output }) => outputs.push(output),
  done: ({ id, value }) => waiting.get(id).resolve(value),
  failed: ({ id, error }) => waiting.get(id).reject(error),
};

globalThis.self = { postMessage: (message) => handlers[message.type]?.(message) };
await import(pathToFileURL(worker));

const ask = (job, details) => {
  const id = ++lastId;
  const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  self.onmessage({ data: { id, job, ...details } });
  return answer;
};

const runCell = async (cell, source) => {
  outputs = [];
  const ok = await ask("run", { cell, source });
  return { ok, outputs };
};

const runJob = async (name, sources) => {
  await ask("call", { name: "course_page.judging.forget_names", args: [] });
  const results = [];
  for (const [number, source] of sources.entries()) {
    // Where a cell runs on and on, this is the last line.
    process.stderr.write(`${name}, cell ${number + 1}\n`);
    results.push(await runCell(`cell-${number}`, source));
  }
  return results;
};

const jobs = JSON.parse(await readFile(jobsFile, "utf8"));
await ask("start", { home: pyodide + sep });
await ask("load", { packages: ["autograder"] });
const results = {};
for (const [name, sources] of Object.entries(jobs)) {
  results[name] = await runJob(name, sources);
}
await writeFile(resultsFile, JSON.stringify(results));
