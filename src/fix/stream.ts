/** A stream of manifests with the sidecar written into it: what `istioctl kube-inject` prints. */
import { type Command, injectObject, type Skipped } from "../istio/inject/command.ts";
import type { InjectionError } from "../istio/inject/pipeline.ts";
import { emptyMap, isObject, type Json, type JsonObject, jsonTextOf } from "../kube/json.ts";
import type { WorkloadKind } from "../kube/workload.ts";
import { yamlReaderChunks } from "../source/kubernetes-split.ts";
import { lineStarts, positionAt, rangeAt } from "../source/locate.ts";
import { type Node, nodeAt, type Path } from "../source/node.ts";
import { readYaml } from "../source/read.ts";
import { readPlain } from "../source/read-plain.ts";
import { writeYaml } from "../source/write-yaml.ts";
import { isSettled } from "./settled.ts";

/** A document of the stream, as it was or injected. */
export type Part =
  | { readonly is: "as-written"; readonly text: string }
  | { readonly is: "injected"; readonly before: JsonObject; readonly object: JsonObject };

/** An object that was left as it is, and the line where its document begins. */
export interface Left extends Skipped {
  readonly line: number;
}

/** What keeps a stream from being injected, and where. Lines and columns count from 1. */
export interface StreamProblem {
  readonly line: number;
  readonly column: number;
  readonly says: string;
  readonly error?: InjectionError;
}

export type Stream =
  | {
      readonly ok: true;
      readonly parts: readonly Part[];
      readonly left: readonly Left[];
      /** Fields that Kubernetes does not know, and that the injected objects lack therefore. */
      readonly dropped: readonly StreamProblem[];
    }
  | { readonly ok: false; readonly problems: readonly StreamProblem[] };

export interface StreamOptions {
  /** Kinds that carry pod templates besides the built-in ones; given, also those that kube-inject does not know are injected. */
  readonly kinds?: readonly WorkloadKind[];
  /** Whether an object stays as it is that holds what injection makes of its original; kube-inject would order it anew. */
  readonly keepsSettled?: boolean;
}

/**
 * Injects into every object of a stream whatever the gates of a cluster would say. Documents that are no workloads are kept byte for byte
 * but for carriage returns, as kube-inject of istio/istio 1.30 keeps them; one problem anywhere and there is no result.
 */
export function injectStream(command: Command, text: string, options: StreamOptions = {}): Stream {
  const { chunks, lines, error, errorLine = 1 } = yamlReaderChunks(text);
  const parts: Part[] = [];
  const left: Left[] = [];
  const dropped: StreamProblem[] = [];
  const problems: StreamProblem[] = [];
  for (const [index, chunk] of chunks.entries()) {
    const line = lines[index] ?? 1;
    const read = readPlain(chunk);
    if (!read.ok) {
      problems.push(...unreadable(chunk, line));
      continue;
    }
    const before = read.value;
    const injected = injectObject(command, before, options.kinds);
    if (!injected.ok) {
      const root = rootOf(chunk);
      problems.push(...injected.errors.map((one) => placed(chunk, line, root, one)));
      continue;
    }
    const isKept = options.keepsSettled && isObject(before) && holdsItsSidecar(command, before, options);
    if (injected.is === "unsupported" || !isObject(before) || isKept) {
      parts.push({ is: "as-written", text: chunk });
      continue;
    }
    left.push(...injected.skipped.map((one) => ({ ...one, line })));
    if (injected.dropped.length > 0) dropped.push(...droppedFrom(chunk, line, injected.dropped));
    parts.push({ is: "injected", before, object: injected.object });
  }
  if (error !== undefined) problems.push({ line: errorLine, column: 1, says: separatorProblem(error) });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, parts, left, dropped };
}

function holdsItsSidecar(command: Command, object: JsonObject, { kinds = [] }: StreamOptions): boolean {
  return isSettled(object, kinds, (original) => {
    const again = injectObject(command, original, kinds);
    return again.ok && again.is === "handled" ? again.object : undefined;
  });
}

function separatorProblem(error: string): string {
  const rest = error.slice(error.indexOf(":") + 2);
  return `nothing but a comment may follow the separator --- on its line, and ${JSON.stringify(rest)} does`;
}

/** What is wrong is asked of the reader that knows places. */
function unreadable(chunk: string, line: number): readonly StreamProblem[] {
  const read = readYaml(chunk);
  return read.ok ? [] : [{ ...positionIn(chunk, line, read.error.offset), says: read.error.message }];
}

function rootOf(chunk: string): Node | undefined {
  const read = readYaml(chunk);
  return read.ok ? read.root : undefined;
}

function placed(
  chunk: string,
  line: number,
  root: Node | undefined,
  error: InjectionError & { readonly path: readonly (string | number)[] },
): StreamProblem {
  const says = `${labelAt(root, error.path)}${error.message}`;
  return { ...positionIn(chunk, line, deepest(root, error.path)), says, error };
}

function droppedFrom(chunk: string, line: number, paths: readonly Path[]): readonly StreamProblem[] {
  const root = rootOf(chunk);
  return paths.map((path) => ({
    ...positionIn(chunk, line, deepest(root, path)),
    says: `${labelAt(root, path)}Kubernetes has no field ${path.join(".")}, it is left out`,
  }));
}

/** "Deployment/web: ", for an object that says its kind and name. */
function labelAt(root: Node | undefined, [items, index]: readonly (string | number)[]): string {
  const object = items === "items" && typeof index === "number" ? nodeAt(root, [items, index]) : root;
  const kind = nodeAt(object, ["kind"]);
  const name = nodeAt(object, ["metadata", "name"]);
  if (kind?.type !== "scalar" || name?.type !== "scalar") return "";
  return `${kind.value}/${name.value}: `;
}

/** Where the deepest written part of a path begins. */
function deepest(root: Node | undefined, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const range = rangeAt(root, path.slice(0, length));
    if (range) return range.start;
  }
  return root?.start ?? 0;
}

function positionIn(chunk: string, line: number, offset: number): { line: number; column: number } {
  const position = positionAt(lineStarts(chunk), offset);
  return { line: position.line + line - 1, column: position.column };
}

/** The stream as YAML; each document is followed by `---`. */
export function streamYaml(parts: readonly Part[]): string {
  return parts
    .map((part) => `${part.is === "as-written" ? part.text : objectYaml(part.object)}---\n`)
    .join("");
}

/** The stream as JSON objects, one after the other; documents without an object are left out. */
export function streamJson(parts: readonly Part[]): string {
  return parts
    .flatMap((part) => {
      const object = part.is === "injected" ? tidy(part.object) : asWritten(part.text);
      return isObject(object) ? [`${jsonTextOf(object, 2)}\n`] : [];
    })
    .join("");
}

function asWritten(text: string): Json | undefined {
  const read = readPlain(text);
  return read.ok ? read.value : undefined;
}

/** An object as YAML, in the order people write it. */
export function objectYaml(object: JsonObject): string {
  return writeYaml(tidy(object));
}

const first = ["apiVersion", "kind", "metadata"];
/** Parts that Kubernetes' types print as empty maps although nobody set them. */
const unset: ReadonlySet<string> = new Set(["resources", "status", "strategy", "updateStrategy"]);

/** The object without what its type prints although nobody set it. */
export function tidy(object: JsonObject): JsonObject {
  const ordered: Record<string, Json> = {};
  for (const key of first) if (object[key] !== undefined) ordered[key] = object[key];
  return withoutUnset({ ...ordered, ...object }) as JsonObject;
}

/** A value without what types print although nobody set it, and without nulls; the same value where there is none of that. */
export function withoutUnset(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(withoutUnset);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  return isObject(value) ? mapWithoutUnset(value) : value;
}

/** The same map where all of it is set, which most maps are. */
function mapWithoutUnset(map: JsonObject): JsonObject {
  let kept: Record<string, Json> | undefined;
  const keys = Object.keys(map);
  for (const [index, key] of keys.entries()) {
    const item = map[key] as Json;
    const isKept = item !== null && !(unset.has(key) && isEmptyMap(item));
    const left = isKept ? withoutUnset(item) : null;
    if (!kept && (!isKept || left !== item)) {
      kept = emptyMap();
      for (const before of keys.slice(0, index)) kept[before] = map[before] as Json;
    }
    if (kept && isKept) kept[key] = left;
  }
  return kept ?? map;
}

function isEmptyMap(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
