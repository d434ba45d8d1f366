// The models and views of ipywidgets, as this book draws them.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import * as output from "@jupyter-widgets/output";
import { Widget } from "@lumino/widgets";
import { OutputArea } from "./outputs.mjs";

/** Shows what Python put into an `Output` widget, as a cell shows its outputs. */
class OutputView extends output.OutputView {
  #area;

  render() {
    super.render();
    this.#area = new OutputArea(this.el);
    this.el.classList.add("jupyter-widgets", "widget-output");
    this.el.setAttribute("aria-live", "polite");
    this.listenTo(this.model, "change:outputs", this.renderOutputs);
    this.renderOutputs();
    this.displayed.then(() => this.#area.settle()); // it has a width only now
  }

  renderOutputs() {
    this.#area.clear();
    this.model.get("outputs").forEach((shown) => this.#area.add(shown));
    this.#area.settle();
  }
}

class OutputModel extends output.OutputModel {
  defaults() {
    return { ...super.defaults(), outputs: [], msg_id: "" };
  }
}

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  "@jupyter-widgets/output": { OutputModel, OutputView },
};

/** Makes the page's models, and draws them. */
export class PageManager extends ManagerBase {
  /** @param {string} className
   * @param {string} moduleName
   * @returns {Promise<Function>} A model's or a view's class. */
  async loadClass(className, moduleName) {
    const found = MODULES[moduleName]?.[className];
    if (!found) throw new Error(`This page cannot draw ${className} of ${moduleName}.`);
    return found;
  }

  async create_view(model, options) {
    const view = await super.create_view(model, options);
    nameControls(view);
    return view;
  }

  /** Draw a model.
   * @param {base.WidgetModel} model
   * @param {HTMLElement} place In the page already. */
  async draw(model, place) {
    const view = await this.create_view(model);
    place.replaceChildren();
    Widget.attach(view.luminoWidget, place);
  }

  // Saved state is drawn before there is any Python.
  async _get_comm_info() {
    return {};
  }
}

/** Sliders and their readouts have no name of their own: the label beside them is it. */
const nameControls = ({ el, label }) => {
  if (!label?.textContent) return;
  label.id ||= base.uuid();
  for (const control of el.querySelectorAll(".noUi-handle, [contenteditable]")) {
    control.setAttribute("aria-labelledby", label.id);
    if (control.isContentEditable) control.setAttribute("role", "textbox");
  }
};
