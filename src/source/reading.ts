/** What reading gives: files, peeks, values or the reason why there are none. Types alone. */
import type { Node, Range } from "./node.ts";

/** A file as it was read; `path` is relative to where the command runs and uses `/`. `text` has no byte order mark. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Whether its UTF-8 began with a byte order mark. */
  readonly hasMark?: true;
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
