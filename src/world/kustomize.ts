/** Builds kustomizations as far as it matters for injection: which objects each root brings into the cluster, and how. */
import { isDeeper } from "../kube/json.ts";
import { deepestDocument } from "../source/read.ts";
import type { Problem } from "./collect.ts";
import { type Fault, guarded } from "./guard.ts";
import { built, isDeployed } from "./kustomize/built.ts";
import { type Draft, draftOf, identityKey, identityOf } from "./kustomize/draft.ts";
import { type Generation, generate, generateOne, generationOf } from "./kustomize/generator.ts";
import {
  type BuildProblem,
  type Entry,
  type Kustomization,
  locationOfSource,
  type PluginEntry,
  type ReplacementEntry,
  type Setting,
  type Transformation,
  type Variable,
} from "./kustomize/kustomization.ts";
import { baseAt, isRemoteFile, problem, requireFile, resourcesAt } from "./kustomize/named.ts";
import { applyPatches, inlineDocuments } from "./kustomize/patch.ts";
import { transformationOf } from "./kustomize/plugins.ts";
import { isModelled, refusalIn, refusalsOf } from "./kustomize/refused.ts";
import { applyReplacement, type Replacement } from "./kustomize/replacement.ts";
import { pulledInBy, rootsOf } from "./kustomize/roots.ts";
import { mergedRules, noRules, type Rules } from "./kustomize/rules.ts";
import { distinctProblems, skippedOf } from "./kustomize/skipped.ts";
import { transformer } from "./kustomize/transform.ts";
import { fillIn } from "./kustomize/vars.ts";
import {
  type Accumulated,
  kustomizationReader,
  type Made,
  type Sources,
  type Stage,
  type Workshop,
  workshopOf,
} from "./kustomize/workshop.ts";
import { resourcesOf } from "./resource.ts";
import type { Placed, Skipped } from "./world.ts";

export type { BuildProblem } from "./kustomize/kustomization.ts";
export type { Sources } from "./kustomize/workshop.ts";

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
  /** The kustomization of a directory; undefined where there is none that can be read. */
  kustomizationAt(directory: string): Kustomization | undefined;
  /** What is built of a kustomization that is not quite the one of its directory; undefined where sidelint itself fails at it. */
  buildOf(root: Kustomization): Build | undefined;
}

const nothing: Accumulated = { drafts: [], problems: [], rules: noRules, variables: [], stage: undefined };

/** More than any repository has; they keep kustomizations that include each other over and over in bounds. */
const mostComponents = 10_000;

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
  const make = (root: Kustomization, accumulated: (workshop: Workshop) => Accumulated) =>
    guarded(root.document.file, faults, () => {
      const workshop = { ...shared, components: 0 };
      const { drafts, problems } = withVariables(accumulated(workshop), workshop);
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
  const builds = rootsOf(all, sources.identityOf).flatMap((root): readonly Build[] => {
    const made = make(root, (workshop) => accumulate(root, [], workshop));
    if (!made) return [];
    // A component by itself lacks the objects that its patches are for.
    const refusals = refusalsOf(
      made.problems,
      () => !root.component && isModelled(root, { ...sources, kustomizationAt }),
    );
    for (const one of refusals) refused.add(one);
    const skipped = made.problems.filter(
      (one) => !refusals.includes(one) && !(root.component && one.refused === "when-complete"),
    );
    return [{ ...made, skipped: skippedOf(skipped, counted) }];
  });
  return {
    builds,
    pulledIn: pulledInBy(all, sources.kustomizations),
    faults,
    refused: distinctProblems([...refused]).flatMap((one) =>
      refusalIn(one, (path) => sources.documentsOf(path)),
    ),
    kustomizationAt,
    buildOf(root) {
      const made = make(root, (workshop) => addTo(nothing, root, [], workshop));
      return made && { ...made, skipped: skippedOf(made.problems, counted) };
    },
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
  result = transformed(result, kustomization, workshop);
  const plugins = kustomization.plugins.filter(({ field }) => field === "transformers");
  if (plugins.length === 0) return withDeclared(result, kustomization, workshop);
  const { transformations, problems } = transformationsOf(plugins, kustomization, stack, workshop);
  for (const one of transformations) result = transformed(result, one, workshop);
  const unknown = [...problems].find(({ kind }) => unrun.has(kind));
  const changedBy =
    unknown && `The transformer ${unknown.subject} is not run, and may change anything of the pod`;
  result = step(result, workshop, (made) => ({
    ...made,
    drafts: changedBy === undefined ? made.drafts : made.drafts.map((one) => ({ changedBy, ...one })),
    problems: [...made.problems, ...problems],
  }));
  return withDeclared(result, kustomization, workshop);
}

/** Problems of transformers that say that what these do is not known. */
const unrun: ReadonlySet<BuildProblem["kind"]> = new Set(["plugin", "remote", "outside"]);

/** Variables are known from where they are declared on, and filled in at the end. */
function withDeclared(before: Accumulated, { variables }: Kustomization, workshop: Workshop): Accumulated {
  if (variables.length === 0) return before;
  return step(before, workshop, (made) => ({ ...made, variables: [...made.variables, ...variables] }));
}

function withVariables(before: Accumulated, workshop: Workshop): Made {
  const { drafts, variables, rules } = before;
  if (variables.length === 0) return before;
  const candidates = (kind: string) => ofKind(before, workshop.kindToBuild(kind)).drafts;
  return { ...before, drafts: fillIn(drafts, variables, rules, candidates) };
}

function transformed(before: Accumulated, transformation: Transformation, workshop: Workshop): Accumulated {
  const result = step(before, workshop, (made, shop) => transformAll(made, transformation, shop));
  return replaceAll(result, transformation, workshop);
}

/** What the objects do that `transformers` name or hold. They are objects of a build themselves. */
function transformationsOf(
  entries: readonly PluginEntry[],
  { directory }: Kustomization,
  stack: readonly string[],
  workshop: Workshop,
): { readonly transformations: readonly Transformation[]; readonly problems: Iterable<BuildProblem> } {
  const { drafts, problems, cannot } = pluginsOf(entries, stack, workshop);
  const transformations: Transformation[] = [];
  for (const { draft, entry } of drafts) {
    const one = transformationOf(draft, directory);
    if (one) transformations.push(one);
    else cannot(entry);
  }
  return { transformations, problems };
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
  for (const entry of kustomization.needs) requireFile(gathering.problems, entry, workshop);
  const { kind, sources } = workshop;
  const isAsked = kind !== undefined && kustomization.generates;
  let drafts = isAsked ? generate(gathering.drafts, kustomization, kind, sources.textOf) : gathering.drafts;
  for (const one of generationsOf(gathering.problems, kustomization, stack, workshop)) {
    const isWanted = kind === "" || kind === one.kind;
    if (isWanted) drafts = generateOne(drafts, one, kustomization.directory, sources.textOf);
  }
  let { rules } = gathering;
  for (const { path } of kustomization.configurations) rules = mergedRules(rules, workshop.rulesOf(path));
  return { drafts, problems: [...gathering.problems], rules, variables: gathering.variables };
}

/** What the objects generate that `generators` name or hold. */
function generationsOf(
  problems: Set<BuildProblem>,
  { plugins }: Kustomization,
  stack: readonly string[],
  workshop: Workshop,
): readonly Generation[] {
  const entries = plugins.filter(({ field }) => field === "generators");
  if (entries.length === 0) return [];
  const found = pluginsOf(entries, stack, workshop);
  const generations: Generation[] = [];
  for (const { draft, entry } of found.drafts) {
    const one = generationOf(draft);
    if (one) generations.push(one);
    else found.cannot(entry);
  }
  addAll(problems, found.problems);
  return generations;
}

function transformAll(made: Made, todo: Transformation, { patchOf }: Workshop): Made {
  const { drafts, problems, rules } = made;
  const first = applyPatches(drafts, todo.patches, patchOf);
  const moved = first.drafts.map(transformer(todo, rules));
  const crowded = todo.namespace ? crowdedBy(moved, todo.namespace) : [];
  const last = applyPatches(moved, todo.patchesJson6902, patchOf);
  return {
    ...made,
    drafts: last.drafts,
    problems: [...problems, ...first.problems, ...crowded, ...last.problems],
  };
}

/** The objects that a namespace brings together although they are called alike. */
function crowdedBy(drafts: readonly Draft[], { value, source }: Setting): readonly BuildProblem[] {
  const known = new Set<string>();
  return drafts.flatMap((draft): readonly BuildProblem[] => {
    const identity = identityOf(draft);
    const key = identityKey(identity);
    if (!known.has(key)) {
      known.add(key);
      return [];
    }
    const subject = `${identity.kind}/${identity.name}`;
    const detail = `namespace ${value} makes two objects ${subject}`;
    return [
      { kind: "conflict", subject, detail, location: locationOfSource(source), refused: "when-complete" },
    ];
  });
}

function replaceAll(before: Accumulated, { replacements }: Transformation, workshop: Workshop): Accumulated {
  let result = before;
  for (const entry of replacements) {
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

function withReplacementProblem(made: Made, { file, source }: ReplacementEntry, detail: string): Made {
  const subject = file ?? "an inline replacement";
  const found: BuildProblem = { kind: "replacement", subject, detail, location: locationOfSource(source) };
  return { ...made, problems: [...made.problems, found] };
}

interface Gathering {
  readonly drafts: Draft[];
  readonly problems: Set<BuildProblem>;
  readonly identities: Set<string>;
  rules: Rules;
  variables: readonly Variable[];
}

function gather({ drafts, problems, rules, variables }: Made): Gathering {
  const identities = new Set(drafts.map((draft) => identityKey(identityOf(draft))));
  return { drafts: [...drafts], problems: new Set(problems), identities, rules, variables };
}

/** The objects that entries of `transformers` or `generators` name or hold, with what keeps them from being read. */
function pluginsOf(entries: readonly PluginEntry[], stack: readonly string[], workshop: Workshop) {
  const gathering = gather(nothing);
  const drafts: { readonly draft: Draft; readonly entry: PluginEntry }[] = [];
  for (const entry of entries) {
    const before = gathering.drafts.length;
    if (entry.inline) addDrafts(gathering, inlineObjects(entry), entry);
    else addResource(gathering, entry, stack, workshop.ofKind(""));
    for (const draft of gathering.drafts.slice(before)) drafts.push({ draft, entry });
  }
  const cannot = (entry: PluginEntry): void => {
    const subject = entry.inline ? "an inline plugin" : entry.value;
    gathering.problems.add(problem("plugin", entry, subject, `${subject} in ${entry.field} is not run`));
  };
  return { drafts, cannot, problems: gathering.problems };
}

function inlineObjects({ value, source }: PluginEntry): readonly Draft[] {
  return inlineDocuments({ text: value, source }).flatMap((document) => {
    const reading = document.read();
    return reading.ok ? resourcesOf(document, reading.root).map(draftOf) : [];
  });
}

/** Bases that are reached twice bring their problems once. */
function addAll(known: Set<BuildProblem>, problems: Iterable<BuildProblem>): void {
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
  const { drafts, problems, rules, variables } = accumulate(base, stack, workshop);
  addAll(gathering.problems, problems);
  gathering.rules = mergedRules(gathering.rules, rules);
  if (variables.length > 0) gathering.variables = [...new Set([...gathering.variables, ...variables])];
  addDrafts(gathering, drafts, entry);
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
