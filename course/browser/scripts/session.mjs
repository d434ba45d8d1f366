// One Python a page: started on first use, in a worker, so that the page stays alive
// and an endless loop can be ended.
import { SITE } from "./facts.mjs";

const STOPPED = Object.freeze({ stopped: true });

/** The page's Python. Events: `status` (detail.text), `state` (detail: off, starting,
 * ready or busy), `comm` (detail: a widget's message), `ended`. */
class Session extends EventTarget {
  #worker = null;
  #started = null;
  #jobs = new Map();
  #outputs = new Map(); // cell id -> who shows its outputs, also late ones
  #lastId = 0;
  state = "off";

  /** Start Python, if it has not started yet.
   * @returns {Promise<void>} Rejects with `{stopped: true}` or an `Error`. */
  start() {
    this.#started ??= this.#boot();
    return this.#started;
  }

  /** Run a cell; the packages that it imports are fetched first.
   * @param {string} cellId
   * @param {string} source
   * @param {(output: object) => void} onOutput Takes each nbformat output.
   * @returns {Promise<{ok: boolean, stopped: boolean}>} */
  async run(cellId, source, onOutput) {
    this.#outputs.set(cellId, onOutput);
    try {
      await this.start();
      return { ok: await this.#ask("run", { cell: cellId, source }), stopped: false };
    } catch (error) {
      if (error.stopped) return { ok: false, stopped: true };
      onOutput(asOutput(error));
      this.#end(error); // not the cell failed but Python itself
      return { ok: false, stopped: false };
    }
  }

  /** Call a function of the Python package `course_page`.
   * @param {string} name Such as `course_page.judging.check`.
   * @param {Array|object} args Positional or keyword arguments: plain data.
   * @returns {Promise<any>} Rejects with `{name, message}` or `{stopped: true}`. */
  async call(name, args = []) {
    await this.start();
    const { value, error } = await this.#ask("call", { name, args });
    if (error) throw error;
    return value;
  }

  /** Fetch packages.
   * @param {string[]} packages By their names in the lock.
   * @returns {Promise<void>} */
  async load(packages) {
    await this.start();
    await this.#ask("load", { packages });
  }

  /** Send a widget's message to Python.
   * @param {object} message `{kind, comm_id, target_name, data, metadata, buffers}` */
  async sendComm(message) {
    await this.start();
    await this.#ask("comm", { message });
  }

  /** End Python, whatever it does; the next use starts afresh. */
  stop() {
    this.#end(STOPPED);
  }

  #boot() {
    this.#setState("starting");
    this.#worker = new Worker(new URL("browser/worker.js", SITE), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = () => this.#end(new Error(COULD_NOT_START));
    const started = this.#ask("start", { home: new URL("pyodide/", SITE).href });
    return started.catch((error) => {
      if (error.stopped) throw error;
      const told = new Error(`${COULD_NOT_START} (${error.message})`);
      this.#end(told);
      throw told;
    });
  }

  #ask(job, details) {
    const id = ++this.#lastId;
    const answer = new Promise((resolve, reject) => {
      this.#jobs.set(id, { resolve, reject });
    });
    this.#worker.postMessage({ id, job, ...details });
    if (this.state === "ready") this.#setState("busy");
    return answer;
  }

  #receive(message) {
    if (message.type === "output") {
      this.#outputs.get(message.cell)?.(message.output);
    } else if (message.type === "done" || message.type === "failed") {
      this.#settle(message);
    } else {
      this.#tell(message.type, message.type === "comm" ? message.comm : message);
    }
  }

  #settle({ type, id, value, error }) {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    if (type === "done") job?.resolve(value);
    else job?.reject(error);
    if (this.#jobs.size === 0) {
      this.#tell("status", { text: "" });
      this.#setState("ready");
    }
  }

  #end(reason) {
    if (!this.#worker) return;
    this.#worker.terminate();
    this.#worker = this.#started = null;
    const pending = [...this.#jobs.values()];
    this.#jobs.clear();
    this.#outputs.clear();
    for (const { reject } of pending) reject(reason);
    this.#tell("status", { text: reason.stopped ? "" : reason.message });
    this.#setState("off");
    this.#tell("ended", reason);
  }

  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.#tell("state", state);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const COULD_NOT_START =
  "Python could not start. Check the connection to this site, then reload the page.";

const asOutput = ({ name, message }) => ({
  output_type: "error",
  ename: name,
  evalue: message,
  traceback: [message],
});

export const session = new Session();
