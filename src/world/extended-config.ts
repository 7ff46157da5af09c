/** A configuration with those that it extends: read from the tree, laid over one another, every value with the place where it stands. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { meantBy } from "../kube/nearest.ts";
import type { Location, Part } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import { absolutePath, relativePath } from "../source/path.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { directoryOf } from "./collect.ts";
import { type AcceptedConfig, type Config, type ConfigProblem, loadConfig } from "./config.ts";
import { impossibleValues } from "./config-values.ts";
import { presets } from "./generated/presets.ts";
import { rebasePattern } from "./pattern-base.ts";
import { nameOf, problem } from "./schema-problems.ts";

/** A configuration, or what is wrong with it or with one that it extends, and the texts that were read. */
export type ExtendedReading = (
  | AcceptedConfig
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }
) & {
  /** The text of a file that was read; of presets as well. */
  textOf(file: string): string | undefined;
};

/** One configuration of a chain. */
interface Layer {
  readonly reading: AcceptedConfig;
  /** What its patterns are relative to, absolute; `files` is the same for the files that it names. */
  readonly patterns: string;
  readonly files: string;
}

interface Reader {
  readonly tree: FileTree;
  readonly root: string;
  isOutside(path: string): boolean;
  readonly texts: Map<string, string>;
  readonly layers: Layer[];
  readonly problems: ConfigProblem[];
}

/** Where a configuration is named, and the way there. */
interface Asked {
  readonly path: string;
  /** Undefined: they are relative to the file itself. */
  readonly patterns: string | undefined;
  readonly chain: readonly string[];
  readonly fault: (message: string, hint?: string) => ConfigProblem;
}

const mostFiles = 100;

/**
 * Reads a configuration and what it extends, later ones over earlier ones and itself over all. Maps are merged key by key, but a
 * namespace and `istio.proxy.resources` are told as a whole; `rules`, `overrides`, `ignore`, `require`, `forbid` and `workloads` follow
 * one another; anything else is replaced. Patterns and files are made relative to the first file; those of a package count where
 * the configuration stands that extends it. Nothing is executed, and nothing outside of the repository is read.
 */
export function readConfigFile(
  tree: FileTree,
  path: string,
  isOutside: (path: string) => boolean,
): ExtendedReading {
  const root = (tree.root ?? "").replace(/\/$/, "");
  const reader: Reader = { tree, root, isOutside, texts: new Map(), layers: [], problems: [] };
  readFile(reader, { path, patterns: undefined, chain: [], fault: (message) => ({ message }) });
  const textOf = (file: string) => reader.texts.get(file);
  const last = reader.layers.at(-1);
  if (reader.problems.length > 0 || !last) return { ok: false, problems: reader.problems, textOf };
  if (reader.layers.length === 1) return { ...last.reading, textOf };
  const merged = merge(reader.layers, last.files);
  const impossible = impossibleValues(merged.config).map(({ path: where, says, hint }) =>
    problem(`${nameOf(where)} ${says}`, merged.locate(where, "value"), hint),
  );
  return impossible.length > 0 ? { ok: false, problems: impossible, textOf } : { ...merged, textOf };
}

function readFile(reader: Reader, asked: Asked): void {
  const { tree, problems, texts } = reader;
  const { path, chain } = asked;
  const fault = (reason: string) => asked.fault(chain.length === 0 ? reason : `${path}: ${reason}`);
  const bytes = tree.read(path);
  if ("reason" in bytes) {
    problems.push(fault(bytes.reason));
    return;
  }
  const decoded = decodeText(bytes);
  if ("error" in decoded) {
    problems.push(fault(decoded.error));
    return;
  }
  if (texts.size >= mostFiles && !texts.has(path)) {
    problems.push(fault(`more than ${mostFiles} configurations extend one another`));
    return;
  }
  texts.set(path, decoded.text);
  const reading = loadConfig(decoded.text, path);
  if (!reading.ok) {
    problems.push(...reading.problems);
    return;
  }
  const directory = absolutePath(reader.root, directoryOf(path));
  const patterns = asked.patterns ?? directory;
  const here = { ...asked, patterns, chain: [...chain, path] };
  extended(reading.config).forEach((name, index) => {
    const isList = typeof reading.config.extends !== "string";
    const location = reading.locate(isList ? ["extends", index] : ["extends"], "value");
    extend(reader, name, {
      ...here,
      patterns: asked.patterns,
      fault: (message, hint) => problem(message, location, hint),
    });
  });
  if (reader.layers.length < mostLayers) reader.layers.push({ reading, patterns, files: directory });
}

/** Files that are reached on several ways count each time. */
const mostLayers = 1000;

function extended({ extends: names = [] }: Config): readonly string[] {
  return typeof names === "string" ? [names] : names;
}

/** Reads what one entry of `extends` names; `from` is the file that says so. */
function extend(reader: Reader, name: string, from: Asked): void {
  const { problems, tree } = reader;
  if (reader.layers.length >= mostLayers) return;
  if (name.startsWith("sidelint:")) {
    readPreset(reader, name, from);
    return;
  }
  const isFile = /^\.\.?(?:\/|$)/.test(name);
  const path = isFile ? beside(from.path, name) : packagePath(reader, from.path, name);
  if (path === undefined) {
    const hint = name.includes("/") || /\.ya?ml$/.test(name) ? `a file is written ./${name}` : undefined;
    problems.push(from.fault(`extends: no package ${name} in node_modules`, hint));
  } else if (reader.isOutside(path)) {
    problems.push(from.fault(`extends: ${name} lies outside of the repository, so that it is not read`));
  } else if (tree.stat(path)?.type !== "file") {
    problems.push(from.fault(`extends: there is no file ${path}`));
  } else if (from.chain.includes(path)) {
    const circle = [...from.chain.slice(from.chain.indexOf(path)), path].join(" → ");
    problems.push(from.fault(`extends: ${path} extends itself`, circle));
  } else {
    const patterns = isFile
      ? from.patterns
      : (from.patterns ?? absolutePath(reader.root, directoryOf(from.path)));
    readFile(reader, { ...from, path, patterns });
  }
}

function readPreset(reader: Reader, name: string, from: Asked): void {
  const key = name.slice("sidelint:".length);
  const text = Object.hasOwn(presets, key) ? presets[key] : undefined;
  if (text === undefined) {
    const known = Object.keys(presets).map((each) => `sidelint:${each}`);
    const meant = meantBy(name, known);
    const hint = meant ? `did you mean ${meant}?` : `there are ${known.join(", ")}`;
    reader.problems.push(from.fault(`extends: there is no preset ${name}`, hint));
    return;
  }
  const reading = loadConfig(text, name);
  reader.texts.set(name, text);
  if (reading.ok) reader.layers.push({ reading, patterns: reader.root, files: reader.root });
  else reader.problems.push(...reading.problems);
}

/** The file of a package: `name` is its sidelint.yaml, `name/file.yaml` another file of it; found by path, from the directory upwards. */
function packagePath({ tree, root, isOutside }: Reader, from: string, name: string): string | undefined {
  const parts = name.split("/");
  const length = name.startsWith("@") ? 2 : 1;
  if (parts.length < length || parts.some((part) => part === "" || part === "." || part === ".."))
    return undefined;
  const file = parts.length === length ? "sidelint.yaml" : parts.slice(length).join("/");
  let directory = absolutePath(root, directoryOf(from));
  for (;;) {
    const path = relativePath(root, `${directory}/node_modules/${parts.slice(0, length).join("/")}/${file}`);
    if (tree.stat(path)?.type === "file") return path;
    if (!directory.includes("/") || isOutside(relativePath(root, directory))) return undefined;
    directory = directory.slice(0, directory.lastIndexOf("/"));
  }
}

/** A path relative to a file's directory, as a path of the tree. */
function beside(file: string, name: string): string {
  const parts: string[] = [];
  for (const part of `${directoryOf(file)}/${name}`.split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== "." && (part !== "" || parts.length === 0)) parts.push(part);
  }
  return parts.join("/");
}

type Entries = Record<string, Json>;

const joined = ["rules", "overrides", "ignore", "require", "forbid", "workloads"] as const;

/** Where an item of a joined list was written. */
interface Item {
  readonly value: Json;
  readonly layer: Layer;
  readonly path: Path;
}

function merge(layers: readonly Layer[], base: string): AcceptedConfig {
  const items = new Map<string | number, readonly Item[]>(
    joined.map((key) => [key, layers.flatMap((layer) => itemsOf(layer, key, base))]),
  );
  const patterns = new Map<string, { readonly layer: Layer; readonly written: string }>();
  let merged: Entries = {};
  for (const layer of layers) {
    const own = Object.entries(layer.reading.config as JsonObject).flatMap(
      ([key, value]): readonly (readonly [string, Json])[] => {
        if (value === undefined || key === "extends" || items.has(key)) return [];
        const isMap = key === "paths" && isObject(value);
        return [[key, isMap ? rebasedKeys(value, layer, base, patterns) : value]];
      },
    );
    merged = over(merged, Object.fromEntries(own), []);
  }
  for (const [key, list] of items) if (list.length > 0) merged[key] = list.map(({ value }) => value);
  const locate = (path: Path, part?: Part): Location | undefined => {
    const [key = "", nth, ...rest] = path;
    const item = typeof nth === "number" ? items.get(key)?.[nth] : undefined;
    if (item) {
      const { locate: inLayer } = item.layer.reading;
      return inLayer([...item.path, ...rest], part) ?? inLayer(item.path, part);
    }
    const pattern = key === "paths" ? patterns.get(String(nth)) : undefined;
    if (pattern) return pattern.layer.reading.locate(["paths", pattern.written, ...rest], part);
    const layer = layers.findLast(({ reading }) => at(reading.config as JsonObject, path) !== undefined);
    return layer?.reading.locate(path, part);
  };
  return { ok: true, config: merged as Config, locate };
}

function itemsOf(layer: Layer, key: (typeof joined)[number], base: string): readonly Item[] {
  const value = (layer.reading.config as JsonObject)[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [{ value, layer, path: [key] }];
  return value.flatMap((item: Json, index): readonly Item[] => {
    const moved = rebasedItem(item, key, layer, base);
    return moved === undefined ? [] : [{ value: moved, layer, path: [key, index] }];
  });
}

/** An item with its patterns and files relative to the first configuration; undefined when it covers nothing any more. */
function rebasedItem(item: Json, key: string, layer: Layer, base: string): Json | undefined {
  if (typeof item === "string")
    return key === "rules"
      ? relativePath(base, absolutePath(layer.files, item))
      : rebasePattern(item, layer.patterns, base);
  if (!isObject(item) || !Array.isArray(item.paths)) return item;
  const paths = item.paths.flatMap((each: Json) => rebasePattern(String(each), layer.patterns, base) ?? []);
  return paths.length === 0 ? undefined : { ...item, paths };
}

function rebasedKeys(
  paths: JsonObject,
  layer: Layer,
  base: string,
  written: Map<string, { readonly layer: Layer; readonly written: string }>,
): JsonObject {
  const moved: Entries = Object.create(null);
  for (const [pattern, value] of Object.entries(paths)) {
    const rebased = rebasePattern(pattern, layer.patterns, base);
    if (rebased === undefined || value === undefined) continue;
    moved[rebased] = value;
    written.set(rebased, { layer, written: pattern });
  }
  return moved;
}

/** Maps that are told as a whole. */
const whole = [
  /^(?:clusters\..+\.)?namespaces\.[^.]+$/,
  /^paths\..+$/,
  /^(?:clusters\..+\.)?istio\.proxy\.resources$/,
];

function over(below: JsonObject, above: JsonObject, path: readonly string[]): Entries {
  const result: Entries = Object.assign(Object.create(null), below);
  for (const [key, value] of Object.entries(above)) {
    const here = [...path, key];
    const before = Object.hasOwn(below, key) ? below[key] : undefined;
    const isWhole = whole.some((pattern) => pattern.test(here.join(".")));
    if (value !== undefined)
      result[key] = isObject(before) && isObject(value) && !isWhole ? over(before, value, here) : value;
  }
  return result;
}
