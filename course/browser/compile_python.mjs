// Compiles the Python in archives with the browser's own Python, so that no reader's
// browser compiles it at each start.
//   node compile_python.mjs <npm's package pyodide> <compile_python.py> <folder>
// The folder's `from/` is read and its `to/` written.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [core, script, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: core });
python.mountNodeFS("/archives", folder);
try {
  python.runPython(readFileSync(script, "utf8"));
} catch (error) {
  console.error(error.message); // Node would quote Pyodide's minified code as well
  process.exitCode = 1;
}
