// Files of the reader's own computer, read as parts of an answer.
import { MOST_BYTES, MOST_FILES, isLeftOut, nameTrouble } from "./packing.mjs";
import { unzip } from "./zip.mjs";

/** Read what the reader chose: files, a folder or a zip file.
 *  @param {File[]} chosen
 *  @param {string} slug the folder of that name is the answer itself
 *  @param {string} folder where single files go: empty, or a path that ends with /
 *  @param {string[]} there the paths that the answer has; a file of the same path replaces it
 *  @returns {Promise<{files: Map<string, string>, refused: string[]}>} texts by path, and
 *    a sentence for each file that was left out
 *  @throws {Error} with a sentence, when nothing can be taken */
export async function readUploads(chosen, slug, folder, there) {
  const raw = new Map();
  const wanted = chosen.filter((file) => !isLeftOut(file.webkitRelativePath || file.name));
  if (wanted.length > MOST_FILES) throw tooMany(wanted.length);
  for (const file of wanted) {
    if (file.name.toLowerCase().endsWith(".zip")) await addZip(raw, file, slug);
    else raw.set(pathOf(file, slug, folder), file);
  }
  if (raw.size > MOST_FILES) throw tooMany(raw.size);
  return decoded(raw, there);
}

const tooMany = (count) =>
  new Error(`These are ${count} files; an answer has at most ${MOST_FILES}.`);

const pathOf = (file, slug, folder) =>
  file.webkitRelativePath
    ? withoutTop(file.webkitRelativePath, slug)
    : `${folder}${file.name}`;

const withoutTop = (path, slug) =>
  path.startsWith(`${slug}/`) ? path.slice(slug.length + 1) : path;

async function addZip(raw, file, slug) {
  try {
    if (file.size > 2 * MOST_BYTES) throw new Error("It is too large for an answer.");
    const entries = await unzip(await file.arrayBuffer(), MOST_BYTES);
    for (const [path, data] of entries)
      if (!isLeftOut(path)) raw.set(withoutTop(path, slug), new Blob([data]));
  } catch (error) {
    throw new Error(`${file.name} cannot be taken. ${error.message}`);
  }
}

async function decoded(raw, there) {
  const files = new Map();
  const refused = [];
  for (const [path, blob] of raw) {
    const others = [...files.keys(), ...there.filter((other) => other !== path)];
    const trouble = nameTrouble(path, others) || (await textInto(files, path, blob));
    if (trouble) refused.push(`${path} was left out. ${trouble}`);
  }
  return { files, refused };
}

async function textInto(files, path, blob) {
  if (blob.size > MOST_BYTES) return "It is too large for an answer.";
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await blob.arrayBuffer());
    if (text.includes("\0")) return NO_TEXT;
    files.set(path, text.replace(/\r\n?/g, "\n"));
    return "";
  } catch {
    return NO_TEXT;
  }
}

const NO_TEXT = "It is no text in UTF-8.";
