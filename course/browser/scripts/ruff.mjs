// ruff in the page: 4 MB over the wire, so it is fetched only when somebody writes.
import init, { PositionEncoding, Workspace } from "@astral-sh/ruff-wasm-web";
import wasm from "@astral-sh/ruff-wasm-web/ruff_wasm_bg.wasm";

/** Start ruff with some of its rules.
 *  @param {string[]} codes such as `PLW0603`
 *  @returns {Promise<(source: string) => object[]>} finds remarks: code (none where the
 *    source is no Python), message, start_location and end_location, counted from 1 */
export async function makeRuff(codes) {
  await init({ module_or_path: new URL(wasm, import.meta.url) });
  const workspace = new Workspace(
    { "target-version": "py311", lint: { select: codes } },
    PositionEncoding.Utf16,
  );
  // A comment that silences ruff silences no lesson; the length stays the same.
  return (source) => workspace.check(source.replace(/\bnoqa\b/gi, "noqb"));
}
