/** Escaping for HTML, JavaScript and the query of a URL. */
import { isPrint, runeError, toBytes } from "../text.ts";

const HTML: Readonly<Record<string, string>> = {
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\0": "\ufffd",
};

export function escapeHtml(text: string): string {
  return text.replace(/["'&<>\0]/g, (char) => HTML[char] ?? char);
}

const JS: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

function code(point: number): string {
  return `\\u${point.toString(16).toUpperCase().padStart(4, "0")}`;
}

export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\0-\x1f]|[^\0-\x7f]/gu, (char) => {
    const known = JS[char];
    if (known) return known;
    const point = char.codePointAt(0) ?? 0;
    if (point >= 0xdc80 && point <= 0xdcff) return code(runeError);
    return point >= 0x80 && isPrint(point) ? char : code(point);
  });
}

export function escapeQuery(text: string): string {
  return escapeBytes(text, /[A-Za-z0-9_.~-]/).replaceAll("%20", "+");
}

/** Percent-encodes every byte that is not one of the characters that stay. */
export function escapeBytes(text: string, stay: RegExp): string {
  let out = "";
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte);
    out += byte < 0x80 && stay.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}
