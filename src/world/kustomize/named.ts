/** What the entries of a kustomization name: files with objects, other kustomizations, files that only have to be there. */
import type { Document } from "../../source/document.ts";
import { resourcesOf } from "../resource.ts";
import type { Resource } from "../world.ts";
import { type BuildProblem, type Entry, type Kustomization, locationOfSource } from "./kustomization.ts";
import { contains, isRemote } from "./path.ts";
import { outside, type Workshop } from "./workshop.ts";

/** How deep kustomizations include each other: more than in any repository. */
const mostLevels = 500;

/**
 * Whether a file is there that kustomize reads although nothing comes of it here. What is generated of may be a secret that
 * nobody commits, so that its absence is told, and is no refusal.
 */
export function requireFile(problems: Set<BuildProblem>, entry: Entry, { sources }: Workshop): void {
  const { value, path, source } = entry;
  if (sources.hasRead(path) || (!isRemoteFile(value) && sources.isFile(path))) return;
  const beyond = outside(path, sources);
  if (isRemoteFile(value)) {
    problems.add(problem("missing", entry, value, `${value} is remote and is not fetched`));
  } else if (beyond !== undefined) problems.add(problem("outside", entry, value, beyond));
  else {
    const isData = String(source.path[0]).endsWith("Generator");
    problems.add(problem("missing", entry, value, `${path} does not exist`, isData ? undefined : "always"));
  }
}

export function isRemoteFile(entry: string): boolean {
  return /^https?:/i.test(entry);
}

export function resourcesAt(path: string, { sources, kind }: Workshop): readonly Resource[] | undefined {
  if (kind === undefined) {
    const known = sources.resources.get(path);
    if (known) return known;
    if (sources.hasRead(path)) return [];
  }
  if (sources.kustomizations.has(path)) return undefined;
  const documents = sources.documentsOf(path);
  return documents
    ?.filter((document) => mayHold(document, kind))
    .flatMap((document) => {
      const reading = document.read();
      const found = reading.ok ? resourcesOf(document, reading.root) : [];
      return kind ? found.filter((one) => one.kind === kind) : found;
    });
}

function mayHold({ peek }: Document, kind: string | undefined): boolean {
  return !kind || !peek.sure || peek.kind === kind || (peek.kind?.endsWith("List") ?? false);
}

/** The kustomization that an entry names, or why there is none. */
export function baseAt(
  entry: Entry,
  stack: readonly string[],
  component: boolean,
  { kustomizationAt, sources }: Workshop,
): Kustomization | BuildProblem {
  const { value, path } = entry;
  if (isRemote(value)) return problem("remote", entry, value, `${value} is remote and is not fetched`);
  if (stack.some((open) => contains(path, open))) {
    return problem(
      "cycle",
      entry,
      value,
      `${value} leads back to ${path}, which includes this kustomization`,
      "always",
    );
  }
  if (stack.length >= mostLevels) {
    return problem("cycle", entry, value, `${path} is more than ${mostLevels} kustomizations deep`);
  }
  const beyond = outside(path, sources);
  if (beyond !== undefined) return problem("outside", entry, value, beyond);
  const base = kustomizationAt(path);
  if (!base) {
    if (sources.kustomizations.has(path)) {
      return problem("invalid", entry, value, `the kustomization in ${path} cannot be read`);
    }
    if (sources.isFile(path)) return problem("invalid", entry, value, `${path} cannot be read`);
    return problem("missing", entry, value, `${path} is neither a file nor a kustomization`, "always");
  }
  if (base.component !== component) {
    const detail = component
      ? `${path} is no component`
      : `${path} is a component; it belongs into components`;
    return problem("invalid", entry, value, detail, "always");
  }
  return base;
}

export function problem(
  kind: BuildProblem["kind"],
  entry: Entry,
  subject: string,
  detail: string,
  refused?: BuildProblem["refused"],
): BuildProblem {
  return { kind, subject, detail, location: locationOfSource(entry.source), ...(refused && { refused }) };
}
