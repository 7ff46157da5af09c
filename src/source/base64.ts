/** Base64 and UTF-8 as Go decodes them, for the values of `!!binary`. */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The text whose UTF-8 bytes a base64 text holds, or undefined when it is not base64. See `goString`. */
export function decodeBase64(text: string): string | undefined {
  const digits = text.replace(/[\r\n]/g, "");
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const digit of digits.replace(/=+$/, "")) {
    bits = ((bits << 6) | alphabet.indexOf(digit)) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 0xff);
    }
  }
  return goString(bytes);
}

/** A Go string of bytes: every byte that is not part of valid UTF-8 is a lone low surrogate, U+DC00 plus the byte. */
export function goString(bytes: ArrayLike<number>): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const width = sequenceLength(bytes, i);
    if (width === 0) text += String.fromCharCode(0xdc00 + (bytes[i] ?? 0));
    else text += decodeSequence(bytes, i, width);
    i += Math.max(width, 1);
  }
  return text;
}

/** The length of the valid UTF-8 sequence at an index, 0 when there is none. */
export function sequenceLength(bytes: ArrayLike<number>, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const width =
    first >= 0xc2 && first < 0xe0
      ? 2
      : first >= 0xe0 && first < 0xf0
        ? 3
        : first >= 0xf0 && first < 0xf5
          ? 4
          : 0;
  for (let i = 1; i < width; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return 0;
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0;
  return width;
}

function decodeSequence(bytes: ArrayLike<number>, at: number, width: number): string {
  const first = bytes[at] ?? 0;
  let code = width === 1 ? first : first & (0xff >> (width + 1));
  for (let i = 1; i < width; i++) code = code * 64 + ((bytes[at + i] ?? 0) & 0x3f);
  return String.fromCodePoint(code);
}
