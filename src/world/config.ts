/** The configuration, sidelint.yaml: read, and checked against its schema with errors that point into it. */
import { readDocuments } from "../source/document.ts";
import { type Location, locationOf, type Part } from "../source/locate.ts";
import { entryOf, type Node, type Path, toValue, type Value } from "../source/node.ts";
import type { Duplicate, SourceFile } from "../source/reading.ts";
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
