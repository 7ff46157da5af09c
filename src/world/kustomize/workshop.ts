/** Where builds are made: what they read, each thing once, and what is finished so far. */
import type { Document } from "../../source/document.ts";
import type { Resource } from "../world.ts";
import type { Draft } from "./draft.ts";
import {
  type BuildProblem,
  type Kustomization,
  type PatchEntry,
  type ReplacementEntry,
  readKustomization,
  type Variable,
} from "./kustomization.ts";
import { type PatchDocument, type PatchFailure, readPatch } from "./patch.ts";
import { joinPath } from "./path.ts";
import { type Replacement, readReplacements } from "./replacement.ts";
import { type Rules, readRules } from "./rules.ts";

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
  /** What a directory is after following links, the same for two paths of one; default: there are no links. */
  identityOf?(path: string): string | undefined;
}

/** What a build is made of so far. */
export interface Made {
  readonly drafts: readonly Draft[];
  readonly problems: readonly BuildProblem[];
  /** What its configurations say. */
  readonly rules: Rules;
  readonly variables: readonly Variable[];
}

export interface Accumulated extends Made {
  /** The step that made it, which can be done to the objects of another kind as well. */
  readonly stage: Stage | undefined;
}

/** A step of a build, which can be taken again for the objects of another kind. */
export interface Stage {
  readonly before: Stage | undefined;
  readonly make: (before: Accumulated, workshop: Workshop) => Made;
  readonly workshop: Workshop;
  /** What it made of the objects of a kind ("" for all). */
  readonly known: Map<string, Accumulated>;
}

/** What the steps of builds share: what was read, and what is finished. */
export interface Workshop {
  readonly sources: Sources;
  readonly kustomizationAt: (directory: string) => Kustomization | undefined;
  readonly patchOf: (entry: PatchEntry) => readonly PatchDocument[] | PatchFailure;
  readonly replacementsOf: (entry: ReplacementEntry) => readonly Replacement[] | string;
  readonly rulesOf: (path: string) => Rules;
  /** The kind of the objects that are built ("" for all); undefined for those that may decide on injection. */
  readonly kind: string | undefined;
  ofKind(kind: string): Workshop;
  /** The kind to build when one is asked for: itself, or all of them at once when many were asked for. */
  kindToBuild(kind: string): string;
  readonly finished: Map<string, Accumulated>;
  /** Components applied so far in this build. */
  components: number;
}

/** What the file of a kustomization may be called. */
export const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/** Kinds that are built one by one for replacements. */
const mostKinds = 50;

/** A workshop for the kustomizations of a tree, with nothing finished in it. */
export function workshopOf(sources: Sources, kustomizationAt: Workshop["kustomizationAt"]): Workshop {
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
    rulesOf: remembered((path) => readRules(documentsOf(path) ?? [])),
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
export function outside(path: string | undefined, sources: Sources): string | undefined {
  return path !== undefined && sources.isOutside(path)
    ? `${path} is outside of ${sources.bounds ?? "the repository"}, and is not read`
    : undefined;
}

/** A function that works each of its answers out once. */
export function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (known.has(key)) return known.get(key) as V;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}

/** Reads the kustomization of a directory once, also of one beyond what was asked for. */
export function kustomizationReader(sources: Sources): (directory: string) => Kustomization | undefined {
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
