/** One YAML document of a file: where it stands, what a peek says of it, and its values on first need. */
import type { Node } from "./node.ts";

/** A file as it was read; `path` is relative to where the command runs and uses `/`. `text` has no byte order mark. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Why a document could not be read, at an offset of the file. */
export interface ReadError {
  readonly message: string;
  readonly offset: number;
}

export type Reading =
  | { readonly ok: true; readonly root: Node | undefined }
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
