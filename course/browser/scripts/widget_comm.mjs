// The line from a model on the page to its widget in Python.

/** One model's line to its widget in Python, in the shape that models expect. */
export class Comm {
  #line;
  #onMessage = () => {};
  #onClose = () => {};
  opened = Promise.resolve(); // there is a model that listens

  /** @param {string} id Also the model's.
   * @param {Line} line */
  constructor(id, line) {
    this.comm_id = id;
    this.#line = line;
  }

  on_msg(listener) {
    this.#onMessage = listener;
  }

  on_close(listener) {
    this.#onClose = listener;
  }

  send(data, callbacks, metadata, buffers) {
    return this.#line.send("msg", this.comm_id, { data, metadata }, buffers, callbacks);
  }

  close(data, callbacks, metadata, buffers) {
    return this.#line.send("close", this.comm_id, { data, metadata }, buffers, callbacks);
  }

  /** Hand on what Python says.
   * @param {"msg"|"close"} kind
   * @param {object} message In the shape of Jupyter's protocol. */
  take(kind, message) {
    const listener = () => (kind === "close" ? this.#onClose : this.#onMessage);
    this.opened = this.opened.then(() => listener()(message));
  }
}

const IDLE = { content: { execution_state: "idle" } };
const SLOW_AFTER = 1000; // milliseconds

/** All comms of one Python; dead when that Python ends. */
export class Line {
  #session;
  #onSlow;
  #slowTimer;
  #lastId = 0;
  #pending = 0;
  #isCut = false;

  /** @param {EventTarget} session The page's Python.
   * @param {(isSlow: boolean) => void} onSlow Told when Python takes long, and when it
   *   has done. */
  constructor(session, onSlow) {
    this.#session = session;
    this.#onSlow = onSlow;
  }

  /** Send a message. A model that moves on meanwhile keeps only its newest state, and
   * sends it when it is told that Python is idle.
   * @returns {string} The message's id. */
  send(kind, comm_id, content, buffers = [], callbacks = {}) {
    const message = { kind, comm_id, content: JSON.stringify(content), buffers };
    this.#begun();
    const done = () => {
      this.#done();
      callbacks?.iopub?.status?.(IDLE);
    };
    const answer = this.#isCut ? Promise.resolve() : this.#session.sendComm(message);
    answer.then(done, done);
    return String(++this.#lastId);
  }

  /** Python is gone. */
  cut() {
    this.#isCut = true;
  }

  #begun() {
    this.#pending++;
    if (this.#pending === 1) this.#slowTimer = setTimeout(this.#onSlow, SLOW_AFTER, true);
  }

  #done() {
    this.#pending--;
    if (this.#pending) return;
    clearTimeout(this.#slowTimer);
    if (!this.#isCut) this.#onSlow(false);
  }
}
