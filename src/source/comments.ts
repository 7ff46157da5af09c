/** Where comments stand, as the reader sees them: a `#` inside of a string is none. */
import type { Document } from "./document.ts";
import { peekToken, takeToken } from "./scan.ts";
import { checkCharacters } from "./text.ts";
import { startScan, Token } from "./tokens.ts";

export interface Comment {
  /** Offset of its `#` in the file's text. */
  readonly start: number;
  /** Offset of the end of its line, without the break. */
  readonly end: number;
  /** From the `#` on. */
  readonly text: string;
  /** Whether nothing else stands on its line. */
  readonly alone: boolean;
  /** Whether it stands before everything that the document says. */
  readonly atHead: boolean;
}

/**
 * The comments of a document, in order; of one that cannot be read those before the place where its tokens end. `from` is
 * where its head begins, which for the first document of a file is the file's.
 */
export function commentsOf(document: Document, from = document.start): readonly Comment[] {
  const { text } = document.file;
  const source = text.slice(from, document.end);
  if (!source.includes("#")) return [];
  const starts: number[] = [];
  const scan = startScan(`${source}\n`, checkCharacters(source).wide, false, starts);
  let content = Number.POSITIVE_INFINITY;
  for (let kind = peekToken(scan); isMore(kind); kind = peekToken(scan)) {
    if (!isBeforeContent(kind)) content = Math.min(content, scan.starts[scan.head] ?? 0);
    takeToken(scan);
  }
  return starts.map((start) => commentAt(text, from + start, start < content));
}

function isMore(kind: number): boolean {
  return kind !== Token.streamEnd && kind !== Token.failure;
}

function isBeforeContent(kind: number): boolean {
  return kind === Token.directive || kind === Token.documentStart || kind === Token.documentEnd;
}

function commentAt(text: string, start: number, atHead: boolean): Comment {
  const length = text.slice(start).search(lineBreak);
  const end = length < 0 ? text.length : start + length;
  let before = start;
  while (before > 0 && blank.test(text.charAt(before - 1))) before--;
  const alone = before === 0 || lineBreak.test(text.charAt(before - 1));
  return { start, end, text: text.slice(start, end), alone, atHead };
}

const lineBreak = /[\n\r\u0085\u2028\u2029]/;
const blank = /[ \t]/;
