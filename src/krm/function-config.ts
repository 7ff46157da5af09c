/** The functionConfig, read and checked: what the function is to do, and by which facts. */

import type { Rule, scan } from "../index.ts";
import { isObject, type Json, type JsonObject } from "../kube/json.ts";
import type { rulesOf } from "../lint/configured.ts";
import { readDocuments } from "../source/document.ts";
import { entryOf, type Node, type Path, toValue } from "../source/node.ts";
import { absolutePath, isInside } from "../source/path.ts";
import type { SourceFile } from "../source/reading.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { writeYaml } from "../source/write-yaml.ts";
import { asWritten, type Config, type ConfigProblem } from "../world/config.ts";
import { speaksOfRules } from "../world/configured.ts";
import { readConfigFile } from "../world/extended-config.ts";
import { validate as validateConfig } from "../world/generated/config-validator.js";
import type { InjectorFiles } from "../world/injector-files.ts";
import { type SchemaError, schemaProblems } from "../world/schema-problems.ts";
import { fromConfigMap } from "./config-map.ts";
import { validate } from "./generated/function-config-validator.js";
import { settingsOfConfig } from "./generated/settings-of-config.ts";
import { pathTo, referenceTo } from "./resource-list.ts";
import { fieldPath, type ResourceRef, type Result } from "./results.ts";

export interface FunctionSettings {
  readonly kind: "SidecarCheck" | "SidecarInject";
  readonly config: Config;
  /** Rules besides the built-in ones. */
  readonly rules: readonly Rule[];
  readonly failOn: "error" | "warning" | "info" | "never";
  readonly only: "decided" | "all";
  readonly revision: string | undefined;
  readonly files: InjectorFiles;
}

export type SettingsReading =
  | { readonly ok: true; readonly settings: FunctionSettings }
  | {
      readonly ok: false;
      readonly results: readonly Result[];
      /** Nothing is wrong so far, and it takes a linter to go on. */
      readonly needsLinter?: true;
    };

/** What lints: loaded for functions that do. */
export interface Linter {
  readonly scan: typeof scan;
  readonly rulesOf: typeof rulesOf;
}

/** What a functionConfig is read with. */
export interface Around {
  /** The directory in which the function runs. */
  readonly tree: FileTree;
  readonly linter: Linter | undefined;
}

/** What is said of the functionConfig as a whole. */
const whole = "the functionConfig";
/** The name under which the part that is a configuration is read; it never reaches results. */
const virtual = "functionConfig";

const ofCheck = [
  "ignore",
  "rules",
  "severities",
  "optionalRules",
  "require",
  "forbid",
  "suppressions",
  "fixes",
  "failOn",
];
const ofInject = ["only", "revision", "inputs"];
const notConfig = new Set(["failOn", "only", "revision", "inputs"]);

/**
 * Reads a functionConfig: an object of sidelint.dev/v1alpha1, a ConfigMap, or none, which is a SidecarCheck that knows nothing besides
 * the items. Files that it names are read from the tree, and only in its root and below. Everything that is wrong is a result.
 */
export function readFunctionConfig(
  file: SourceFile,
  root: Node | undefined,
  around: Around,
): SettingsReading {
  if (!root || (root.type === "scalar" && root.value === null)) return settingsOf({}, "SidecarCheck", around);
  const value = toValue(root) as Json;
  const reference = referenceTo(root);
  const told = telling(reference);
  if (!isObject(value)) return { ok: false, results: [told(`${whole} is no object`)] };
  if (value.kind !== "ConfigMap" || value.apiVersion !== "v1")
    return ofObject(file, root, around, (message, path) => told(message, path));
  const text = writeYaml(fromConfigMap(value));
  const made = readDocuments({ path: virtual, text })[0]?.read();
  if (!made?.ok || !made.root) return { ok: false, results: [told(`the data of ${whole} cannot be read`)] };
  return ofObject({ path: virtual, text }, made.root, around, (message) => told(message));
}

type Tell = (message: string, path?: Path) => Result;

/** Makes results about the functionConfig. */
function telling(reference: ResourceRef | undefined): Tell {
  return (message, path) => ({
    message,
    severity: "error",
    ...(reference && { resourceRef: reference }),
    ...(reference && path && path.length > 0 && { field: { path: fieldPath(path) } }),
    tags: { rule: "function-config" },
  });
}

/** What is wrong with a functionConfig but for the settings that are those of sidelint.yaml. */
function errorsOf(value: unknown): readonly SchemaError[] {
  return validate(value) ? [] : (validate.errors ?? []);
}

/** What is wrong with the settings that are those of sidelint.yaml. */
function errorsOfSettings(spec: Json | undefined): readonly SchemaError[] {
  if (!isObject(spec)) return [];
  const settings = Object.fromEntries(
    Object.entries(spec).filter(([name]) => settingsOfConfig.includes(name)),
  );
  if (validateConfig(settings)) return [];
  return (validateConfig.errors ?? []).map((error) => ({
    ...error,
    instancePath: `/spec${error.instancePath}`,
  }));
}

function ofObject(file: SourceFile, root: Node, around: Around, tell: Tell): SettingsReading {
  const specNode = entryOf(root, "spec")?.value;
  const value = toValue(root) as JsonObject;
  const spec = specNode && (asWritten(file, specNode) as Json);
  const checked = spec === undefined ? value : { ...value, spec };
  const errors = [...errorsOf(checked), ...errorsOfSettings(spec)];
  if (errors.length > 0) {
    const faults = schemaProblems(file, root, errors, whole);
    const results = faults.map(({ message, hint, location }) =>
      tell(withHint(message, hint), location && pathTo(root, location.start)),
    );
    return { ok: false, results };
  }
  const kind = value.kind === "SidecarInject" ? "SidecarInject" : "SidecarCheck";
  const given = isObject(spec) ? spec : {};
  const foreign = (kind === "SidecarInject" ? ofCheck : ofInject).filter((key) => given[key] !== undefined);
  if (foreign.length > 0) {
    const other = kind === "SidecarInject" ? "SidecarCheck" : "SidecarInject";
    const results = foreign.map((key) =>
      tell(`spec.${key} is for ${other}, and this is a ${kind}`, ["spec", key]),
    );
    return { ok: false, results };
  }
  return settingsOf(given, kind, around, tell);
}

function withHint(message: string, hint: string | undefined): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

/** The settings of a spec that the schema takes. */
function settingsOf(
  spec: JsonObject,
  kind: FunctionSettings["kind"],
  { tree, linter }: Around,
  tell: Tell = telling(undefined),
): SettingsReading {
  const isOutside = outsideOfRoot(tree);
  const own = Object.fromEntries(
    Object.entries(spec).filter(([key, value]) => !notConfig.has(key) && value !== null),
  );
  const text = writeYaml(own);
  const reading = readConfigFile(withFile(tree, virtual, text), virtual, isOutside);
  const tellFault = (fault: ConfigProblem) => configResult(fault, text, tell);
  if (!reading.ok) return { ok: false, results: reading.problems.map(tellFault) };
  const { config, locate } = reading;
  if (!linter && (kind === "SidecarCheck" || speaksOfRules(config)))
    return { ok: false, results: [], needsLinter: true };
  const made = linter?.rulesOf(tree, reading, { base: ".", locate, isOutside });
  const inputs = readInputs(spec.inputs, tree, isOutside, tell);
  const results = [...(made?.problems ?? []).map(tellFault), ...inputs.results];
  if (results.length > 0) return { ok: false, results };
  const { failOn, only, revision } = spec;
  return {
    ok: true,
    settings: {
      kind,
      config,
      rules: (made?.rules ?? []).map(({ rule }) => rule),
      failOn: failOn === "warning" || failOn === "info" || failOn === "never" ? failOn : "error",
      only: only === "all" ? "all" : "decided",
      revision: typeof revision === "string" ? revision : undefined,
      files: inputs.files,
    },
  };
}

/** A fault of the configuration: of the functionConfig with its field, of a file that it names with the place there. */
function configResult({ message, hint, location }: ConfigProblem, text: string, tell: Tell): Result {
  const says = withHint(message, hint);
  if (!location) return tell(says);
  if (location.file !== virtual) return tell(`${location.file}:${location.line}:${location.column}: ${says}`);
  const reading = readDocuments({ path: virtual, text })[0]?.read();
  const path = reading?.ok && reading.root ? pathTo(reading.root, location.start) : [];
  return tell(says, ["spec", ...path]);
}

/** The tree with one more file. */
function withFile(tree: FileTree, path: string, text: string): FileTree {
  const bytes = new TextEncoder().encode(text);
  return {
    ...tree,
    stat: (asked) =>
      asked === path ? { type: "file", size: bytes.length, identity: path } : tree.stat(asked),
    read: (asked) => (asked === path ? bytes : tree.read(asked)),
  };
}

/** Whether a path leads out of the root of the tree, by name or through links. */
function outsideOfRoot(tree: FileTree): (path: string) => boolean {
  const root = (tree.root ?? "").replace(/\/$/, "");
  const here = root || "/here";
  return (path) => {
    if (!isInside(here, absolutePath(here, path))) return true;
    const real = tree.stat(path)?.identity;
    if (real === undefined || tree.root === undefined) return false;
    const realRoot = tree.stat(".")?.identity ?? root;
    return !isInside(realRoot, real);
  };
}

interface Inputs {
  readonly files: InjectorFiles;
  readonly results: readonly Result[];
}

const inputNames = ["injectConfig", "values", "meshConfig", "operator"] as const;

function readInputs(
  inputs: Json | undefined,
  tree: FileTree,
  isOutside: (path: string) => boolean,
  tell: Tell,
): Inputs {
  const files: { -readonly [Name in keyof InjectorFiles]: InjectorFiles[Name] } = {};
  const results: Result[] = [];
  if (!isObject(inputs)) return { files, results };
  for (const name of inputNames) {
    const input = inputs[name];
    if (!isObject(input)) continue;
    const path = ["spec", "inputs", name];
    if (typeof input.file !== "string") {
      const { inline = "" } = input;
      const text = typeof inline === "string" ? inline : writeYaml(inline);
      files[name] = { path: fieldPath([...path, "inline"]), text };
      continue;
    }
    const read = readBeside(tree, input.file, isOutside);
    if ("text" in read) files[name] = read;
    else results.push(tell(`spec.inputs.${name}: ${input.file}: ${read.reason}`, [...path, "file"]));
  }
  return { files, results };
}

function readBeside(
  tree: FileTree,
  path: string,
  isOutside: (path: string) => boolean,
): SourceFile | { readonly reason: string } {
  if (isOutside(path))
    return { reason: "files are read only in the directory in which the function runs, and below it" };
  const bytes = tree.read(path);
  if ("reason" in bytes) return { reason: bytes.reason };
  const decoded = decodeText(bytes);
  return "text" in decoded ? { path, text: decoded.text } : { reason: decoded.error };
}
