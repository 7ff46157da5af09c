/** Which problems of a build mean that kustomize refuses it, for certain. */
import type { Document } from "../../source/document.ts";
import type { Problem } from "../collect.ts";
import type { Resource } from "../world.ts";
import { type BuildProblem, type Kustomization, partsOf } from "./kustomization.ts";
import { isKeptKind } from "./patch.ts";

type DocumentsOf = (path: string) => readonly Document[] | undefined;

/**
 * The problems for which kustomize certainly refuses a build. What depends on the objects of the build is certain only
 * when these are all there, and changed by nothing that is not modelled.
 */
export function refusalsOf(
  problems: readonly BuildProblem[],
  isModelled: () => boolean,
): readonly BuildProblem[] {
  if (problems.length === 0) return problems;
  const isComplete = problems.every(({ refused }) => refused === "when-complete") && isModelled();
  return problems.filter(({ refused }) => refused === "always" || (refused !== undefined && isComplete));
}

interface Known {
  readonly resources: ReadonlyMap<string, readonly Resource[]>;
  readonly documentsOf: DocumentsOf;
  readonly kustomizationAt: (directory: string) => Kustomization | undefined;
}

/** Whether nothing that a build is made of has rules of its own, or objects that cannot be read or were left out. */
export function isModelled(root: Kustomization, known: Known): boolean {
  const reached = new Set([root]);
  for (const one of reached) {
    if (one.configures) return false;
    for (const path of partsOf(one)) {
      const documents = known.documentsOf(path);
      const below = documents ? undefined : known.kustomizationAt(path);
      if (below) reached.add(below);
      else if (!documents?.every((document) => isKnown(document, path, known))) return false;
    }
  }
  return true;
}

/** Templates of charts are left out, also those that can be read. */
function isKnown(document: Document, path: string, { resources }: Known): boolean {
  return document.read().ok && (resources.has(path) || !isKeptKind(document.peek.kind ?? ""));
}

/** A refusal as a problem of the file that it stands in. */
export function refusalIn(
  { location, detail: message }: BuildProblem,
  documentsOf: DocumentsOf,
): readonly Problem[] {
  const file = documentsOf(location.file)?.[0]?.file;
  return file ? [{ file, error: { message, offset: location.start }, refusedBy: "kustomize" }] : [];
}
