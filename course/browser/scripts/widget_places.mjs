// Where the built page has widgets.

const VIEW = "application/vnd.jupyter.widget-view+json";

/** Put a place where each widget is to be drawn, before any feature looks at the page.
 * @returns {number} How many there are. */
export function placeWidgets() {
  const scripts = document.querySelectorAll(`script[type="${VIEW}"]`);
  for (const script of scripts) {
    const place = document.createElement("div");
    place.className = "course-widget";
    place.dataset.model = JSON.parse(script.textContent).model_id;
    script.replaceWith(place);
  }
  return scripts.length;
}
