// A table that scrolls sideways must be reachable with the keyboard to be scrolled.

const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

/** Watch the wide tables of this page. */
export function attach() {
  document
    .querySelectorAll(".pst-scrollable-table-container")
    .forEach((table) => watcher.observe(table));
}
