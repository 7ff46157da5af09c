/** Base64 and base32, standard alphabets with padding, as Go's encoding packages read and write them. */
import type { Functions } from "../function.ts";
import { fn } from "../function.ts";
import { Failure } from "../limits.ts";
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

/** Where a decoder stumbled, counted in bytes. */
class Illegal extends Failure {
  constructor({ name }: Code, at: number) {
    super(`illegal ${name} data at input byte ${at}`);
  }
}

/** The bytes that the characters of one group stand for; bits left over are dropped. */
function bytesOfGroup(values: readonly number[], { bits }: Code): number[] {
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  for (const value of values) {
    held = ((held << bits) | value) & 0xffff;
    count += bits;
    if (count < 8) continue;
    count -= 8;
    bytes.push((held >> count) & 0xff);
  }
  return bytes;
}

function isNewline(byte: number | undefined): boolean {
  return byte === 10 || byte === 13;
}

const PADDING = 61;

function digitOf(byte: number | undefined, { alphabet }: Code): number {
  return byte === undefined ? -1 : alphabet.indexOf(String.fromCharCode(byte));
}

/** Newlines may stand anywhere; padding ends the text. */
function decodeBase64(bytes: Uint8Array): number[] {
  const decoded: number[] = [];
  let group: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    const value = digitOf(byte, BASE64);
    if (value >= 0) {
      group.push(value);
      if (group.length < 4) continue;
      decoded.push(...bytesOfGroup(group, BASE64));
      group = [];
    } else if (!isNewline(byte)) {
      if (byte !== PADDING || group.length < 2) throw new Illegal(BASE64, at);
      const end = endOfPadding(bytes, at, group.length);
      if (end < bytes.length) throw new Illegal(BASE64, end);
      return [...decoded, ...bytesOfGroup(group, BASE64)];
    }
  }
  if (group.length > 0) throw new Illegal(BASE64, bytes.length - group.length);
  return decoded;
}

/** Where the text after the padding that starts at an offset would go on. */
function endOfPadding(bytes: Uint8Array, start: number, characters: number): number {
  const skipped = (from: number): number => {
    let at = from;
    while (isNewline(bytes[at])) at++;
    return at;
  };
  let end = skipped(start + 1);
  if (characters === 2) {
    if (end === bytes.length) throw new Illegal(BASE64, bytes.length);
    if (bytes[end] !== PADDING) throw new Illegal(BASE64, end - 1);
    end = skipped(end + 1);
  }
  return end;
}

/** Newlines are gone before anything is counted. */
function decodeBase32(given: Uint8Array): number[] {
  const bytes = given.filter((byte) => !isNewline(byte));
  const decoded: number[] = [];
  let group: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const value = digitOf(bytes[at], BASE32);
    const left = bytes.length - at - 1;
    if (bytes[at] === PADDING && group.length >= 2 && left < 8) {
      checkPadding32(bytes, at, group.length, left);
      return [...decoded, ...bytesOfGroup(group, BASE32)];
    }
    if (value < 0) throw new Illegal(BASE32, at);
    group.push(value);
    if (group.length < 8) continue;
    decoded.push(...bytesOfGroup(group, BASE32));
    group = [];
  }
  if (group.length > 0) throw new Illegal(BASE32, bytes.length - group.length);
  return decoded;
}

function checkPadding32(bytes: Uint8Array, at: number, characters: number, left: number): void {
  if (left + characters < 7) throw new Illegal(BASE32, bytes.length);
  for (let k = 0; k < 7 - characters && k < left; k++) {
    if (bytes[at + 1 + k] !== PADDING) throw new Illegal(BASE32, at + k);
  }
  if (characters === 3 || characters === 6) throw new Illegal(BASE32, at);
}

/** The decoded text, or the error as text, as sprig returns it. */
function decodeText(text: string, decode: (bytes: Uint8Array) => number[]): string {
  try {
    return fromBytes(Uint8Array.from(decode(toBytes(text))));
  } catch (error) {
    if (error instanceof Illegal) return error.message;
    throw error;
  }
}

export const encodingFunctions: Functions = {
  b64enc: fn("string", "string", (text) => encodeBytes(toBytes(text), BASE64)),
  b64dec: fn("string", "string", (text) => decodeText(text, decodeBase64)),
  b32enc: fn("string", "string", (text) => encodeBytes(toBytes(text), BASE32)),
  b32dec: fn("string", "string", (text) => decodeText(text, decodeBase32)),
};
