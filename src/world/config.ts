/** The configuration, sidelint.yaml: found, read, and checked against its schema with errors that point into it. */
import { readDocuments } from "../source/document.ts";
import { type Location, locationOf, type Part } from "../source/locate.ts";
import { entryOf, type Node, type Path, toValue, type Value } from "../source/node.ts";
import { absolutePath, isInside, relativePath } from "../source/path.ts";
import type { Duplicate, SourceFile } from "../source/reading.ts";
import type { FileTree } from "../source/tree.ts";
import { impossibleValues } from "./config-values.ts";
import type { ConfigFile } from "./generated/config.ts";
import { validate } from "./generated/config-validator.js";
import {
  type FileFault,
  inOrder,
  locate,
  nameOf,
  problem,
  schemaProblems,
  textOf,
} from "./schema-problems.ts";

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** What sidelint.yaml says; documented by schemas/config.schema.json. */
export type Config = Frozen<ConfigFile>;

/** What is wrong with a configuration, where, and what to write instead. */
export type ConfigProblem = FileFault;

export interface AcceptedConfig {
  readonly ok: true;
  readonly config: Config;
  /** Where a setting stands, such as `["rules", "verdict-unknown"]`; undefined when it is not written. */
  locate(path: Path, part?: Part): Location | undefined;
}

export type ConfigReading =
  | AcceptedConfig
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const fileNames = ["sidelint.yaml", ".sidelint.yaml", "sidelint.yml"];

/**
 * The path of the configuration that holds for the given paths: the nearest one at or above the deepest directory that
 * contains them all, up to the top of the repository (where `.git` is). Undefined when there is none.
 */
export function findConfig(tree: FileTree, paths: readonly string[] = ["."]): string | undefined {
  return searchedDirectories(tree, paths)
    .flatMap((directory) => fileNames.map((name) => (directory === "." ? name : `${directory}/${name}`)))
    .find((path) => tree.stat(path)?.type === "file");
}

/**
 * Where something that holds for the given paths may lie: the deepest directory that contains them all and those above it, up
 * to the top of the repository; outside of one, up to where the command runs.
 */
export function searchedDirectories(tree: FileTree, paths: readonly string[]): readonly string[] {
  const top = absolutePath("", tree.root ?? "");
  const all = upwards(commonDirectory(tree, top, paths));
  const repository = all.findIndex((directory) => tree.stat(relativePath(top, `${directory}/.git`)));
  const searched =
    repository < 0 ? all.filter((directory) => isInside(top, directory)) : all.slice(0, repository + 1);
  return searched.map((directory) => relativePath(top, directory));
}

/** Whether there is more of the repository than the paths hold; false for files that are in none. */
export function isPart(tree: FileTree, paths: readonly string[]): boolean {
  const top = searchedDirectories(tree, paths).at(-1);
  if (top === undefined) return false;
  const root = absolutePath("", tree.root ?? "");
  const whole = absolutePath(root, top);
  return !paths.some((path) => isInside(absolutePath(root, path), whole));
}

function upwards(directory: string): readonly string[] {
  const parts = directory.split("/");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}

/** The deepest directory that holds all paths, absolute. */
function commonDirectory(tree: FileTree, top: string, paths: readonly string[]): string {
  const directories = paths.map((path) => {
    const absolute = absolutePath(top, path).split("/");
    return tree.stat(path)?.type === "file" ? absolute.slice(0, -1) : absolute;
  });
  const [first = top.split("/"), ...others] = directories;
  const length = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  return (length < 0 ? first : first.slice(0, length)).join("/");
}

/** Reads a configuration from its text; `path` is for messages. Every problem is reported, in the order of the text. */
export function loadConfig(text: string, path: string): ConfigReading {
  const file: SourceFile = { path, text: text.startsWith("\uFEFF") ? text.slice(1) : text };
  const [document, second] = readDocuments(file);
  if (!document) return accepted(file, undefined, {});
  if (second) {
    const other = second.read();
    const start = other.ok && other.root ? other.root.start : second.start;
    const location = locationOf(file, { start, end: start });
    return refused([{ message: "a second document: the configuration is one", location }]);
  }
  const reading = document.read();
  if (!reading.ok) {
    const { offset, message } = reading.error;
    return refused([{ message, location: locationOf(file, { start: offset, end: offset }) }]);
  }
  const { root, duplicates = [] } = reading;
  if (duplicates.length > 0) return refused(duplicates.map((each) => toldTwice(file, each)));
  const value = root ? asWritten(file, root) : null;
  if (value === null) return accepted(file, root, {});
  if (!isConfig(value))
    return refused(schemaProblems(file, root, validate.errors ?? [], "the configuration"));
  const impossible = impossibleValues(value).map(({ path: at, says, hint }) =>
    problem(`${nameOf(at)} ${says}`, locate(file, root, at, "value"), hint),
  );
  return impossible.length > 0 ? refused(inOrder(impossible)) : accepted(file, root, value);
}

function toldTwice(file: SourceFile, { key, first, again }: Duplicate): ConfigProblem {
  const { line } = locationOf(file, first);
  return problem(`${key} is there twice`, locationOf(file, again), `the first is in line ${line}`);
}

function accepted(file: SourceFile, root: Node | undefined, config: Config): ConfigReading {
  return { ok: true, config, locate: (path, part) => locate(file, root, path, part) };
}

function refused(problems: readonly ConfigProblem[]): ConfigReading {
  return { ok: false, problems };
}

function isConfig(value: unknown): value is Config {
  return validate(value);
}

/** The values of a configuration, with `off` as the word where severities stand: Kubernetes reads it as a boolean. */
export function asWritten(file: SourceFile, root: Node): Value {
  const value = toValue(root);
  if (root.type !== "map") return value;
  const words = wordsIn(file);
  const changed: Record<string, Value> = {};
  for (const { key, value: node } of root.entries) {
    if (key === "rules" || key === "severities") changed[key] = words(node);
    if (key === "overrides" && node.type === "list")
      changed[key] = node.items.map((item) => override(item, words));
  }
  return { ...(value as { readonly [key: string]: Value }), ...changed };
}

function override(item: Node, words: (node: Node) => Value): Value {
  const rules = entryOf(item, "rules")?.value;
  const value = toValue(item);
  return rules ? { ...(value as { readonly [key: string]: Value }), rules: words(rules) } : value;
}

/** The values of nodes with `off` as a word, but for the values of parameters. What anchors repeat is made once. */
function wordsIn(file: SourceFile): (node: Node) => Value {
  const known = new Map<Node, Value>();
  const make = (node: Node): Value => {
    if (node.type === "list") return node.items.map(words);
    if (node.type === "map") {
      const value: Record<string, Value> = Object.create(null);
      for (const { key, value: inner } of node.entries)
        value[key] = key === "parameters" ? toValue(inner) : words(inner);
      return value;
    }
    return node.value === false && textOf(file, node) === "off" ? "off" : node.value;
  };
  const words = (node: Node): Value => {
    const value = known.get(node) ?? make(node);
    known.set(node, value);
    return value;
  };
  return words;
}
