/** From bytes to text as YAML readers decode it, and which characters of a text they refuse. */
import { goString } from "./base64.ts";
import { type Problem, problems } from "./problem.ts";

export type Decoded =
  | { readonly text: string }
  | { readonly error: string; readonly reason: string; readonly offset: number };

/**
 * Decodes UTF-8, or UTF-16 with a byte order mark, and strips the mark. Offsets of the text are those without it. Bytes that
 * are no UTF-8 become lone surrogates (U+DC00 plus the byte), which make only the document unreadable that has them; invalid
 * UTF-16 is an error.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, 0);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, 1);
  const content = hasMark(bytes) ? bytes.subarray(3) : bytes;
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content) };
  } catch {
    return { text: goString(content) };
  }
}

/** Whether bytes begin with the byte order mark of UTF-8. */
export function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function failed(problem: Problem, offset: number): Decoded {
  return { error: problem.message, reason: problem.reason, offset };
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
  const lone = text.search(loneSurrogate);
  if (lone >= 0) return failed(problems.utf16, lone);
  return bytes.length % 2 === 0 ? { text } : failed(problems.utf16, text.length);
}

/** The bytes of a text in the encoding, and with the mark, of the bytes that it was decoded from. */
export function encodeLike(bytes: Uint8Array, text: string): Uint8Array {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return encodeUtf16(text, true);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return encodeUtf16(text, false);
  return encodeUtf8(hasMark(bytes) ? `\ufeff${text}` : text);
}

function encodeUtf16(text: string, isLittle: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 + text.length * 2));
  view.setUint16(0, 0xfeff, isLittle);
  for (let i = 0; i < text.length; i++) view.setUint16(2 + i * 2, text.charCodeAt(i), isLittle);
  return new Uint8Array(view.buffer);
}

/** UTF-8, with the bytes that were none as they were. */
function encodeUtf8(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  const encoder = new TextEncoder();
  let from = 0;
  for (const { index, 0: unit } of text.matchAll(loneByte)) {
    parts.push(encoder.encode(text.slice(from, index)), Uint8Array.of(unit.charCodeAt(0) - 0xdc00));
    from = index + 1;
  }
  if (from === 0) return encoder.encode(text);
  parts.push(encoder.encode(text.slice(from)));
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const loneByte = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const notSimple = /[^\t\n\r\x20-\x7e\u0085\u00a0-\ud7ff\ue000-\ufffd]/;
const notAllowed = /[^\t\n\r\x20-\x7e\u0085\u00a0-\ufffd]/;

export interface CharacterCheck {
  /** Whether there are characters beyond U+FFFF. */
  readonly wide: boolean;
  /** The offset of the first character that is refused, or -1. */
  readonly refused: number;
}

/** Looks for the characters that YAML 1.1 does not allow, and for bytes that were no UTF-8. */
export function checkCharacters(text: string): CharacterCheck {
  if (text.search(notSimple) < 0) return { wide: false, refused: -1 };
  const control = text.search(notAllowed);
  const lone = text.search(loneSurrogate);
  const refused = control < 0 ? lone : lone < 0 ? control : Math.min(control, lone);
  return { wide: true, refused };
}

/** What is wrong with the character at an offset that is refused. */
export function refusal(text: string, at: number): Problem {
  return (text.charCodeAt(at) & 0xf800) === 0xd800 ? problems.utf8 : problems.control;
}

const chunkSize = 512;

/**
 * Whether go-yaml meets a refused character, when it needs the text up to `need`: it reads 512 bytes at a time, less what is
 * no whole character at their end, and looks at each byte it has read.
 */
export function meetsCharacter(text: string, refused: number, need: number): boolean {
  let left = chunkSize;
  for (let i = 0; i <= refused; i++) {
    const width = byteWidth(text, i);
    if (width > left || (i === refused && isCutOff(text, i, left))) {
      if (i >= need) return false;
      left = chunkSize;
    }
    left -= width;
  }
  return true;
}

/** Whether an invalid byte begins a character for which the text or the bytes left are too short. */
function isCutOff(text: string, at: number, left: number): boolean {
  const code = text.charCodeAt(at);
  if ((code & 0xff00) !== 0xdc00) return false;
  const byte = code & 0xff;
  const width = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 1;
  let rest = 0;
  for (let i = at; i < Math.min(text.length, at + width); i++) rest += byteWidth(text, i);
  return width > Math.min(rest, left);
}

/** How many bytes a code unit takes; half of a character's four for each of its surrogates, one for an invalid byte. */
function byteWidth(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  if ((code & 0xf800) !== 0xd800) return 3;
  const paired =
    code < 0xdc00
      ? (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
      : at > 0 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
  return paired ? 2 : 1;
}
