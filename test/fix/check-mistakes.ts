/** What has to hold of fixes of a random repository. */

import { isSame } from "../../src/fix/same.ts";
import { fix, memoryTree } from "../../src/index.ts";
import { readDocuments } from "../../src/source/document.ts";
import { nodeAt, toValue, type Value } from "../../src/source/node.ts";
import type { MistakenCase } from "./random-mistakes.ts";

/** What became of a case: nothing wrong, refused (as anchors and comments may have it), or what is wrong. */
export type Verdict =
  | { readonly is: "fixed"; readonly findings: number; readonly lines: number }
  | { readonly is: "refused" }
  | { readonly is: "wrong"; readonly why: string };

/** Fixes a case and looks at every line that changed, at what is left of the comments, and at what all documents say. */
export function checkMistakes({ files, expected, keys, anchored }: MistakenCase): Verdict {
  const wrong = (why: string): Verdict => ({ is: "wrong", why });
  const { files: changed, fixed, unfixed } = fix(memoryTree(files));
  let lines = 0;
  for (const { file, after } of changed) {
    const odd = oddLine(file.text, after, keys);
    if (odd !== undefined) return wrong(`${file.path}: it changes the line ${JSON.stringify(odd)}`);
    const lost = lostComment(file.text, after);
    if (lost !== undefined) return wrong(`${file.path}: it loses ${lost}`);
    if (/[^\r]\n/.test(after) !== /[^\r]\n/.test(file.text))
      return wrong(`${file.path}: it changes the ends of lines`);
    if (after.endsWith("\n") !== file.text.endsWith("\n"))
      return wrong(`${file.path}: it changes the last line's end`);
    lines += countChanged(file.text, after);
  }
  const texts = { ...files, ...Object.fromEntries(changed.map((one) => [one.file.path, one.after])) };
  const again = fix(memoryTree(texts));
  if (again.files.length > 0) return wrong(`a second time changes ${again.files[0]?.file.path}`);
  if (unfixed.length > 0) {
    const reasons = unfixed.map(({ reason }) => reason).join("; ");
    const isFine = (reason: string) =>
      (anchored && /stands here for what would change/.test(reason)) ||
      /^(?:in an inline patch, )?the comment # remark \d+ would be lost$/.test(reason);
    return unfixed.every(({ reason }) => isFine(reason)) ? { is: "refused" } : wrong(`refused: ${reasons}`);
  }
  for (const [path, wanted] of Object.entries(expected)) {
    const said = valuesOf(texts[path] ?? "", path);
    if (!isSame(said, [...wanted]))
      return wrong(`${path}: it says ${JSON.stringify(said)}, and not ${JSON.stringify(wanted)}`);
  }
  return { is: "fixed", findings: fixed.length, lines };
}

function valuesOf(text: string, path: string): readonly Value[] {
  return readDocuments({ path, text: text.replace(/^\uFEFF/, "") }).map((document) => {
    const reading = document.read();
    const root = reading.ok ? reading.root : undefined;
    const patch = path === "kustomization.yaml" ? nodeAt(root, ["patches", 0, "patch"]) : undefined;
    if (patch?.type === "scalar") return valuesOf(String(patch.value), "patch")[0] ?? null;
    return root ? toValue(root) : null;
  });
}

/** The lines that one text has more often than the other. */
function differing(text: string, other: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of other.split(/\r?\n/)) counts.set(line, (counts.get(line) ?? 0) + 1);
  return text.split(/\r?\n/).filter((line) => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}

function countChanged(before: string, after: string): number {
  return differing(before, after).length + differing(after, before).length;
}

/**
 * A line that is not the same, although it names no key of a fix, nor a map that holds one, and is no comment that moved. An alias that
 * is to say something of its own is written out.
 */
function oddLine(before: string, after: string, keys: readonly string[]): string | undefined {
  const names = [...keys, "labels", "annotations", "metadata", "template", "spec"];
  const comments = new Set([...after.split(/\r?\n/), ...before.split(/\r?\n/)].map((line) => line.trim()));
  const removed = differing(before, after);
  const added = removed.some((line) => /: \*a\d/.test(line)) ? [] : differing(after, before);
  return [...removed, ...added].find(
    (line) =>
      line.trim() !== "" &&
      !names.some((name) => line.includes(name)) &&
      !(line.trim().startsWith("#") && comments.has(line.trim())),
  );
}

/** A comment that is gone, unless it stood on the line of an entry that is gone: what a label says already. */
function lostComment(before: string, after: string): string | undefined {
  const said = (text: string) => text.match(/# remark \d+/g) ?? [];
  const left = new Set(said(after));
  const lost = said(before).find((one) => !left.has(one));
  const line = lost === undefined ? undefined : before.split(/\r?\n/).find((one) => one.includes(lost));
  return line?.includes("sidecar.istio.io/inject") ? undefined : lost;
}
