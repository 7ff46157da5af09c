/** Finds the manifests below the given paths, as a person in the repository would expect: without what git ignores. */
import { type IgnoreRules, ignoreLines, judgePath, noIgnoreRules, openedFor, withLayer } from "./ignore.ts";
import { absolutePath, isInside, relativePath } from "./path.ts";
import { repositoryAbove } from "./reach.ts";
import type { FileTree, ReadFailure, TreeEntry } from "./tree.ts";

export interface WalkOptions {
  /** Further patterns as in .gitignore, stronger than those of every file. */
  readonly ignore?: readonly string[] | undefined;
  /** The directory that these patterns are relative to; default ".". */
  readonly ignoreBase?: string | undefined;
}

export interface Walked {
  /** Relative to the tree's root where they lie inside, each once, in code unit order. */
  readonly files: readonly string[];
  /** What could not be listed or does not exist. */
  readonly failures: readonly WalkFailure[];
  /** Links that lead out of the given paths, which are not followed. */
  readonly outsideLinks: readonly string[];
}

export type WalkFailure = ReadFailure;

interface Directory {
  /** As reported. */
  readonly path: string;
  readonly absolute: string;
  readonly identity: string;
  /** The rules of the directories above; its own are added when it is listed. */
  readonly rules: IgnoreRules;
}

interface Walk {
  readonly tree: FileTree;
  readonly cwd: string;
  readonly options: WalkOptions;
  readonly files: Set<string>;
  readonly failures: ReadFailure[];
  readonly outsideLinks: string[];
  /** Identity of every directory that was listed → the path it was listed under. */
  readonly visited: Map<string, string>;
  /** Identities of the given paths. */
  readonly roots: string[];
  /** Links wait until everything real is read, so that a file is known by its own path. */
  readonly links: { readonly name: string; readonly parent: Directory }[];
}

/**
 * Lists the *.yaml, *.yml and *.json files (and files named Kustomization) below paths. A path given is read even if it is
 * hidden or ignored; below it hidden directories, node_modules and what .gitignore or .sidelintignore name are left out.
 */
export function walk(tree: FileTree, paths: readonly string[] = ["."], options: WalkOptions = {}): Walked {
  const state: Walk = {
    tree,
    cwd: (tree.root ?? "").replace(/\/$/, ""),
    options,
    files: new Set(),
    failures: [],
    outsideLinks: [],
    visited: new Map(),
    roots: [],
    links: [],
  };
  const directories: Directory[] = [];
  for (const path of paths.length === 0 ? ["."] : paths) {
    const root = openRoot(state, path);
    if (root) directories.push(root);
  }
  for (const directory of directories) listDirectory(state, directory);
  followLinks(state);
  return {
    files: [...state.files].sort(),
    failures: state.failures,
    outsideLinks: state.outsideLinks,
  };
}

/** Takes a given path in: a file at once, a directory as something to list. */
function openRoot(state: Walk, given: string): Directory | undefined {
  const absolute = absolutePath(state.cwd, given);
  const path = relativePath(state.cwd, absolute);
  const found = state.tree.stat(path);
  if (!found) {
    state.failures.push({ path, reason: state.tree.whyAbsent?.(path) ?? "no such file or directory" });
    return undefined;
  }
  state.roots.push(found.identity);
  if (found.type !== "directory") {
    state.files.add(path);
    return undefined;
  }
  return { path, absolute, identity: found.identity, rules: rulesAbove(state, absolute) };
}

function listDirectory(state: Walk, directory: Directory): void {
  if (state.visited.has(directory.identity)) return;
  state.visited.set(directory.identity, directory.path);
  const entries = state.tree.list(directory.path);
  if ("reason" in entries) {
    state.failures.push(entries);
    return;
  }
  const rules = rulesInside(state, directory, entries);
  const here = { ...directory, rules };
  for (const { name, type } of inOrder(entries)) {
    if (type === "file") addFile(state, here, name);
    else if (type === "directory") {
      if (isHidden(name)) continue;
      const absolute = `${here.absolute}/${name}`;
      const inside = rulesForDirectory(rules, absolute);
      if (!inside) continue;
      const identity = joined(here.identity, name);
      listDirectory(state, { path: joined(here.path, name), absolute, identity, rules: inside });
    } else if (type === "link") state.links.push({ name, parent: here });
  }
}

function addFile(state: Walk, directory: Directory, name: string): void {
  if (!isManifestName(name)) return;
  if (judgePath(directory.rules, `${directory.absolute}/${name}`, false) === "ignored") return;
  state.files.add(joined(directory.path, name));
}

/** Follows links to what lies inside the given paths and was not read under its own name; each target once. */
function followLinks(state: Walk): void {
  const reached = new Set<string>();
  for (let link = state.links.shift(); link; link = state.links.shift()) {
    const { name, parent } = link;
    const path = joined(parent.path, name);
    if (isHidden(name) && !isManifestName(name)) continue;
    const target = state.tree.stat(path);
    if (!target) {
      if (isManifestName(name)) state.failures.push({ path, reason: "a link that leads nowhere" });
      continue;
    }
    if (target.type === "other" || (target.type === "file" && !isManifestName(name))) continue;
    const absolute = `${parent.absolute}/${name}`;
    if (!state.roots.some((root) => isInside(root, target.identity))) {
      if (judgePath(parent.rules, absolute, target.type === "directory") !== "ignored") {
        state.outsideLinks.push(path);
      }
    } else if (target.type === "directory") {
      const rules = isHidden(name) ? undefined : rulesForDirectory(parent.rules, absolute);
      if (rules) listDirectory(state, { path, absolute, identity: target.identity, rules });
    } else if (!reached.has(target.identity) && !isRead(state, target.identity)) {
      reached.add(target.identity);
      addFile(state, parent, name);
    }
  }
}

function isRead(state: Walk, identity: string): boolean {
  if (state.files.has(identity)) return true;
  const slash = identity.lastIndexOf("/");
  const directory = state.visited.get(slash < 0 ? "." : identity.slice(0, slash));
  return directory !== undefined && state.files.has(joined(directory, identity.slice(slash + 1)));
}

/** The rules inside a directory that is not ignored; undefined when it is. */
function rulesForDirectory(rules: IgnoreRules, absolute: string): IgnoreRules | undefined {
  const verdict = judgePath(rules, absolute, true);
  if (verdict === "ignored") return undefined;
  return verdict === "reincluded" ? openedFor(rules, absolute) : rules;
}

/** The rules of every directory from the top of the repository down to the parent of a given path. */
function rulesAbove(state: Walk, absolute: string): IgnoreRules {
  const { ignore = [], ignoreBase = "." } = state.options;
  let rules: IgnoreRules = noIgnoreRules;
  for (const directory of directoriesDownTo(topOf(state, absolute), absolute)) {
    rules = openedFor(rules, directory);
    if (directory !== absolute) rules = readIgnoreFiles(state, rules, directory, ignoreFileNames);
  }
  return openedFor(withLayer(rules, "configured", absolutePath(state.cwd, ignoreBase), ignore), absolute);
}

function rulesInside(state: Walk, directory: Directory, entries: readonly TreeEntry[]): IgnoreRules {
  const present = ignoreFileNames.filter((wanted) => entries.some(({ name }) => name === wanted));
  return present.length === 0
    ? directory.rules
    : readIgnoreFiles(state, directory.rules, directory.absolute, present);
}

const ignoreFileNames = [".gitignore", ".sidelintignore"] as const;

function readIgnoreFiles(
  state: Walk,
  above: IgnoreRules,
  directory: string,
  names: readonly (typeof ignoreFileNames)[number][],
): IgnoreRules {
  let rules = above;
  for (const name of names) {
    const bytes = state.tree.read(joined(relativePath(state.cwd, directory), name));
    if ("reason" in bytes) continue;
    const lines = ignoreLines(new TextDecoder().decode(bytes));
    rules = withLayer(rules, name === ".gitignore" ? "git" : "own", directory, lines);
  }
  return rules;
}

/** The directory with `.git` at or above a path; without one the tree's root where the path lies inside it, else the path. */
function topOf(state: Walk, absolute: string): string {
  const repository = repositoryAbove(state.tree, state.cwd, absolute);
  if (repository !== undefined) return repository;
  return isInside(state.cwd, absolute) ? state.cwd : absolute;
}

/** `top`, …, `bottom`: every directory between two, both included. */
function directoriesDownTo(top: string, bottom: string): readonly string[] {
  const directories = [bottom];
  for (let directory = bottom; directory.length > top.length; ) {
    directory = directory.slice(0, directory.lastIndexOf("/"));
    directories.unshift(directory);
  }
  return directories;
}

/** Entries so that a depth-first walk meets the paths in code unit order. */
function inOrder(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  return entries
    .map((entry) => ({ entry, key: entry.type === "directory" ? `${entry.name}/` : entry.name }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }) => entry);
}

function isManifestName(name: string): boolean {
  return (
    name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json") || name === "Kustomization"
  );
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

function joined(directory: string, name: string): string {
  if (directory === ".") return name;
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}
