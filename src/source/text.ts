/** From bytes to text as YAML readers decode it, and which characters of a text they refuse. */
import { sequenceLength } from "./base64.ts";
import { problems } from "./problem.ts";

export type Decoded =
  | { readonly text: string }
  | { readonly error: string; readonly reason: string; readonly offset: number };

/**
 * Decodes UTF-8, or UTF-16 with a byte order mark, and strips the mark. Offsets of the text are those without it; the
 * offset of an error counts the characters that could be decoded before it.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, 0);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, 1);
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const content = hasMark ? bytes.subarray(3) : bytes;
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content) };
  } catch {
    return failed(problems.utf8, charactersBefore(content));
  }
}

function failed(problem: { readonly message: string; readonly reason: string }, offset: number): Decoded {
  return { error: problem.message, reason: problem.reason, offset };
}

/** How many UTF-16 code units stand before the first invalid byte. */
function charactersBefore(bytes: Uint8Array): number {
  let units = 0;
  for (let i = 0; i < bytes.length; ) {
    const width = sequenceLength(bytes, i);
    if (width === 0) break;
    units += width === 4 ? 2 : 1;
    i += width;
  }
  return units;
}

function decodeUtf16(bytes: Uint8Array, high: 0 | 1): Decoded {
  const units: string[] = [];
  const length = (bytes.length - 2) >> 1;
  for (let from = 0; from < length; from += 4096) {
    const chunk: number[] = [];
    for (let i = from; i < Math.min(from + 4096, length); i++) {
      const at = 2 + i * 2;
      const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
      chunk.push(high === 0 ? second * 256 + first : first * 256 + second);
    }
    units.push(String.fromCharCode(...chunk));
  }
  const text = units.join("");
  const lone = loneSurrogate.exec(text);
  if (lone) return failed(problems.utf16, lone.index);
  return bytes.length % 2 === 0 ? { text } : failed(problems.utf16, text.length);
}

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const notSimple = /[^\t\n\r\x20-\x7e\u0085\u00a0-\ud7ff\ue000-\ufffd]/;
const notAllowed = /[^\t\n\r\x20-\x7e\u0085\u00a0-\ufffd]/;

export interface CharacterCheck {
  /** Whether there are characters beyond U+FFFF. */
  readonly wide: boolean;
  /** The offset of the first control character, or -1. */
  readonly refused: number;
}

/** Looks for the characters that YAML 1.1 does not allow. */
export function checkCharacters(text: string): CharacterCheck {
  const first = text.search(notSimple);
  if (first < 0) return { wide: false, refused: -1 };
  const refused = text.search(notAllowed);
  return { wide: refused < 0 || first < refused, refused };
}
