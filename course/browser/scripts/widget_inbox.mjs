// What Python's widgets say: it makes models, moves them, or goes to models drawn already.
import { put_buffers, WidgetModel } from "@jupyter-widgets/base";
import { Comm, Line } from "./widget_comm.mjs";

const REFERENCE = /^IPY_MODEL_(.+)$/;

/** Takes the messages of a session to the models of a manager. */
export class WidgetInbox {
  #manager;
  #session;
  #onSlow;
  #line;
  #comms = new Map(); // by id, which is the model's too
  #held = null; // messages that wait until it is known whose they are
  #touched = new WeakMap(); // model -> names of the values that the reader has set

  /** @param {import("./widget_manager.mjs").PageManager} manager
   * @param {EventTarget} session The page's Python.
   * @param {(isSlow: boolean) => void} onSlow Told when Python takes long, and when it
   *   has done. */
  constructor(manager, session, onSlow) {
    this.#manager = manager;
    this.#session = session;
    this.#onSlow = onSlow;
    this.#line = new Line(session, onSlow);
    session.addEventListener("comm", ({ detail }) => {
      if (this.#held) this.#held.push(detail);
      else this.#deliver(detail);
    });
    session.addEventListener("ended", () => this.#cut());
  }

  /** Remember what the reader sets in a widget.
   * @param {WidgetModel} root The widget and what it consists of.
   * @param {() => void} onTouch Called each time. */
  watch(root, onTouch) {
    for (const model of modelsOf(root)) {
      if (this.#touched.has(model)) continue;
      const names = new Set();
      this.#touched.set(model, names);
      model.on("change", () => {
        if (model._state_lock) return; // set by Python
        for (const name of Object.keys(model.changedAttributes())) names.add(name);
        onTouch();
      });
    }
  }

  /** Keep messages until `release`. */
  hold() {
    this.#held ??= [];
  }

  /** Deal with the messages that were kept.
   * @param {string} [id] A widget that Python has made,
   * @param {WidgetModel} [root] and the model drawn already that should be its own.
   * @returns {Promise<boolean>} Whether that model is the widget's now; not if the widget
   *   is of another kind or has other parts. */
  async release(id, root) {
    const { states, others } = folded(this.#held ?? []);
    this.#held = null;
    const pairs = new Map();
    const fits = root !== undefined && paired(id, root, states, pairs);
    if (!fits) pairs.clear();
    for (const [pairId, model] of pairs) this.#manager.register_model(pairId, Promise.resolve(model));
    const opened = [...states].map(([openId, state]) =>
      this.#open(openId, state, pairs.get(openId)),
    );
    others.forEach((message) => this.#deliver(message));
    await Promise.all(opened);
    for (const model of pairs.values()) this.#tellTouched(model);
    return fits;
  }

  #open(id, state, drawn) {
    const comm = new Comm(id, this.#line);
    this.#comms.set(id, comm);
    comm.opened = drawn
      ? takeOver(drawn, comm, state, this.#touched.get(drawn), this.#manager)
      : this.#manager.new_model({ ...kindOf(state), comm }, state);
    return comm.opened;
  }

  #deliver({ kind, comm_id, content, buffers }) {
    const { data, target_name } = JSON.parse(content);
    if (kind === "open" && target_name === "jupyter.widget") {
      this.#open(comm_id, stateIn(data, buffers));
    } else {
      this.#comms.get(comm_id)?.take(kind, { content: { comm_id, data }, buffers });
    }
  }

  /** What the reader has set goes before what the code starts with. */
  #tellTouched(model) {
    const names = [...(this.#touched.get(model) ?? [])];
    model.comm_live = true;
    if (names.length === 0) return;
    const attrs = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    model.sync("patch", model, { attrs });
  }

  #cut() {
    this.#line.cut();
    this.#line = new Line(this.#session, this.#onSlow);
    this.#comms.clear();
    this.#held = null;
    this.#manager.disconnect();
  }
}

/** A drawn model becomes the model of a widget in Python; its views stay as they are. */
const takeOver = async (model, comm, state, touched, manager) => {
  model.model_id = comm.comm_id;
  model.comm = comm;
  comm.on_msg((message) => model._handle_comm_msg(message));
  comm.on_close((message) => model._handle_comm_closed(message));
  const untouched = Object.entries(state).filter(([name]) => !touched?.has(name));
  model.set_state(
    await model.constructor._deserialize_state(Object.fromEntries(untouched), manager),
  );
};

const kindOf = (state) => ({
  model_name: state._model_name,
  model_module: state._model_module,
  model_module_version: state._model_module_version,
});

const stateIn = ({ state, buffer_paths = [] }, buffers) => {
  put_buffers(state, buffer_paths, buffers);
  return state;
};

/** Models as they stand after all the messages, and the messages that are no part of it. */
const folded = (messages) => {
  const states = new Map();
  const others = [];
  for (const message of messages) {
    const { kind, comm_id, content, buffers } = message;
    const { data, target_name } = JSON.parse(content);
    if (kind === "open" && target_name === "jupyter.widget") {
      states.set(comm_id, stateIn(data, buffers));
    } else if (data?.method === "update" && states.has(comm_id)) {
      Object.assign(states.get(comm_id), stateIn(data, buffers));
    } else {
      others.push(message);
    }
  }
  return { states, others };
};

/** Pair a new widget and all its parts with a drawn model and its parts, if they fit. */
const paired = (id, model, states, pairs) => {
  if (pairs.has(id)) return pairs.get(id) === model;
  const state = states.get(id);
  if (!state || !(model instanceof WidgetModel)) return false;
  if (state._model_name !== model.get("_model_name")) return false;
  pairs.set(id, model);
  return Object.entries(state).every(([name, value]) =>
    valuesPaired(value, model.get(name), states, pairs),
  );
};

const valuesPaired = (value, drawn, states, pairs) => {
  const id = typeof value === "string" && REFERENCE.exec(value)?.[1];
  if (id) return paired(id, drawn, states, pairs);
  if (!Array.isArray(value) || !value.some((part) => REFERENCE.test(part))) return true;
  return (
    drawn?.length === value.length &&
    value.every((part, i) => valuesPaired(part, drawn[i], states, pairs))
  );
};

const modelsOf = (root, found = new Set()) => {
  if (!(root instanceof WidgetModel) || found.has(root)) return found;
  found.add(root);
  for (const value of Object.values(root.attributes).flat()) modelsOf(value, found);
  return found;
};
