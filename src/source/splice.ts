/** Replaces parts of a text: many small edits at once, all in offsets of the text as it was. */

/** What stands between two offsets (UTF-16 code units, `end` exclusive) becomes `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type Spliced =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string };

export type SplicedParts =
  | { readonly ok: true; readonly parts: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/**
 * The edits in the order of their places. Insertions at one place keep the order they were given in, and come before what is
 * replaced from there on.
 */
export function sortedEdits(edits: readonly Edit[]): readonly Edit[] {
  return edits.toSorted(
    (a, b) => a.start - b.start || Math.min(a.end - a.start, 1) - Math.min(b.end - b.start, 1),
  );
}

/** The text after all edits, in whatever order they come; refused where two overlap or one lies outside of the text. */
export function applyEdits(text: string, edits: readonly Edit[]): Spliced {
  const spliced = partsWithEdits(text, edits);
  return spliced.ok ? { ok: true, text: spliced.parts.join("") } : spliced;
}

/** The same in parts, for texts that are never needed as a whole. */
export function partsWithEdits(text: string, edits: readonly Edit[]): SplicedParts {
  const parts: string[] = [];
  let from = 0;
  for (const edit of sortedEdits(edits)) {
    if (edit.start < from)
      return refusal(edit, from > 0 ? "overlaps the one before it" : "begins before the text");
    if (edit.end < edit.start || edit.end > text.length)
      return refusal(edit, "ends before it begins or behind the text");
    parts.push(text.slice(from, edit.start), edit.text);
    from = edit.end;
  }
  parts.push(text.slice(from));
  return { ok: true, parts };
}

function refusal({ start, end }: Edit, what: string): SplicedParts & { readonly ok: false } {
  return { ok: false, reason: `the edit from offset ${start} to ${end} ${what}` };
}
