// Stands in for npm's sanitize-html (180 kB), which ipywidgets has for markup in labels.

/** Take the markup out of a text. The only default export of these scripts: the package
 * that this module stands in for has one.
 * @param {string} markup
 * @returns {string} HTML that shows the bare text. */
export default function sanitize(markup) {
  const parsed = new DOMParser().parseFromString(markup, "text/html");
  return new XMLSerializer().serializeToString(new Text(parsed.body.textContent));
}
