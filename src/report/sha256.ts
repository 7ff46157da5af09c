/** SHA-256 of a text as FIPS 180-4 describes it, fast enough for one checksum a finding. */

const rounds = 64;

/** The first 32 bits of the fractions of the primes' roots: what SHA-256 takes its constants from. */
function fractions(count: number, root: (prime: number) => number): Int32Array {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    let isPrime = true;
    for (let factor = 2; factor * factor <= candidate && isPrime; factor++)
      isPrime = candidate % factor !== 0;
    if (isPrime) found.push(candidate);
  }
  return Int32Array.from(found, (prime) => ((root(prime) % 1) * 2 ** 32) | 0);
}

let constants: { readonly rounds: Int32Array; readonly start: Int32Array } | undefined;

/** The 32 bytes of the checksum of a text in UTF-8. */
export function sha256(text: string): Uint8Array {
  constants ??= { rounds: fractions(rounds, Math.cbrt), start: fractions(8, Math.sqrt) };
  const view = padded(new TextEncoder().encode(text));
  const state = Int32Array.from(constants.start);
  const words = new Int32Array(rounds);
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    expand(words, view, offset);
    mix(state, words, constants.rounds);
  }
  const bytes = new Uint8Array(32);
  const out = new DataView(bytes.buffer);
  state.forEach((word, index) => {
    out.setInt32(index * 4, word);
  });
  return bytes;
}

/** The message with its padding: a one, zeros, and its length in bits. */
function padded(message: Uint8Array): DataView {
  const bytes = new Uint8Array(((message.length + 72) >> 6) << 6);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, BigInt(message.length) * 8n);
  return view;
}

function turned(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by));
}

function expand(words: Int32Array, view: DataView, offset: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(offset + i * 4);
  for (let i = 16; i < rounds; i++) {
    const [early = 0, late = 0] = [words[i - 15], words[i - 2]];
    const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const large = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    words[i] = (words[i - 16] ?? 0) + small + (words[i - 7] ?? 0) + large;
  }
}

function mix(state: Int32Array, words: Int32Array, constant: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < rounds; i++) {
    const chosen = (e & f) ^ (~e & g);
    const most = (a & b) ^ (a & c) ^ (b & c);
    const wideE = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const wideA = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const first = (h + wideE + chosen + (constant[i] ?? 0) + (words[i] ?? 0)) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + wideA + most) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}

/** Bytes in hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
