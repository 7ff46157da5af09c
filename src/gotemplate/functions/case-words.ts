/** The sprig functions snakecase, kebabcase and camelcase: how text falls into words, as huandu/xstrings 1.5 decides it. */
import type { Functions } from "../function.ts";
import { fn } from "../function.ts";
import { fromRune, runes } from "../text.ts";
import { isSpace, isUpper, toLower, toUpper } from "./letters.ts";

type WordKind = "none" | "number" | "upper" | "letters" | "connector" | "punctuation" | "other";

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

const LETTER = /^\p{L}$/u;
const IDEOGRAPH = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]$/u;
const NUMBER = /^\p{N}$/u;
const PUNCTUATION = /^\p{P}$/u;

function isConnector(char: string): boolean {
  return char === "-" || char === "_" || isSpace(char.codePointAt(0) ?? 0);
}

/** Letters of scripts that have words; ideographs stand for themselves. */
function isLetter(char: string): boolean {
  return LETTER.test(char) && !IDEOGRAPH.test(char);
}

function characters(text: string): string[] {
  return runes(text).map(fromRune);
}

function runLength(chars: readonly string[], from: number, belongs: (char: string) => boolean): number {
  let end = from;
  while (end < chars.length && belongs(chars[end] ?? "")) end++;
  return end;
}

/** The word that starts at an index, and where the next one does. */
function wordAt(chars: readonly string[], start: number): Word & { readonly end: number } {
  const first = chars[start];
  if (first === undefined) return { kind: "none", text: "", end: start };
  const [kind, end] = extent(chars, start, first);
  return { kind, text: chars.slice(start, end).join(""), end };
}

function extent(chars: readonly string[], start: number, first: string): readonly [WordKind, number] {
  const small = (char: string): boolean => isLetter(char) && !isUpper(char);
  const next = start + 1;
  if (isConnector(first)) return ["connector", runLength(chars, next, isConnector)];
  if (PUNCTUATION.test(first))
    return ["punctuation", runLength(chars, next, (char) => PUNCTUATION.test(char))];
  if (isUpper(first)) return ["upper", upperEnd(chars, start, small)];
  if (isLetter(first)) return ["letters", runLength(chars, next, small)];
  if (NUMBER.test(first)) return ["number", runLength(chars, next, (char) => NUMBER.test(char))];
  const ends = (char: string): boolean =>
    isConnector(char) || isLetter(char) || NUMBER.test(char) || PUNCTUATION.test(char);
  return ["other", runLength(chars, next, (char) => !ends(char))];
}

/** A run of capitals lends its last one to the small letters that follow. */
function upperEnd(chars: readonly string[], start: number, small: (char: string) => boolean): number {
  const next = chars[start + 1];
  if (next === undefined) return start + 1;
  if (!isUpper(next)) return runLength(chars, start + 1, small);
  const end = runLength(chars, start + 1, isUpper);
  return end < chars.length && isLetter(chars[end] ?? "") ? end - 1 : end;
}

function lowered({ kind, text }: Word, connector: string): string {
  if (kind !== "upper" && kind !== "connector") return text;
  return characters(text)
    .map((char) => (isConnector(char) ? connector : toLower(char)))
    .join("");
}

/** Words in small letters with a connector between them. */
function connected(text: string, connector: string): string {
  const chars = characters(text);
  let out = "";
  let word = wordAt(chars, 0);
  const advance = (): void => {
    word = wordAt(chars, word.end);
  };
  const joins = (): boolean => !["none", "connector", "punctuation"].includes(word.kind);
  const takeLettersAndNumbers = (): void => {
    while (word.kind === "letters" || word.kind === "number") {
      out += lowered(word, connector);
      advance();
    }
  };
  while (word.end < chars.length) {
    const previous = word;
    if (previous.kind !== "connector") out += lowered(previous, connector);
    advance();
    if (previous.kind === "number") {
      takeLettersAndNumbers();
      if (joins()) out += connector;
    } else if (previous.kind === "connector") out += lowered(previous, connector);
    else if (previous.kind === "punctuation") continue;
    else if (word.kind !== "number") {
      if (word.kind !== "connector" && word.kind !== "punctuation") out += connector;
    } else if (word.end < chars.length) {
      const number = word;
      advance();
      if ((word.kind as WordKind) !== "letters") {
        out += lowered(number, connector);
        if (!["connector", "punctuation"].includes(word.kind)) out += connector;
      } else {
        out += connector + lowered(number, connector);
        takeLettersAndNumbers();
        if (joins()) out += connector;
      }
    }
  }
  return out + lowered(word, connector);
}

function camelCase(text: string): string {
  const chars = characters(text);
  let at = chars.findIndex((char) => !isConnector(char));
  if (at === -1) return text;
  let out = chars.slice(0, at).join("");
  let current = chars[at] ?? "";
  let lowering = isUpper(current);
  current = toUpper(current);
  for (at++; at < chars.length; at++) {
    const previous = current;
    current = chars[at] ?? "";
    if (isConnector(current) && isConnector(previous)) {
      out += previous;
      continue;
    }
    if (isConnector(previous)) {
      lowering = isUpper(current);
      current = toUpper(current);
      continue;
    }
    if (lowering) {
      if (isUpper(current)) current = toLower(current);
      else lowering = false;
    }
    out += previous;
  }
  return out + current;
}

export const caseFunctions: Functions = {
  snakecase: fn("string", "string", (text) => connected(text, "_")),
  kebabcase: fn("string", "string", (text) => connected(text, "-")),
  camelcase: fn("string", "string", camelCase),
};
