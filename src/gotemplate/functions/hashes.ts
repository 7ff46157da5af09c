/** Checksums of text: SHA-1, SHA-256, SHA-512 and Adler-32, as FIPS 180-4 and RFC 1950 describe them. */
import type { Functions } from "../function.ts";
import { fn, fnIn } from "../function.ts";
import type { Context } from "../limits.ts";
import { toBytes } from "../text.ts";

/** The message with its padding: a one, zeros, and its length in bits. */
function padded(bytes: Uint8Array, block: number): Uint8Array {
  const lengthSize = block / 8;
  const size = Math.ceil((bytes.length + 1 + lengthSize) / block) * block;
  const message = new Uint8Array(size);
  message.set(bytes);
  message[bytes.length] = 0x80;
  new DataView(message.buffer).setBigUint64(size - 8, BigInt(bytes.length) * 8n);
  return message;
}

function sha1(bytes: Uint8Array): string {
  const view = new DataView(padded(bytes, 64).buffer);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const words = new Int32Array(80);
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(offset + i * 4);
    for (let i = 16; i < 80; i++) {
      const mixed = at(words, i - 3) ^ at(words, i - 8) ^ at(words, i - 14) ^ at(words, i - 16);
      words[i] = rotate(mixed, 1);
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let i = 0; i < 80; i++) {
      const next = (rotate(a, 5) + sha1Mix(i, b, c, d) + e + at(words, i)) | 0;
      [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
    }
    [a, b, c, d, e].forEach((value, i) => {
      state[i] = ((state[i] ?? 0) + value) | 0;
    });
  }
  return state.map((value) => (value >>> 0).toString(16).padStart(8, "0")).join("");
}

function at(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}

function sha1Mix(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

interface Sha2 {
  readonly bits: bigint;
  readonly rounds: number;
  readonly big: readonly [readonly bigint[], readonly bigint[]];
  /** Two rotations and a shift each. */
  readonly small: readonly [readonly bigint[], readonly bigint[]];
}

const SHA256: Sha2 = {
  bits: 32n,
  rounds: 64,
  big: [
    [2n, 13n, 22n],
    [6n, 11n, 25n],
  ],
  small: [
    [7n, 18n, 3n],
    [17n, 19n, 10n],
  ],
};
const SHA512: Sha2 = {
  bits: 64n,
  rounds: 80,
  big: [
    [28n, 34n, 39n],
    [14n, 18n, 41n],
  ],
  small: [
    [1n, 8n, 7n],
    [19n, 61n, 6n],
  ],
};

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** The first 64 bits of the fraction of a root: what SHA-2 takes its constants from. */
function rootFraction(prime: number, degree: bigint): bigint {
  const scaled = BigInt(prime) << (64n * degree);
  let low = 0n;
  let high = 1n << 72n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return BigInt.asUintN(64, low);
}

let constants: { readonly rounds: readonly bigint[]; readonly start: readonly bigint[] } | undefined;

function sha2(bytes: Uint8Array, { bits, rounds, big, small }: Sha2): string {
  constants ??= {
    rounds: firstPrimes(80).map((prime) => rootFraction(prime, 3n)),
    start: firstPrimes(8).map((prime) => rootFraction(prime, 2n)),
  };
  const shift = 64n - bits;
  const mask = (1n << bits) - 1n;
  const turn = (value: bigint, by: bigint): bigint => ((value >> by) | (value << (bits - by))) & mask;
  const mixBig = (value: bigint, [a = 0n, b = 0n, c = 0n]: readonly bigint[]): bigint =>
    turn(value, a) ^ turn(value, b) ^ turn(value, c);
  const mixSmall = (value: bigint, [a = 0n, b = 0n, c = 0n]: readonly bigint[]): bigint =>
    turn(value, a) ^ turn(value, b) ^ (value >> c);
  const size = Number(bits) / 8;
  const view = new DataView(padded(bytes, size * 16).buffer);
  const word = (offset: number): bigint =>
    size === 4 ? BigInt(view.getUint32(offset)) : view.getBigUint64(offset);
  const state = constants.start.map((value) => value >> shift);
  const schedule: bigint[] = [];
  const scheduled = (index: number): bigint => schedule[index] ?? 0n;
  for (let offset = 0; offset < view.byteLength; offset += size * 16) {
    for (let i = 0; i < rounds; i++) {
      schedule[i] =
        i < 16
          ? word(offset + i * size)
          : (mixSmall(scheduled(i - 2), small[1]) +
              scheduled(i - 7) +
              mixSmall(scheduled(i - 15), small[0]) +
              scheduled(i - 16)) &
            mask;
    }
    let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
    for (let i = 0; i < rounds; i++) {
      const choice = (e & f) ^ (~e & mask & g);
      const first = h + mixBig(e, big[1]) + choice + ((constants.rounds[i] ?? 0n) >> shift) + scheduled(i);
      const second = mixBig(a, big[0]) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & mask, c, b, a, (first + second) & mask];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => {
      state[i] = ((state[i] ?? 0n) + value) & mask;
    });
  }
  return state.map((value) => value.toString(16).padStart(size * 2, "0")).join("");
}

/** The SHA-256 checksum of a text, in hexadecimal digits. */
export function sha256Hex(text: string): string {
  return sha2(toBytes(text), SHA256);
}

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return high * 65536 + low;
}

function hashing(hash: (bytes: Uint8Array) => string) {
  return fnIn("string", "string", (context: Context, text) => {
    context.spend(Math.ceil(text.length / 8));
    return hash(toBytes(text));
  });
}

export const hashFunctions: Functions = {
  sha1sum: hashing(sha1),
  sha256sum: hashing((bytes) => sha2(bytes, SHA256)),
  sha512sum: hashing((bytes) => sha2(bytes, SHA512)),
  adler32sum: fn("string", "string", (text) => String(adler32(toBytes(text)))),
};
