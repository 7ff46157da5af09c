/** Reads one YAML document as Kubernetes does: sigs.k8s.io/yaml 1.6.0 over go.yaml.in/yaml/v2 2.4.4. */
import { findUnusable, startComposition } from "./compose.ts";
import { parseDocument } from "./parse.ts";
import { errorAt } from "./problem.ts";
import type { Reading } from "./reading.ts";
import { checkCharacters, meetsCharacter, refusal } from "./text.ts";
import { type Scan, startScan, Token } from "./tokens.ts";

export interface ReadOptions {
  /**
   * Whether infinities and not-a-number are read, which JSON does not have: sigs.k8s.io/yaml accepts them where it reads into
   * a type that wants a string.
   */
  readonly nonFinite?: boolean;
  /** Whether the last line counts as ended even where the text lacks its line end, as for all readers that read lines. */
  readonly lines?: boolean;
  /** Whether the text is JSON: it may have `\/`, pairs of surrogate escapes, and keys that YAML takes for too long. */
  readonly json?: boolean;
  /** Levels of maps and lists, those behind aliases included, that are taken; default: as many as Kubernetes takes. */
  readonly maxDepth?: number;
}

/** Levels of maps and lists in a manifest; what is deeper is written by nobody, and would exhaust what walks through values. */
export const deepestDocument = 500;

/**
 * Reads the first document in `text` between two offsets; what follows it is not looked at, as Kubernetes does not.
 * Offsets of nodes and errors are those of `text`. The root is undefined when there is no document at all.
 */
export function readYaml(text: string, start = 0, end = text.length, options: ReadOptions = {}): Reading {
  const source = start === 0 && end === text.length ? text : text.slice(start, end);
  const { wide, refused } = checkCharacters(source);
  const to = startComposition(start, options.maxDepth ?? Number.POSITIVE_INFINITY);
  const ended = options.lines !== true || source.endsWith("\n");
  const scan = startScan(ended ? source : `${source}\n`, wide, options.json === true);
  if (source.charCodeAt(0) === 0xfeff) {
    scan.pos = 1;
    scan.lineStart = 1;
  }
  parseDocument(scan, to);
  if (refused >= 0 && !options.json && (scan.failure || meetsCharacter(source, refused, endOfNeed(scan)))) {
    return { ok: false, error: errorAt(refusal(source, refused), start + refused) };
  }
  if (scan.failure) {
    return {
      ok: false,
      error: errorAt(scan.failure.problem, start + Math.min(scan.failure.offset, source.length)),
    };
  }
  const failure = to.failure ?? findUnusable(to, options.nonFinite === true);
  if (failure) return { ok: false, error: errorAt(failure.problem, failure.offset) };
  return { ok: true, root: to.root, duplicates: to.duplicates };
}

/** Up to where the reader needed the text: what its last token took, and four characters from where it looked for its end. */
function endOfNeed(scan: Scan): number {
  const token = scan.starts.at(-1) ?? 0;
  const isQuoted = scan.kinds.at(-1) === Token.scalar && (scan.extras.at(-1) ?? 0) > 0;
  return Math.max(token + (isQuoted ? 5 : 4), scan.pos + 1);
}
