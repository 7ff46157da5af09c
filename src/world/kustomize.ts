/** Builds kustomizations as far as it matters for injection: which objects each root brings into the cluster, and how. */
import { isDeeper } from "../kube/json.ts";
import type { Document } from "../source/document.ts";
import { deepestDocument } from "../source/read.ts";
import type { Problem } from "./collect.ts";
import { type Fault, guarded } from "./guard.ts";
import { built, isDeployed } from "./kustomize/built.ts";
import { type Draft, draftOf, identityKey, identityOf } from "./kustomize/draft.ts";
import { generate } from "./kustomize/generator.ts";
import {
  type BuildProblem,
  type Entry,
  type Kustomization,
  locationOfSource,
  type PatchEntry,
  type ReplacementEntry,
  readKustomization,
} from "./kustomize/kustomization.ts";
import { applyPatches, type PatchDocument, type PatchFailure, readPatch } from "./kustomize/patch.ts";
import { contains, isRemote, joinPath } from "./kustomize/path.ts";
import { isModelled, refusalIn, refusalsOf } from "./kustomize/refused.ts";
import { applyReplacement, type Replacement, readReplacements } from "./kustomize/replacement.ts";
import { pulledInBy, rootsOf } from "./kustomize/roots.ts";
import { distinctProblems, skippedOf } from "./kustomize/skipped.ts";
import { transform } from "./kustomize/transform.ts";
import { resourcesOf } from "./resource.ts";
import type { Placed, Resource, Skipped } from "./world.ts";

export type { BuildProblem } from "./kustomize/kustomization.ts";

/** What builds read. All paths are those of the tree. */
export interface Sources {
  /** Each kustomization among the files that were asked for, by its directory; only these can be roots. */
  readonly kustomizations: ReadonlyMap<string, Document>;
  /** The resources that may decide on injection, by file, of the files that were read. */
  readonly resources: ReadonlyMap<string, readonly Resource[]>;
  /** Whether a file was read, also when it holds nothing of interest. */
  hasRead(path: string): boolean;
  /** The documents of any file of the tree, for bases beyond what was asked for; undefined when there is no such file. */
  documentsOf(path: string): readonly Document[] | undefined;
  /** The text of any file of the tree, for what generators read; undefined when there is no such file or it is no text. */
  textOf(path: string): string | undefined;
  /** Whether a path lies beyond what may be read; then it has no documents and no text. */
  isOutside(path: string): boolean;
  /** What that is outside of, in words; default: the repository. */
  readonly bounds?: string;
  /** Whether there is a file of any kind, also one that cannot be read here. */
  isFile(path: string): boolean;
}

/** What one root kustomization makes. */
export interface Build {
  readonly directory: string;
  readonly component: boolean;
  /** As they arrive in the cluster; places are in their own files or in the kustomizations that set a value. */
  readonly resources: readonly Placed[];
  /** Everything that kept the build from being complete; with any, kustomize itself may refuse it. */
  readonly problems: readonly BuildProblem[];
  /** The same for the summary; what several builds share is counted with the first. */
  readonly skipped: readonly Skipped[];
}

export interface Builds {
  readonly builds: readonly Build[];
  /** Files that kustomizations name: not manifests of their own. */
  readonly pulledIn: ReadonlySet<string>;
  /** Kustomizations whose builds sidelint itself failed at; they have no build. */
  readonly faults: readonly Fault[];
  /** What kustomize refuses to build, once each, at the places that it refuses. */
  readonly refused: readonly Problem[];
}

interface Made {
  readonly drafts: readonly Draft[];
  readonly problems: readonly BuildProblem[];
}

interface Accumulated extends Made {
  /** The step that made it, which can be done to the objects of another kind as well. */
  readonly stage: Stage | undefined;
}

interface Stage {
  readonly before: Stage | undefined;
  readonly make: (before: Accumulated, workshop: Workshop) => Made;
  readonly workshop: Workshop;
  /** What it made of the objects of a kind ("" for all). */
  readonly known: Map<string, Accumulated>;
}

interface Workshop {
  readonly sources: Sources;
  readonly kustomizationAt: (directory: string) => Kustomization | undefined;
  readonly patchOf: (entry: PatchEntry) => readonly PatchDocument[] | PatchFailure;
  readonly replacementsOf: (entry: ReplacementEntry) => readonly Replacement[] | string;
  /** The kind of the objects that are built ("" for all); undefined for those that may decide on injection. */
  readonly kind: string | undefined;
  ofKind(kind: string): Workshop;
  /** The kind to build when one is asked for: itself, or all of them at once when many were asked for. */
  kindToBuild(kind: string): string;
  readonly finished: Map<string, Accumulated>;
  /** Components applied so far in this build. */
  components: number;
}

const nothing: Accumulated = { drafts: [], problems: [], stage: undefined };
const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/** More than any repository has; they keep kustomizations that include each other over and over in bounds. */
const mostComponents = 10_000;
const mostLevels = 500;
/** Kinds that are built one by one for replacements. */
const mostKinds = 50;

/**
 * Builds every kustomization that no other one includes, as kustomize v5.8.1 does, with the resources given.
 * Nothing is fetched or run: remote bases, charts and plugins are problems of the build, which goes on without them.
 */
export function buildKustomizations(sources: Sources): Builds {
  const kustomizationAt = kustomizationReader(sources);
  const shared = workshopOf(sources, kustomizationAt);
  const all = [...sources.kustomizations.keys()].flatMap((directory) => kustomizationAt(directory) ?? []);
  const counted = new Set<string>();
  const faults: Fault[] = [];
  const refused = new Set<BuildProblem>();
  const builds = rootsOf(all).flatMap((root): readonly Build[] => {
    const made = guarded(root.document.file, faults, () => {
      const { drafts, problems } = accumulate(root, [], { ...shared, components: 0 });
      const deep = drafts.filter((draft) => isTooDeep(draft));
      return {
        directory: root.directory,
        component: root.component,
        resources: drafts
          .filter((one) => isDeployed(one) && !deep.includes(one))
          .map((one) => built(one, root.directory)),
        problems: distinctProblems([...problems, ...deep.map((one) => tooDeep(one, root))]),
      };
    });
    if (!made) return [];
    // A component by itself lacks the objects that its patches are for.
    const refusals = refusalsOf(
      made.problems,
      () => !root.component && isModelled(root, { ...sources, kustomizationAt }),
    );
    for (const one of refusals) refused.add(one);
    const skipped = made.problems.filter((one) => !refusals.includes(one));
    return [{ ...made, skipped: skippedOf(skipped, counted) }];
  });
  return {
    builds,
    pulledIn: pulledInBy(all, sources.kustomizations),
    faults,
    refused: distinctProblems([...refused]).flatMap((one) =>
      refusalIn(one, (path) => sources.documentsOf(path)),
    ),
  };
}

/** Patches and replacements can nest what no single document does. */
function isTooDeep({ resource, value }: Draft): boolean {
  return value !== resource.value && isDeeper(value, deepestDocument);
}

function tooDeep({ value }: Draft, { document }: Kustomization): BuildProblem {
  const { kind, name } = identityOf({ value });
  const subject = `${kind}/${name}`;
  const detail = `${subject} is nested deeper than ${deepestDocument} levels, and is left out`;
  return { kind: "invalid", subject, detail, location: locationOfSource({ document, path: [] }) };
}

function workshopOf(sources: Sources, kustomizationAt: Workshop["kustomizationAt"]): Workshop {
  const documentsOf = remembered((path: string) => sources.documentsOf(path));
  const kinds = new Set<string>();
  const ofKind = remembered((kind: string): Workshop => ({ ...workshop, kind, finished: new Map() }));
  const workshop: Workshop = {
    sources: { ...sources, documentsOf },
    kustomizationAt,
    patchOf: remembered((entry) => {
      const beyond = outside(entry.file, sources);
      if (beyond !== undefined) return { kind: "outside", detail: beyond };
      const isUnreadable = entry.file !== undefined && !documentsOf(entry.file) && sources.isFile(entry.file);
      if (isUnreadable) return { kind: "patch", detail: `${entry.file} cannot be read` };
      return readPatch(entry, documentsOf);
    }),
    replacementsOf: remembered(
      (entry) => outside(entry.file, sources) ?? readReplacements(entry, documentsOf),
    ),
    kind: undefined,
    ofKind,
    kindToBuild(kind) {
      if (kinds.size < mostKinds) kinds.add(kind);
      return kinds.has(kind) ? kind : "";
    },
    finished: new Map(),
    components: 0,
  };
  return workshop;
}

/** What is said of a file that lies beyond what may be read. */
function outside(path: string | undefined, sources: Sources): string | undefined {
  return path !== undefined && sources.isOutside(path)
    ? `${path} is outside of ${sources.bounds ?? "the repository"}, and is not read`
    : undefined;
}

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (known.has(key)) return known.get(key) as V;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}

function kustomizationReader(sources: Sources): (directory: string) => Kustomization | undefined {
  const known = new Map<string, Kustomization | undefined>();
  return (directory) => {
    if (!known.has(directory)) {
      const document = sources.kustomizations.get(directory) ?? kustomizationBeyond(directory, sources);
      known.set(directory, document && readKustomization(document, directory));
    }
    return known.get(directory);
  };
}

function kustomizationBeyond(directory: string, sources: Sources): Document | undefined {
  for (const name of kustomizationNames) {
    const [document] = sources.documentsOf(joinPath(directory, name)) ?? [];
    if (document) return document;
  }
  return undefined;
}

/** The objects of a kustomization that is no component, with its transformations; shared by all that include it. */
function accumulate(kustomization: Kustomization, above: readonly string[], workshop: Workshop): Accumulated {
  const known = workshop.finished.get(kustomization.directory);
  if (known) return known;
  const result = addTo(nothing, kustomization, above, workshop);
  workshop.finished.set(kustomization.directory, result);
  return result;
}

/** What a kustomization makes of what was there before it: nothing, unless it is a component. */
function addTo(
  before: Accumulated,
  kustomization: Kustomization,
  above: readonly string[],
  workshop: Workshop,
): Accumulated {
  const stack = [...above, kustomization.directory];
  let result = step(before, workshop, (made, shop) => addResources(made, kustomization, stack, shop));
  const failed: BuildProblem[] = [];
  for (const entry of kustomization.components) {
    result = addComponent(result, entry, stack, workshop, failed);
  }
  // A component that is reached over and over brings its problems once.
  if (failed.length > 0) result = { ...result, problems: distinctProblems([...result.problems, ...failed]) };
  result = step(result, workshop, (made, shop) => transformAll(made, kustomization, shop));
  return replaceAll(result, kustomization, workshop);
}

/** A step of a build; it is done to the objects of another kind as well when they are asked for. */
function step(before: Accumulated, workshop: Workshop, make: Stage["make"]): Accumulated {
  const stage: Stage = { before: before.stage, make, workshop, known: new Map() };
  return { ...make(before, workshop), stage };
}

/** The objects of a kind ("" for all) at the same point of the build, made when a replacement reads one of them. */
function ofKind({ stage: last }: Accumulated, kind: string): Accumulated {
  const open: Stage[] = [];
  let result = nothing;
  for (let stage = last; stage; stage = stage.before) {
    const known = stage.known.get(kind);
    if (known) {
      result = known;
      break;
    }
    open.push(stage);
  }
  for (const stage of open.reverse()) {
    result = { ...stage.make(result, stage.workshop.ofKind(kind)), stage };
    stage.known.set(kind, result);
  }
  return result;
}

function addResources(
  before: Made,
  kustomization: Kustomization,
  stack: readonly string[],
  workshop: Workshop,
): Made {
  const gathering = gather(before);
  addAll(gathering.problems, kustomization.problems);
  for (const entry of kustomization.resources) addResource(gathering, entry, stack, workshop);
  const { kind, sources } = workshop;
  const isAsked = kind !== undefined && kustomization.generates;
  const drafts = isAsked ? generate(gathering.drafts, kustomization, kind, sources.textOf) : gathering.drafts;
  return { drafts, problems: [...gathering.problems] };
}

function transformAll({ drafts, problems }: Made, kustomization: Kustomization, { patchOf }: Workshop): Made {
  const first = applyPatches(drafts, kustomization.patches, patchOf);
  const moved = first.drafts.map((draft) => transform(draft, kustomization));
  const last = applyPatches(moved, kustomization.patchesJson6902, patchOf);
  return { drafts: last.drafts, problems: [...problems, ...first.problems, ...last.problems] };
}

function replaceAll(before: Accumulated, kustomization: Kustomization, workshop: Workshop): Accumulated {
  let result = before;
  for (const entry of kustomization.replacements) {
    const read = workshop.replacementsOf(entry);
    if (typeof read === "string") {
      result = step(result, workshop, (made) => withReplacementProblem(made, entry, read));
    } else {
      for (const one of read)
        result = step(result, workshop, (made, shop) => replace(made, one, entry, shop));
    }
  }
  return result;
}

function replace(
  before: Accumulated,
  replacement: Replacement,
  entry: ReplacementEntry,
  workshop: Workshop,
): Made {
  const candidates = (kind: string) => ofKind(before, workshop.kindToBuild(kind)).drafts;
  const drafts = applyReplacement(before.drafts, replacement, candidates, before.problems.length === 0);
  return typeof drafts === "string" ? withReplacementProblem(before, entry, drafts) : { ...before, drafts };
}

function withReplacementProblem(
  { drafts, problems }: Made,
  { file, source }: ReplacementEntry,
  detail: string,
): Made {
  const subject = file ?? "an inline replacement";
  return {
    drafts,
    problems: [...problems, { kind: "replacement", subject, detail, location: locationOfSource(source) }],
  };
}

interface Gathering {
  readonly drafts: Draft[];
  readonly problems: Set<BuildProblem>;
  readonly identities: Set<string>;
}

function gather({ drafts, problems }: Made): Gathering {
  const identities = new Set(drafts.map((draft) => identityKey(identityOf(draft))));
  return { drafts: [...drafts], problems: new Set(problems), identities };
}

/** Bases that are reached twice bring their problems once. */
function addAll(known: Set<BuildProblem>, problems: readonly BuildProblem[]): void {
  for (const one of problems) known.add(one);
}

function addResource(gathering: Gathering, entry: Entry, stack: readonly string[], workshop: Workshop): void {
  const found = isRemoteFile(entry.value) ? undefined : resourcesAt(entry.path, workshop);
  if (found) {
    addDrafts(gathering, found.map(draftOf), entry);
    return;
  }
  const base = baseAt(entry, stack, false, workshop);
  if ("kind" in base) {
    gathering.problems.add(base);
    return;
  }
  const { drafts, problems } = accumulate(base, stack, workshop);
  addAll(gathering.problems, problems);
  addDrafts(gathering, drafts, entry);
}

function isRemoteFile(entry: string): boolean {
  return /^https?:/i.test(entry);
}

function resourcesAt(path: string, { sources, kind }: Workshop): readonly Resource[] | undefined {
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

function addDrafts(gathering: Gathering, drafts: readonly Draft[], entry: Entry): void {
  for (const draft of drafts) {
    const identity = identityOf(draft);
    const key = identityKey(identity);
    if (gathering.identities.has(key)) {
      const subject = `${identity.kind}/${identity.name}`;
      gathering.problems.add(
        problem("conflict", entry, subject, `${subject} is already there`, "when-complete"),
      );
    } else {
      gathering.identities.add(key);
      gathering.drafts.push(draft);
    }
  }
}

function addComponent(
  before: Accumulated,
  entry: Entry,
  stack: readonly string[],
  workshop: Workshop,
  failed: BuildProblem[],
): Accumulated {
  workshop.components++;
  if (workshop.components > mostComponents) {
    const detail = `more than ${mostComponents} components in one build`;
    const isFirst = workshop.components === mostComponents + 1;
    if (isFirst) failed.push(problem("cycle", entry, entry.value, detail));
    return before;
  }
  const base = baseAt(entry, stack, true, workshop);
  if (!("kind" in base)) return addTo(before, base, stack, workshop);
  failed.push(base);
  return before;
}

/** The kustomization that an entry names, or why there is none. */
function baseAt(
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

function problem(
  kind: BuildProblem["kind"],
  entry: Entry,
  subject: string,
  detail: string,
  refused?: BuildProblem["refused"],
): BuildProblem {
  return { kind, subject, detail, location: locationOfSource(entry.source), ...(refused && { refused }) };
}
