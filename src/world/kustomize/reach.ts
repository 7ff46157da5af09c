/** How far a build by kustomize itself would reach: the directories that it takes part in, and what forbids to run it. */
import type { Document } from "../../source/document.ts";
import type { Node } from "../../source/node.ts";
import type { Kustomization, PluginEntry } from "./kustomization.ts";
import { isInline, partsOf } from "./kustomization.ts";
import { isRemote, joinPath } from "./path.ts";
import { kustomizationNames, type Sources } from "./workshop.ts";

export interface Reach {
  /** The directories of all kustomizations that take part. */
  readonly directories: readonly string[];
  /** Why kustomize must not be run: it would leave the repository, or fetch something. */
  readonly obstacle: string | undefined;
}

/** What there is to read of kustomizations. */
export interface ReachSources extends Pick<Sources, "documentsOf" | "isOutside" | "isFile" | "bounds"> {
  kustomizationAt(directory: string): Kustomization | undefined;
}

/** More than any build has. */
const mostParts = 20_000;

interface Part {
  readonly path: string;
  /** Whether what it holds are plugins, which name files themselves. */
  readonly isPlugin: boolean;
}

/**
 * Follows everything that kustomize v5.8.1 would read for a directory. Its load restrictor stops files outside of a directory, but
 * neither directories nor URLs, and no proxy stands between it and services of this machine.
 */
export function reachOf(root: string, sources: ReachSources): Reach {
  const directories = new Set<string>();
  const known = new Set<string>();
  const open: Part[] = [{ path: root, isPlugin: false }];
  const stopped = (obstacle: string): Reach => ({ directories: [...directories], obstacle });
  for (let part = open.pop(); part; part = open.pop()) {
    const { path, isPlugin } = part;
    const key = `${isPlugin} ${path}`;
    if (known.has(key)) continue;
    known.add(key);
    if (known.size > mostParts) return stopped(`it has more than ${mostParts} parts`);
    if (sources.isOutside(path))
      return stopped(`${path} is outside of ${sources.bounds ?? "the repository"}`);
    const kustomization = sources.kustomizationAt(path);
    const unread = kustomization ? undefined : unreadIn(path, sources);
    if (unread !== undefined) return stopped(`${unread} cannot be read`);
    const file = kustomization ? kustomization.document.file.path : isPlugin ? path : undefined;
    const documents = file === undefined ? [] : (sources.documentsOf(file) ?? []);
    const found = oddityIn(documents, kustomization !== undefined) ?? urlIn(documents, !kustomization);
    if (found !== undefined) return stopped(found);
    if (!kustomization) continue;
    directories.add(path);
    const remote = remoteIn(kustomization);
    if (remote !== undefined) return stopped(`it would fetch ${remote}`);
    const { plugins } = kustomization;
    open.push(...plugins.flatMap((one) => pluginPart(one)));
    open.push(...partsOf({ ...kustomization, plugins: [] }).map((one) => ({ path: one, isPlugin })));
  }
  return { directories: [...directories], obstacle: undefined };
}

function pluginPart({ inline, path }: PluginEntry): readonly Part[] {
  return inline ? [] : [{ path, isPlugin: true }];
}

function remoteIn({ resources, components, plugins }: Kustomization): string | undefined {
  const named = [...resources, ...components, ...plugins.filter(({ inline }) => !inline)];
  return named.find(({ value }) => isRemote(value))?.value;
}

/** Fields that hold no names of files. */
const withoutFiles: ReadonlySet<string> = new Set([
  "annotations",
  "buildmetadata",
  "commonannotations",
  "commonlabels",
  "generatoroptions",
  "helmchartinflationgenerator",
  "helmcharts",
  "helmglobals",
  "images",
  "imagetags",
  "jsonop",
  "labels",
  "literals",
  "metadata",
  "options",
  "patch",
  "vars",
]);
const ofPlugins: ReadonlySet<string> = new Set(["generators", "transformers", "validators"]);

/** A kustomization that is there and cannot be read here, though kustomize may read it. */
function unreadIn(directory: string, { isFile }: ReachSources): string | undefined {
  return kustomizationNames.map((name) => joinPath(directory, name)).find((path) => isFile(path));
}

/** Tags, by which a text may stand for another one. */
const tag = /!!|!<|^%/m;

/** What kustomize may read in another way than it is read here. */
function oddityIn(documents: readonly Document[], isKustomization: boolean): string | undefined {
  const [first, ...others] = documents;
  if (!first) return undefined;
  const { path, text } = first.file;
  if (tag.test(text.replace(/^\s*#.*$/gm, ""))) return `${path} has tags of YAML`;
  if (!isKustomization) return undefined;
  if (others.length > 0) return `${path} has several documents`;
  const reading = first.read();
  const root = reading.ok ? reading.root : undefined;
  const keys = root?.type === "map" ? root.entries.map(({ key }) => key.toLowerCase()) : [];
  return new Set(keys).size < keys.length ? `${path} has a field twice` : undefined;
}

/** A URL where the name of a file may stand; undefined where there is none. What cannot be read may hold one. */
function urlIn(documents: readonly Document[], isPlugin: boolean): string | undefined {
  for (const document of documents) {
    const reading = document.read();
    if (!reading.ok) return `${document.file.path} cannot be read`;
    const found = reading.root && urlBelow(reading.root, isPlugin, new Set());
    if (found !== undefined) return found;
  }
  return undefined;
}

function urlBelow(node: Node, isStrict: boolean, seen: Set<Node>): string | undefined {
  if (node.type === "scalar") return urlOf(node.value, isStrict);
  if (seen.has(node)) return undefined;
  seen.add(node);
  const below =
    node.type === "list"
      ? node.items.map((item) => ({ key: "", value: item }))
      : node.entries.filter(({ key }) => !withoutFiles.has(key.toLowerCase()));
  for (const { key, value } of below) {
    const isOfPlugins = ofPlugins.has(key.toLowerCase());
    const found = urlBelow(value, isStrict || isOfPlugins, isOfPlugins ? new Set() : seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is the matter with a text that may name a file: a text of several lines is a patch and no name, unless it begins with a URL; among plugins it may name one on any line. */
function urlOf(value: unknown, isStrict: boolean): string | undefined {
  if (typeof value !== "string") return undefined;
  if (isStrict && isInline(value) && tag.test(value)) return "a plugin has tags of YAML";
  if (!value.includes("://")) return undefined;
  const isText = value.trim().includes("\n") && !/^\s*\S*:\/\//.test(value);
  if (isText && !isStrict) return undefined;
  return `it would fetch ${/\S*:\/\/\S*/.exec(value)?.[0] ?? value}`;
}
