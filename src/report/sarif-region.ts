/** Places as SARIF writes them: URIs, and regions in lines, characters and bytes of the file as it is stored. */
import type { Location } from "../source/locate.ts";
import { wellFormed } from "./markup.ts";
import type { Presentation } from "./report.ts";

/** A region longer than this comes without its text. */
const LONGEST_SNIPPET = 1000;
/** Characters between two places of a file of which the offset in bytes is kept. */
const STRIDE = 4096;

export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly charOffset: number;
  readonly charLength: number;
  readonly byteOffset?: number;
  readonly byteLength?: number;
  readonly snippet?: { readonly text: string };
}

/** The place of a file: relative to the directory of the run, absolute paths as `file:` URIs. */
export function artifactLocation(path: string): { readonly uri: string; readonly uriBaseId?: string } {
  const encoded = wellFormed(path).split("/").map(encodeURIComponent).join("/");
  if (path.startsWith("/")) return { uri: `file://${encoded}` };
  if (/^[A-Za-z]:\//.test(path)) return { uri: `file:///${encoded}` };
  return { uri: encoded, uriBaseId: "%SRCROOT%" };
}

/** Makes regions of the files of a report, each file looked at once. */
export function regionsOf(presentation: Presentation): (location: Location, withText?: "text") => Region {
  const files = new Map<string, { readonly text: string; bytesBefore(offset: number): number } | undefined>();
  const fileOf = (path: string) => {
    if (!files.has(path)) {
      const text = presentation.textOf(path);
      const made = text === undefined ? undefined : { text, bytesBefore: bytesBefore(text, markOf(path)) };
      files.set(path, made);
    }
    return files.get(path);
  };
  const markOf = (path: string) => presentation.bytesOf?.(path)?.subarray(0, 3) ?? new Uint8Array();
  return (location, withText) => {
    const { line, column, endLine, endColumn, start, end } = location;
    const place = {
      startLine: line,
      startColumn: column,
      endLine,
      endColumn,
      charOffset: start,
      charLength: end - start,
    };
    const file = fileOf(location.file);
    if (!file || end > file.text.length) return place;
    const byteOffset = file.bytesBefore(start);
    const byteLength = file.bytesBefore(end) - byteOffset;
    const isShort = withText && end > start && end - start <= LONGEST_SNIPPET;
    const snippet = isShort ? { snippet: { text: wellFormed(file.text.slice(start, end)) } } : {};
    return { ...place, byteOffset, byteLength, ...snippet };
  };
}

/** How many bytes of a file stand before an offset of its text. */
function bytesBefore(text: string, mark: Uint8Array): (offset: number) => number {
  const [first, second, third] = mark;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isWide) return (offset) => 2 + 2 * offset;
  const before = [first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0];
  return (offset) => {
    for (let known = before.length; known <= Math.floor(offset / STRIDE); known++) {
      const from = (known - 1) * STRIDE;
      before.push((before[known - 1] ?? 0) + utf8Length(text, from, from + STRIDE));
    }
    const last = Math.floor(offset / STRIDE);
    return (before[last] ?? 0) + utf8Length(text, last * STRIDE, offset);
  };
}

/** Bytes in UTF-8; the halves of a pair have two each, and a byte that was no UTF-8 (a lone surrogate) has one. */
function utf8Length(text: string, from: number, to: number): number {
  let length = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (code < 0xd800 || code > 0xdfff) length += 3;
    else length += isLoneByte(text, i, code) ? 1 : 2;
  }
  return length;
}

function isLoneByte(text: string, index: number, code: number): boolean {
  if (code < 0xdc80 || code > 0xdcff) return false;
  const before = text.charCodeAt(index - 1);
  return !(before >= 0xd800 && before <= 0xdbff);
}
