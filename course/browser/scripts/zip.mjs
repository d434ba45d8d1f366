// Zip files, made and read: the few pages of the format that answers need.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const UTF8_NAMES = 0x0800;
const VERSION = 20;
const REGULAR_FILE = 0o100644 << 16; // Unix's mode, so that nothing is executable
const MADE_BY_UNIX = 3 << 8;
const JANUARY_1980 = 0x0021; // the earliest date there is: the same files, the same bytes
const [STORED, DEFLATED] = [0, 8];

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++)
    value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes) {
  let value = ~0;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}

/** Numbers in the byte order of zip: each with its size in bytes. */
function record(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

/** Make a zip file; texts are stored as they are.
 *  @param {Map<string, string>} files by path
 *  @returns {Blob} */
export function zip(files) {
  const encoder = new TextEncoder();
  const [locals, centrals] = [[], []];
  let offset = 0;
  for (const [path, text] of files) {
    const [name, data] = [encoder.encode(path), encoder.encode(text)];
    const common = [
      [2, VERSION],
      [2, UTF8_NAMES],
      [2, STORED],
      [2, 0],
      [2, JANUARY_1980],
      [4, crc32(data)],
      [4, data.length],
      [4, data.length],
      [2, name.length],
      [2, 0],
    ];
    const local = record([4, LOCAL], ...common);
    const rest = [[2, 0], [2, 0], [2, 0], [4, REGULAR_FILE], [4, offset]];
    const versions = [[4, CENTRAL], [2, MADE_BY_UNIX | VERSION]];
    centrals.push(record(...versions, ...common, ...rest), name);
    locals.push(local, name, data);
    offset += local.length + name.length + data.length;
  }
  const size = centrals.reduce((sum, part) => sum + part.length, 0);
  const counts = [[2, 0], [2, 0], [2, files.size], [2, files.size]];
  const end = record([4, END], ...counts, [4, size], [4, offset], [2, 0]);
  return new Blob([...locals, ...centrals, end], { type: "application/zip" });
}

/** Read a zip file.
 *  @param {ArrayBuffer} buffer
 *  @param {number} most bytes of all its files together
 *  @returns {Promise<Map<string, Uint8Array>>} by path, without folders
 *  @throws {Error} with a sentence for the reader */
export async function unzip(buffer, most) {
  const view = new DataView(buffer);
  const files = new Map();
  let left = most;
  for (const entry of entriesOf(view)) {
    const data = await contentOf(view, entry, left);
    left -= data.length;
    files.set(entry.path, data);
  }
  return files;
}

const broken = () => new Error("It is no zip file that can be read here: zip it anew.");

function* entriesOf(view) {
  let end = view.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) throw broken();
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let number = 0; number < count; number++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) throw broken();
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const path = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, lengths[0]));
    if (view.getUint16(at + 8, true) & 1)
      throw new Error("It asks for a password: zip it without one.");
    if (!path.endsWith("/"))
      yield {
        path,
        method: view.getUint16(at + 10, true),
        size: view.getUint32(at + 20, true),
        start: view.getUint32(at + 42, true),
      };
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
}

async function contentOf(view, { method, size, start }, most) {
  if (start + 30 > view.byteLength || view.getUint32(start, true) !== LOCAL) throw broken();
  const lengths = view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
  const from = start + 30 + lengths;
  if (from + size > view.byteLength || ![STORED, DEFLATED].includes(method)) throw broken();
  const data = new Uint8Array(view.buffer, from, size);
  const source = new Blob([data]).stream();
  const inflated =
    method === STORED ? source : source.pipeThrough(new DecompressionStream("deflate-raw"));
  const parts = [];
  let length = 0;
  try {
    // Counted while it comes: a small archive may hold more than the memory does.
    for (const reader = inflated.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > most) {
        reader.cancel().catch(() => {});
        throw new RangeError("too large");
      }
      parts.push(value);
    }
  } catch (error) {
    if (error instanceof RangeError)
      throw new Error(`It holds more than ${Math.round(most / 1000)} kB.`);
    throw broken();
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
