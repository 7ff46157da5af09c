/** One YAML document of a file: where it stands, what a peek says of it, and its values on first need. */
import { isJson } from "./json-stream.ts";
import type { Node, Range } from "./node.ts";
import { readYaml } from "./read.ts";
import { splitDocuments } from "./split.ts";

/** A file as it was read; `path` is relative to where the command runs and uses `/`. `text` has no byte order mark. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Why a document could not be read, at an offset of the file. */
export interface ReadError {
  readonly message: string;
  readonly offset: number;
  /** How Kubernetes' own reader names the problem. */
  readonly reason?: string;
}

/** A key that a map has twice, or that a merge key brings once more. Kubernetes keeps the second (strict readers refuse). */
export interface Duplicate {
  readonly key: string;
  readonly first: Range;
  readonly again: Range;
  /**
   * Whether both are the same value to YAML. `1` and `"1"` are not, though they are one key in JSON: then even strict
   * readers accept both, and which one Kubernetes keeps is chance.
   */
  readonly same: boolean;
}

export type Reading =
  | {
      readonly ok: true;
      /** Undefined when the document is empty. */
      readonly root: Node | undefined;
      readonly duplicates?: readonly Duplicate[];
    }
  | { readonly ok: false; readonly error: ReadError };

/** What a document's top-level `kind` and `apiVersion` are without parsing it; `sure` is false whenever the peek could be wrong. */
export interface Peek {
  readonly kind: string | undefined;
  readonly apiVersion: string | undefined;
  readonly sure: boolean;
}

export interface Document {
  readonly file: SourceFile;
  /** 0-based among the documents of the file that have content. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly peek: Peek;
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
  const reading = readYaml(text, start, end, { lines: true });
  const isObject =
    !reading.ok && /^\s*\{/.test(text.slice(start, start + 4096)) && isJson(text.slice(start, end));
  return isObject ? readYaml(text, start, end, { json: true }) : reading;
}

/** Whether a text can hold a Kubernetes resource at all: it says `kind` somewhere. */
export function mentionsKind(text: string): boolean {
  return text.includes("kind");
}

export { readEmbedded } from "./embedded.ts";
