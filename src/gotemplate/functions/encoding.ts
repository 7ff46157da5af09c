/** Base64 and base32, standard alphabets with padding, as Go's encoding packages read and write them. */
import type { Functions } from "../function.ts";
import { fn } from "../function.ts";
import { fromBytes, toBytes } from "../text.ts";

interface Code {
  readonly name: string;
  readonly alphabet: string;
  /** Bits a character stands for. */
  readonly bits: number;
  /** Characters of a group. */
  readonly group: number;
}

const BASE64: Code = {
  name: "base64",
  alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  bits: 6,
  group: 4,
};
const BASE32: Code = { name: "base32", alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits: 5, group: 8 };

function encodeBytes(bytes: Uint8Array, { alphabet, bits, group }: Code): string {
  let out = "";
  let held = 0;
  let count = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    count += 8;
    while (count >= bits) {
      count -= bits;
      out += alphabet[(held >> count) & ((1 << bits) - 1)];
    }
    held &= (1 << count) - 1;
  }
  if (count > 0) out += alphabet[(held << (bits - count)) & ((1 << bits) - 1)];
  return out.padEnd(Math.ceil(out.length / group) * group, "=");
}

/** Bytes in base64, standard and padded. */
export function encodeBase64(bytes: Uint8Array): string {
  return encodeBytes(bytes, BASE64);
}

/** How many characters a group may have before its padding. */
function isWholeGroup(characters: number, { bits, group }: Code): boolean {
  const rest = characters % group;
  return rest === 0 || (rest * bits) % 8 < bits;
}

/** The decoded text, or the error as text, as sprig returns it. */
function decodeText(text: string, code: Code): string {
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  let read = 0;
  const bad = (at: number): string => `illegal ${code.name} data at input byte ${at}`;
  let at = 0;
  for (; at < text.length && text[at] !== "="; at++) {
    const char = text[at] ?? "";
    if (char === "\n" || char === "\r") continue;
    const value = code.alphabet.indexOf(char);
    if (value === -1) return bad(at);
    held = ((held << code.bits) | value) & 0xffff;
    count += code.bits;
    read++;
    if (count >= 8) {
      count -= 8;
      bytes.push((held >> count) & 0xff);
    }
  }
  const start = read - (read % code.group);
  const padding = text.slice(at).replace(/[\r\n]/g, "");
  const missing = (code.group - (read % code.group)) % code.group;
  const pads = /^=*/.exec(padding)?.[0].length ?? 0;
  if (missing > 0 && (pads === 0 || code === BASE32) && pads < missing) {
    return bad(code === BASE64 ? Math.max(start, 0) : start);
  }
  if (pads < missing || !isWholeGroup(read, code)) return bad(Math.min(at + pads, text.length));
  if (padding.length > missing) return bad(at + missing);
  return fromBytes(Uint8Array.from(bytes));
}

export const encodingFunctions: Functions = {
  b64enc: fn("string", "string", (text) => encodeBytes(toBytes(text), BASE64)),
  b64dec: fn("string", "string", (text) => decodeText(text, BASE64)),
  b32enc: fn("string", "string", (text) => encodeBytes(toBytes(text), BASE32)),
  b32dec: fn("string", "string", (text) => decodeText(text, BASE32)),
};
