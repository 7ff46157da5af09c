/** The configuration, sidelint.yaml: found, read, and checked against its schema with errors that point into it. */
import { dnsLabelErrors } from "../kube/names.ts";
import { nearest } from "../kube/nearest.ts";
import { readDocuments } from "../source/document.ts";
import { type Location, locationOf, type Part, rangeAt } from "../source/locate.ts";
import { type Node, type Path, toValue, type Value } from "../source/node.ts";
import { absolutePath, isInside, relativePath } from "../source/path.ts";
import type { Duplicate, SourceFile } from "../source/reading.ts";
import type { FileTree } from "../source/tree.ts";
import { impossibleValues } from "./config-values.ts";
import type { ConfigFile } from "./generated/config.ts";
import { type SchemaError, validate } from "./generated/config-validator.js";

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** What sidelint.yaml says; documented by schemas/config.schema.json. */
export type Config = Frozen<ConfigFile>;

/** What is wrong with a configuration, where, and what to write instead. */
export interface ConfigProblem {
  readonly message: string;
  readonly location?: Location;
  readonly hint?: string;
}

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
  if (!isConfig(value)) return refused(problemsOf(file, root, validate.errors ?? []));
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

function locate(file: SourceFile, root: Node | undefined, path: Path, part?: Part): Location | undefined {
  const range = rangeAt(root, path, part);
  return range && locationOf(file, range);
}

/** The values of a document, with `off` as the word below `rules`: Kubernetes reads it as a boolean. */
function asWritten(file: SourceFile, root: Node): Value {
  const value = toValue(root);
  const rules = root.type === "map" ? root.entries.find(({ key }) => key === "rules")?.value : undefined;
  if (rules?.type !== "map") return value;
  const severities: Record<string, Value> = Object.create(null);
  for (const { key, value: severity } of rules.entries) {
    const off = severity.type === "scalar" && severity.value === false && textOf(file, severity) === "off";
    severities[key] = off ? "off" : toValue(severity);
  }
  return { ...(value as { readonly [key: string]: Value }), rules: severities };
}

function textOf(file: SourceFile, node: Node): string {
  return file.text.slice(node.start, node.end);
}

function problemsOf(
  file: SourceFile,
  root: Node | undefined,
  errors: readonly SchemaError[],
): readonly ConfigProblem[] {
  const telling = errors.filter(({ keyword }) => keyword !== "propertyNames");
  const problems = telling.map((error) => problemOf(file, root, error));
  return inOrder(problems);
}

function inOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return [...problems].sort((a, b) => (a.location?.start ?? 0) - (b.location?.start ?? 0));
}

/** One difference from the schema, in the words of the person who wrote the file. */
function problemOf(file: SourceFile, root: Node | undefined, error: SchemaError): ConfigProblem {
  const path = pathOf(root, error.instancePath);
  const name = nameOf(path);
  const node = nodeAt(root, path);
  const scalar = node?.type === "scalar" ? node.value : undefined;
  const written = node ? excerpt(textOf(file, node)) : "";
  const here = locate(file, root, path, path.length > 0 ? "value" : "entry");
  const { params, parentSchema = {} } = error;
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(params.additionalProperty);
      const message = `unknown key ${key}${name && ` in ${name}`}`;
      return problem(message, locate(file, root, [...path, key], "key"), allowedKeys(key, parentSchema));
    }
    case "required":
      return problem(
        `${name} has no ${String(params.missingProperty)}`,
        locate(file, root, path) ?? here,
        such(propertyOf(parentSchema, String(params.missingProperty)), `${String(params.missingProperty)}: `),
      );
    case "enum":
      return problem(`${name} cannot be ${written}`, here, oneOf(written, strings(params.allowedValues)));
    case "const":
      return problem(`${name} cannot be ${written}`, here, `it is ${String(params.allowedValue)}`);
    case "type":
      return problem(
        `${name || "the configuration"} is ${kindOf(node)}, not ${wantedTypes(params.type)}`,
        path.length === 0 ? undefined : here,
        typeHint(node, written, params.type, parentSchema),
      );
    case "minLength":
    case "minItems":
    case "minProperties":
      return problem(`${name} is empty`, here, such(parentSchema));
    case "pattern":
      if (error.propertyName !== undefined)
        return keyProblem(file, root, path, error.propertyName, parentSchema);
      if (scalar === "") return problem(`${name} is empty`, here, such(parentSchema));
      return problem(`${name} cannot be ${written}`, here, patternHint(scalar, parentSchema));
    default:
      return problem(`${name} ${error.message ?? "is not allowed"}`, here, such(parentSchema));
  }
}

/** A key that cannot be one, such as the name of a namespace. */
function keyProblem(
  file: SourceFile,
  root: Node | undefined,
  path: Path,
  key: string,
  schema: Readonly<Record<string, unknown>>,
): ConfigProblem {
  const location = locate(file, root, [...path, key], "key");
  return problem(`${nameOf(path)} cannot have the key ${excerpt(key)}`, location, patternHint(key, schema));
}

/** What a text that does not fit a pattern should be: for names what is wrong with it, for placeholders that they are to be replaced. */
function patternHint(value: unknown, schema: Readonly<Record<string, unknown>>): string | undefined {
  const example = such(schema);
  if (schema.pattern !== dnsLabel || typeof value !== "string") return example;
  if (/^<.*>$|[…]|\{\{|\$[{(]/s.test(value)) return `put the name in its place, ${example}`;
  return `a name ${dnsLabelErrors(value).join(", ")}, ${example}`;
}

/** The pattern of the schema for names of namespaces and revisions. */
const dnsLabel = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";

function problem(message: string, location: Location | undefined, hint: string | undefined): ConfigProblem {
  return { message, ...(location && { location }), ...(hint && { hint }) };
}

function allowedKeys(key: string, schema: Readonly<Record<string, unknown>>): string {
  const allowed = Object.keys(isRecord(schema.properties) ? schema.properties : {});
  const [meant] = nearest(key, allowed);
  return meant ? `did you mean ${meant}?` : `allowed here: ${allowed.join(", ")}`;
}

function oneOf(written: string, allowed: readonly string[]): string {
  const [meant] = nearest(written.replace(/^["']|["']$/g, ""), allowed);
  const list = allowed.length === 2 ? allowed.join(" or ") : `one of ${allowed.join(", ")}`;
  return meant ? `did you mean ${meant}? It is ${list}` : `it is ${list}`;
}

/** A value of the wrong type is mostly one that YAML took for something else: it wants quotes. */
function typeHint(
  node: Node | undefined,
  written: string,
  wanted: unknown,
  schema: Readonly<Record<string, unknown>>,
): string | undefined {
  const types = [wanted].flat();
  if (node?.type === "scalar" && types.includes("string") && node.style === "plain" && node.value !== null) {
    return `put it in quotes: "${written}"`;
  }
  if (types.includes("array") && node?.type === "scalar" && node.value !== null)
    return `write a list: [${written}]`;
  return such(schema);
}

/** The first example of a schema, as it would be written. */
function such(schema: Readonly<Record<string, unknown>> | undefined, before = ""): string | undefined {
  const example = Array.isArray(schema?.examples) ? schema.examples[0] : undefined;
  return example === undefined ? undefined : `such as ${before}${flowOf(example)}`;
}

/** Plain data in flow style, with quotes where YAML would read a string as something else. */
function flowOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowOf).join(", ")}]`;
  if (isRecord(value)) {
    return `{${Object.entries(value)
      .map(([key, each]) => `${key}: ${flowOf(each)}`)
      .join(", ")}}`;
  }
  return typeof value === "string" && !/^[A-Za-z][\w./*-]*$/.test(value)
    ? JSON.stringify(value)
    : String(value);
}

function propertyOf(
  schema: Readonly<Record<string, unknown>>,
  key: string,
): Readonly<Record<string, unknown>> | undefined {
  const property = isRecord(schema.properties) ? schema.properties[key] : undefined;
  return isRecord(property) ? property : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

function wantedTypes(wanted: unknown): string {
  return strings([wanted].flat())
    .map((type) => typeNames[type] ?? type)
    .join(" or ");
}

function kindOf(node: Node | undefined): string {
  if (node?.type === "map") return "a mapping";
  if (node?.type === "list") return "a list";
  const value = node?.value ?? null;
  if (value === null) return "empty";
  return typeof value === "bigint" ? "a number" : `a ${typeof value}`;
}

function excerpt(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? "";
  return line.length < text.length || line.length > 40 ? `${line.slice(0, 40)}…` : line;
}

/** A JSON pointer as a path: a step is an index where the document has a list. */
function pathOf(root: Node | undefined, pointer: string): Path {
  const path: (string | number)[] = [];
  for (const part of pointer.split("/").slice(1)) {
    const step = part.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(nodeAt(root, path)?.type === "list" ? Number(step) : step);
  }
  return path;
}

function nodeAt(root: Node | undefined, path: Path): Node | undefined {
  let node = root;
  for (const step of path) {
    if (node?.type === "list") node = node.items[Number(step)];
    else node = node?.type === "map" ? node.entries.find(({ key }) => key === step)?.value : undefined;
  }
  return node;
}

/** A path for people: `istio.revisions[0].name`, `namespaces.shop`. */
function nameOf(path: Path): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === "number") return `${name}[${step}]`;
    return name === "" ? step : `${name}.${step}`;
  }, "");
}
