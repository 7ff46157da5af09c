/** One YAML document of a file: where it stands, what a peek says of it, and its values on first need. */
import { isJson } from "./json-stream.ts";
import type { Path } from "./node.ts";
import { deepestDocument, readYaml } from "./read.ts";
import type { Peek, Reading, SourceFile } from "./reading.ts";
import { splitDocuments } from "./split.ts";

export interface Document {
  readonly file: SourceFile;
  /** 0-based among the documents of the file that have content. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** Where reading begins: behind the line of a marker that stands alone. */
  readonly body: number;
  readonly peek: Peek;
  /** Of a document that is the text of a scalar: the document around it, and where that scalar stands. */
  readonly within?: { readonly document: Document; readonly path: Path };
  /** Parses on the first call and remembers. */
  read(): Reading;
}

/** The documents of a file that have content, in order. Nothing is parsed yet. */
export function readDocuments(file: SourceFile): readonly Document[] {
  return splitDocuments(file.text).map(({ start, end, body, peek }, index) => {
    let reading: Reading | undefined;
    return {
      file,
      index,
      start,
      end,
      body,
      peek,
      read() {
        reading ??= readRange(file.text, body, end);
        return reading;
      },
    };
  });
}

/** As kubectl reads a document: lines that end, and JSON where YAML does not cover it. */
function readRange(text: string, start: number, end: number): Reading {
  const reading = readYaml(text, start, end, { lines: true, maxDepth: deepestDocument });
  const isObject =
    !reading.ok && /^\s*\{/.test(text.slice(start, start + 4096)) && isJson(text.slice(start, end));
  return isObject ? readYaml(text, start, end, { json: true, maxDepth: deepestDocument }) : reading;
}

export { readEmbedded } from "./embedded.ts";
