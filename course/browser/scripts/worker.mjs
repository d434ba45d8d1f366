// One Python in a worker of its own. It does one thing at a time, in the order asked.

let python;
let modules;

const post = (message) => self.postMessage(message);
const status = (text) => post({ type: "status", text });

/** Python's message: a dictionary of plain data and bytes. */
const postFromPython = (message) =>
  post(message.toJs({ dict_converter: Object.fromEntries, create_pyproxies: false }));

const start = async ({ home }) => {
  status("Starting Python (9 MB, once) …");
  const { loadPyodide } = await import(`${home}pyodide.mjs`);
  python = await loadPyodide({
    indexURL: home,
    lockFileURL: `${home}pyodide-lock.json`,
    packageBaseUrl: home,
    packages: ["course-page"],
  });
  const module = (name) => python.pyimport(`course_page.${name}`);
  modules = { bridge: module("bridge"), cells: module("cells"), calls: module("calls") };
  modules.bridge.connect(postFromPython);
  modules.cells.install();
};

/** What is being fetched; that it has come is told by what happens next. */
const tellLoading = (text) => {
  if (text.startsWith("Loading ")) status(`${text} …`);
};

const loading = { messageCallback: tellLoading, errorCallback: status };

const load = ({ packages }) => python.loadPackage(packages, loading).then(() => {});

const run = async ({ cell, source }) => {
  const names = modules.cells.imports(source).toJs();
  const imports = names.map((name) => `import ${name}`).join("\n");
  await python.loadPackagesFromImports(imports, loading);
  status("");
  return modules.cells.run(cell, source);
};

const call = async ({ name, args }) =>
  JSON.parse(await modules.calls.call(name, JSON.stringify(args)));

const comm = ({ message }) => modules.bridge.receive_comm(python.toPy(message));

const jobs = { start, load, run, call, comm };

const work = async ({ id, job, ...details }) => {
  try {
    post({ type: "done", id, value: await jobs[job](details) });
  } catch (error) {
    post({ type: "failed", id, error: { name: error.name, message: error.message } });
  }
};

let queue = Promise.resolve();
self.onmessage = ({ data }) => {
  queue = queue.then(() => work(data));
};
