// Which colours a file gets: told by its name.
import { python } from "@codemirror/lang-python";
import { StreamLanguage } from "@codemirror/language";

/** @param {string} path
 *  @returns {import("@codemirror/state").Extension} */
export function languageOf(path) {
  if (/\.pyi?$/.test(path)) return python();
  if (/\.ya?ml$/.test(path)) return yaml;
  if (/\.(toml|cfg|ini)$/.test(path)) return toml;
  if (/\.md$/.test(path)) return markdown;
  return [];
}

/** A language that is coloured by the first pattern that fits where it stands.
 *  @param {[pattern: RegExp, style: string | null, atStart?: boolean][]} rules */
const byPatterns = (rules, commentTokens) =>
  StreamLanguage.define({
    startState: () => ({ begun: false }),
    token(stream, state) {
      if (stream.sol()) state.begun = false;
      if (stream.eatSpace()) return null;
      for (const [pattern, style, atStart] of rules) {
        if ((atStart && state.begun) || !stream.match(pattern)) continue;
        if (style !== "punctuation") state.begun = true;
        return style;
      }
      state.begun = true;
      stream.next();
      return null;
    },
    languageData: commentTokens ? { commentTokens: { line: commentTokens } } : {},
  });

const STRINGS = [
  [/^"(?:[^"\\]|\\.)*"?/, "string"],
  [/^'[^']*'?/, "string"],
];
const VALUES = [
  [/^(?:true|false|null)\b/, "bool"],
  [/^-?\d[\d_.:-]*(?![\w.-])/, "number"],
];

const yaml = byPatterns(
  [
    [/^#.*/, "comment"],
    [/^-(?=\s|$)/, "punctuation"],
    [/^["']?[\w.$/-]+["']?(?=:(?:\s|$))/, "tagName", true],
    [/^\$\{\{.*?\}\}/, "meta"],
    ...STRINGS,
    ...VALUES,
    [/^[^\s#"'$]+/, null],
  ],
  "#",
);

const toml = byPatterns(
  [
    [/^#.*/, "comment"],
    [/^\[\[?[^\]]*\]?\]?(?=\s*(?:#|$))/, "heading", true],
    [/^["']?[\w.-]+["']?(?=\s*=)/, "tagName", true],
    ...STRINGS,
    ...VALUES,
    [/^[\w.-]+/, null],
  ],
  "#",
);

const markdown = byPatterns([
  [/^#{1,6}\s.*/, "heading", true],
  [/^`[^`]*`?/, "string"],
  [/^[^`]+/, null],
]);
