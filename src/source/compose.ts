/** From the grammar's parts to nodes: scalars resolved, anchors and merge keys expanded, duplicates noticed, bombs refused. */

import { goFloat32 } from "./go-json.ts";
import type { MapEntry, Node, Range, Scalar, ScalarNode, ScalarStyle } from "./node.ts";
import { type Problem, problems, selfContaining, tooDeep, unknownAnchor } from "./problem.ts";
import type { Duplicate } from "./reading.ts";
import { mayBeOther, mergeTag, resolvePlain, resolveTagged, type ScalarKind } from "./scalar.ts";

/** What YAML takes a key for; keys that are equal as JSON may differ in this. */
interface KeyValue {
  readonly kind: ScalarKind;
  readonly value: Scalar;
}

interface Key extends KeyValue {
  readonly text: string;
  readonly range: Range;
}

/** An anchored node; `node` is undefined while its collection is open. `cost` counts Go's decoding steps to expand it, `height` its levels. */
interface Anchored {
  node: Node | undefined;
  kind: ScalarKind;
  cost: number;
  height: number;
}

interface OpenMap {
  readonly type: "map";
  readonly start: number;
  readonly flow: boolean;
  /** Levels of the highest part so far. */
  height: number;
  readonly anchored: Anchored | undefined;
  readonly stepsBefore: number;
  readonly entries: MapEntry[];
  /** The values of keys that are no strings, by their text. */
  others: Map<string, KeyValue> | undefined;
  /** Positions by key, once there are too many entries to look through. */
  index: Map<string, number> | undefined;
  key: Key | "merge" | undefined;
  unusable: Unusable | undefined;
}

interface OpenList {
  readonly type: "list";
  readonly start: number;
  readonly flow: boolean;
  /** Levels of the highest part so far. */
  height: number;
  readonly anchored: Anchored | undefined;
  readonly stepsBefore: number;
  readonly items: Node[];
  /** Where the aliases stand, when the list is the value of a merge key. */
  readonly aliases: (Range | undefined)[] | undefined;
}

interface Unusable {
  readonly problem: Problem;
  readonly offset: number;
}

export interface Composition {
  /** What is added to offsets of the scanned text. */
  readonly base: number;
  /** Levels of maps and lists that are taken. */
  readonly maxDepth: number;
  readonly open: (OpenMap | OpenList)[];
  readonly anchors: Map<string, Anchored>;
  root: Node | undefined;
  readonly duplicates: Duplicate[];
  /** Nodes that cannot become JSON, if the document's value contains them. */
  readonly unusable: Map<Node, Unusable>;
  /** Keys that are no strings, of closed maps that have such. */
  readonly otherKeys: Map<Node, ReadonlyMap<string, KeyValue>>;
  steps: number;
  aliasSteps: number;
  failure: Unusable | undefined;
}

/** An empty composition; offsets of its nodes are those of the scanned text plus `base`. */
export function startComposition(base: number, maxDepth: number): Composition {
  return {
    base,
    maxDepth,
    open: [],
    anchors: new Map(),
    root: undefined,
    duplicates: [],
    unusable: new Map(),
    otherKeys: new Map(),
    steps: 1,
    aliasSteps: 0,
    failure: undefined,
  };
}

function refuse(to: Composition, problem: Problem, offset: number) {
  to.failure ??= { problem, offset };
}

/** Counts decoding steps and applies go-yaml's rule against alias bombs. */
function count(to: Composition, steps: number, aliasSteps: number, offset: number) {
  to.steps += steps;
  to.aliasSteps += aliasSteps;
  if (to.aliasSteps > 100 && to.steps > 1000 && to.aliasSteps / to.steps > allowedAliasRatio(to.steps)) {
    refuse(to, problems.aliasing, offset);
  }
}

function allowedAliasRatio(steps: number): number {
  const low = 400_000;
  const high = 4_000_000;
  if (steps <= low) return 0.99;
  return steps >= high ? 0.1 : 0.99 - 0.89 * ((steps - low) / (high - low));
}

const awaitsKey = (frame: OpenMap | OpenList | undefined): frame is OpenMap =>
  frame?.type === "map" && frame.key === undefined;

function isMergeValue(frame: OpenMap | OpenList | undefined): boolean {
  return frame?.type === "map" && frame.key === "merge";
}

function register(to: Composition, anchor: string): Anchored | undefined {
  if (anchor === "") return undefined;
  const anchored: Anchored = { node: undefined, kind: "null", cost: 1, height: 0 };
  to.anchors.set(anchor, anchored);
  return anchored;
}

/** Refuses what brings a part of so many levels where the open ones leave no room for it. */
function checkDepth(to: Composition, height: number, offset: number) {
  if (to.open.length + height > to.maxDepth) refuse(to, tooDeep(to.maxDepth), offset);
}

/** Opens a map; entries follow until `closeCollection`. */
export function openMap(to: Composition, start: number, flow: boolean, anchor: string) {
  const parent = to.open.at(-1);
  if (awaitsKey(parent)) return refuse(to, problems.complexKey, to.base + start);
  checkDepth(to, 1, to.base + start);
  const stepsBefore = to.steps;
  count(to, 1, 0, to.base + start);
  to.open.push({
    type: "map",
    start: to.base + start,
    flow,
    height: 0,
    anchored: register(to, anchor),
    stepsBefore,
    entries: [],
    others: undefined,
    index: undefined,
    key: undefined,
    unusable: undefined,
  });
}

/** Opens a list; items follow until `closeCollection`. */
export function openList(to: Composition, start: number, flow: boolean, anchor: string) {
  const parent = to.open.at(-1);
  if (awaitsKey(parent)) return refuse(to, problems.complexKey, to.base + start);
  checkDepth(to, 1, to.base + start);
  const merges = isMergeValue(parent);
  const stepsBefore = to.steps - (merges ? 1 : 0);
  if (!merges) count(to, 1, 0, to.base + start);
  to.open.push({
    type: "list",
    start: to.base + start,
    flow,
    height: 0,
    anchored: register(to, anchor),
    stepsBefore,
    items: [],
    aliases: merges ? [] : undefined,
  });
}

/** Closes the innermost collection. */
export function closeCollection(to: Composition, end: number) {
  const frame = to.open.pop();
  if (!frame) return;
  const { start, flow } = frame;
  const last = Math.max(to.base + end, start);
  let node: Node;
  if (frame.type === "list") node = { type: "list", start, end: last, flow, items: frame.items };
  else {
    node = { type: "map", start, end: last, flow, entries: frame.entries };
    if (frame.unusable) to.unusable.set(node, frame.unusable);
    if (frame.others) to.otherKeys.set(node, frame.others);
  }
  const height = frame.height + 1;
  raise(to, height);
  if (frame.anchored) {
    frame.anchored.node = node;
    frame.anchored.height = height;
    frame.anchored.cost = to.steps - frame.stepsBefore;
  }
  deliver(to, node, undefined, frame.type === "list" ? frame.aliases : undefined);
}

function raise(to: Composition, height: number) {
  const parent = to.open.at(-1);
  if (parent && parent.height < height) parent.height = height;
}

const styles: readonly ScalarStyle[] = ["plain", "single", "double", "literal", "folded"];

/** Adds a scalar: its text, the style's number, the full tag or "", and the anchor or "". */
export function addScalar(
  to: Composition,
  text: string,
  style: number,
  start: number,
  end: number,
  tag: string,
  anchor: string,
) {
  const range = { start: to.base + start, end: to.base + end };
  const implicit = tag === "!" || (tag === "" && style === 0);
  const parent = to.open.at(-1);
  const isKey = awaitsKey(parent);
  let kind: ScalarKind = "string";
  let value: Scalar = text;
  if (tag !== "" || (implicit && mayBeOther(text))) {
    const resolved = tag === "" ? resolvePlain(text) : resolveTagged(tag, text);
    if ("reason" in resolved) return refuse(to, resolved, range.start);
    ({ kind, value } = resolved);
  }
  if (isKey && anchor === "") {
    if (text === "<<" && (implicit || tag === mergeTag)) {
      parent.key = "merge";
      return;
    }
    count(to, 1, 0, range.start);
    parent.key = keyOf(kind, value, range);
    return;
  }
  const { start: from, end: until } = range;
  const plain: ScalarNode = {
    type: "scalar",
    start: from,
    end: until,
    value,
    style: styles[style] ?? "plain",
  };
  const node: ScalarNode = kind === "float" ? { ...plain, float: true } : plain;
  if (kind === "float" && !Number.isFinite(value)) {
    to.unusable.set(node, { problem: problems.number, offset: range.start });
  }
  if (anchor !== "") to.anchors.set(anchor, { node, kind, cost: 1, height: 0 });
  if (isKey && text === "<<" && (implicit || tag === mergeTag)) {
    parent.key = "merge";
    return;
  }
  count(to, 1, 0, range.start);
  if (isKey) parent.key = keyOf(kind, value, range);
  else deliver(to, node, undefined, undefined);
}

function keyOf(kind: ScalarKind, value: Scalar, range: Range): Key {
  const text = kind === "float" ? goFloat32(Number(value)) : String(value);
  return { text, kind, value, range };
}

/** Adds what an alias stands for. */
export function addAlias(to: Composition, name: string, start: number, end: number) {
  const range = { start: to.base + start, end: to.base + end };
  const anchored = to.anchors.get(name);
  if (!anchored) return refuse(to, unknownAnchor(name), range.start);
  const { node } = anchored;
  if (!node) return refuse(to, selfContaining(name), range.start);
  count(to, 1, 0, range.start);
  count(to, anchored.cost, anchored.cost, range.start);
  checkDepth(to, anchored.height, range.start);
  raise(to, anchored.height);
  const parent = to.open.at(-1);
  if (!awaitsKey(parent)) return deliver(to, node, range, undefined);
  if (node.type !== "scalar") return refuse(to, problems.complexKey, range.start);
  parent.key = keyOf(anchored.kind, node.value, range);
}

/** Puts a finished node where it belongs: the root, a list, or under the key that waits for it. */
function deliver(
  to: Composition,
  node: Node,
  alias: Range | undefined,
  mergeAliases: readonly (Range | undefined)[] | undefined,
) {
  const parent = to.open.at(-1);
  if (!parent) {
    to.root = node;
    return;
  }
  if (parent.type === "list") {
    parent.items.push(node);
    parent.aliases?.push(alias);
    return;
  }
  const { key } = parent;
  parent.key = undefined;
  if (key === undefined) return;
  if (key === "merge") return merge(to, parent, node, alias, mergeAliases);
  if (key.kind === "null" || key.kind === "unsigned") {
    parent.unusable ??= { problem: problems.keyType, offset: key.range.start };
  }
  const keyIsString = key.kind === "string";
  const entry: MapEntry = alias
    ? { key: key.text, keyRange: key.range, keyIsString, value: node, alias }
    : { key: key.text, keyRange: key.range, keyIsString, value: node };
  setEntry(to, parent, key, entry, key.range);
}

/** The entries of a merge key's value replace those that are there; of a list's maps, the earlier win. */
function merge(
  to: Composition,
  into: OpenMap,
  node: Node,
  alias: Range | undefined,
  aliases: readonly (Range | undefined)[] | undefined,
) {
  const maps = node.type === "list" && aliases ? node.items : [node];
  for (let i = maps.length - 1; i >= 0; i--) {
    const map = maps[i];
    if (map?.type !== "map") return refuse(to, problems.mergeValue, (alias ?? map ?? node).start);
    const place = aliases ? aliases[i] : alias;
    const others = to.otherKeys.get(map);
    into.unusable ??= to.unusable.get(map);
    for (const entry of map.entries) {
      const key = others?.get(entry.key) ?? { kind: "string", value: entry.key };
      setEntry(to, into, key, place ? { ...entry, alias: place } : entry, place ?? entry.keyRange);
    }
  }
}

const fewEntries = 12;

function setEntry(to: Composition, map: OpenMap, key: KeyValue, entry: MapEntry, place: Range) {
  if (key.kind === "float" && key.value === 0) renameZero(map, entry.key);
  const at = findEntry(map, entry.key);
  if (at < 0) {
    map.index?.set(entry.key, map.entries.length);
    map.entries.push(entry);
  } else {
    const before = map.others?.get(entry.key) ?? { kind: "string", value: entry.key };
    const same = before.kind === key.kind && before.value === key.value;
    to.duplicates.push({ key: entry.key, first: map.entries[at]?.keyRange ?? place, again: place, same });
    map.entries[at] = entry;
  }
  if (key.kind !== "string") {
    map.others ??= new Map();
    map.others.set(entry.key, key);
  } else if (at >= 0) map.others?.delete(entry.key);
}

/** To a map of Go the floats 0 and -0 are one key, and the name is that of the last. */
function renameZero(map: OpenMap, name: string) {
  const before = name === "0" ? "-0" : "0";
  const key = map.others?.get(before);
  if (key?.kind !== "float" || key.value !== 0) return;
  const at = findEntry(map, before);
  const entry = map.entries[at];
  if (!entry || findEntry(map, name) >= 0) return;
  map.entries[at] = { ...entry, key: name };
  map.others?.delete(before);
  map.others?.set(name, key);
  map.index?.delete(before);
  map.index?.set(name, at);
}

function findEntry(map: OpenMap, text: string): number {
  const { entries } = map;
  if (!map.index && entries.length < fewEntries) {
    for (let i = 0; i < entries.length; i++) if (entries[i]?.key === text) return i;
    return -1;
  }
  map.index ??= new Map(entries.map((entry, i) => [entry.key, i]));
  return map.index.get(text) ?? -1;
}

/** A node of the document's value that cannot become JSON, if there is one; `nonFinite` numbers may be let through. */
export function findUnusable(from: Composition, nonFinite: boolean): Unusable | undefined {
  if (from.unusable.size === 0 || !from.root) return undefined;
  const seen = new Set<Node>();
  const todo: Node[] = [from.root];
  for (let node = todo.pop(); node; node = todo.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const found = from.unusable.get(node);
    if (found && !(nonFinite && found.problem === problems.number)) return found;
    if (node.type === "list") for (const item of node.items) todo.push(item);
    else if (node.type === "map") for (const entry of node.entries) todo.push(entry.value);
  }
  return undefined;
}
