/** What a document says after some changes, and how its text gets there. */
import type { Document } from "../source/document.ts";
import { entryOf, type MapEntry, nodeAt, type Path, toValue, type Value } from "../source/node.ts";
import type { Edit } from "../source/splice.ts";
import type { Spelled } from "./edit-task.ts";
import type { DocumentChange } from "./resolve.ts";
import { isList, isMap, type ValueMap } from "./same.ts";
import { editsOfDocument, type ValueEdits } from "./value-edits.ts";

/** The edits that make changes of one document, checked by reading it again; or why there are none. */
export function editsOfChanges(document: Document, changes: readonly DocumentChange[]): ValueEdits {
  const reading = document.read();
  if (!reading.ok || !reading.root) return { ok: false, reason: "there is nothing that can be read" };
  const wanted = wantedBy(toValue(reading.root), changes);
  if (wanted === undefined) return { ok: false, reason: "what leads to the place is no map" };
  const renames = changes.flatMap((change) => (change.is === "rename" ? [change] : []));
  const also = renames.flatMap(({ path, key }) => keyEdit(document, path, key) ?? []);
  if (also.length < renames.length)
    return { ok: false, reason: "a key that is to be renamed is not written" };
  let final = wanted;
  for (const { path, key } of renames) final = renamedAt(final, path, key);
  const spelled = spelledIn(document, wanted, changes);
  return editsOfDocument(document, wanted, [], { ordered: true, spelled, also, final });
}

/** The places of a document that a change touches. */
export function touchedBy(change: DocumentChange): readonly Path[] {
  if (change.is === "move") return [change.path, change.to];
  if (change.is === "rename") return [change.path, [...change.path.slice(0, -1), change.key]];
  return [change.path];
}

/** The value after all changes but the renaming of keys; undefined where something is in the way. */
function wantedBy(before: Value, changes: readonly DocumentChange[]): Value | undefined {
  const fresh = new Set<string>();
  let value = before;
  for (const change of changes) {
    const next = changed(value, change, fresh);
    if (next === undefined) return undefined;
    value = next;
  }
  for (const change of changes) {
    if (change.is === "remove" || change.is === "move") value = pruned(value, change.path.slice(0, -1));
  }
  return value;
}

function changed(value: Value, change: DocumentChange, fresh: Set<string>): Value | undefined {
  switch (change.is) {
    case "set":
      return withSet(value, change.path, change.value, { beside: change.beside, fresh });
    case "remove":
      return without(value, change.path);
    case "move":
      return withSet(without(value, change.path), change.to, change.value, { beside: undefined, fresh });
    case "rename":
      return value;
  }
}

interface Placing {
  /** The key that a new one follows. */
  readonly beside: string | undefined;
  /** New keys so far, as paths. */
  readonly fresh: Set<string>;
}

/** The value with another at a path; maps on the way are made. */
function withSet(value: Value, path: Path, wanted: Value, placing: Placing, depth = 0): Value | undefined {
  const step = path[depth];
  if (step === undefined) return wanted;
  const inside = (inner: Value | undefined) => withSet(inner ?? null, path, wanted, placing, depth + 1);
  if (typeof step === "number") {
    if (!isList(value) || step >= value.length) return undefined;
    const inner = inside(value[step]);
    return inner === undefined ? undefined : value.map((item, index) => (index === step ? inner : item));
  }
  if (value !== null && !isMap(value)) return undefined;
  const map: ValueMap = value ?? {};
  const isKnown = Object.hasOwn(map, step);
  const inner = inside(isKnown ? map[step] : null);
  if (inner === undefined) return undefined;
  if (isKnown) return { ...map, [step]: inner };
  const isLast = depth === path.length - 1;
  return inserted(
    map,
    step,
    inner,
    path.slice(0, depth),
    isLast ? placing : { ...placing, beside: undefined },
  );
}

/** The order in which people write these. */
const usual: readonly (readonly string[])[] = [
  ["apiVersion", "kind", "metadata", "spec"],
  ["name", "generateName", "namespace", "labels", "annotations"],
  ["requests", "limits"],
];

function inserted(
  map: ValueMap,
  key: string,
  value: Value,
  above: Path,
  { beside, fresh }: Placing,
): ValueMap {
  const keys = Object.keys(map);
  const nameOf = (name: string) => JSON.stringify([...above, name]);
  let at = keys.length;
  if (beside !== undefined && keys.includes(beside)) {
    at = keys.indexOf(beside) + 1;
    while (at < keys.length && fresh.has(nameOf(keys[at] ?? ""))) at++;
  } else {
    const order = usual.find((list) => list.includes(key)) ?? [];
    const later = order.slice(order.indexOf(key) + 1);
    const next = keys.findIndex((name) => later.includes(name));
    if (next >= 0) at = next;
  }
  fresh.add(nameOf(key));
  const entries = keys.map((name): [string, Value] => [name, map[name] ?? null]);
  entries.splice(at, 0, [key, value]);
  return Object.fromEntries(entries);
}

function without(value: Value, path: Path): Value {
  const [step, ...rest] = path;
  if (isList(value) && typeof step === "number")
    return value.map((item, index) => (index === step ? without(item, rest) : item));
  if (!isMap(value) || typeof step !== "string" || !Object.hasOwn(value, step)) return value;
  if (rest.length > 0) return { ...value, [step]: without(value[step] ?? null, rest) };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
}

const metadataMaps = new Set<string | number | undefined>(["labels", "annotations", "metadata"]);

/** The value without a map that has become empty, nor metadata that is empty with it. */
function pruned(value: Value, path: Path): Value {
  const here = valueAt(value, path);
  const isEmpty = isMap(here) && Object.keys(here).length === 0;
  if (!isEmpty || !metadataMaps.has(path.at(-1))) return value;
  return pruned(without(value, path), path.slice(0, -1));
}

function valueAt(value: Value, path: Path): Value | undefined {
  let here: Value | undefined = value;
  for (const step of path) {
    if (isList(here)) here = typeof step === "number" ? here[step] : undefined;
    else here = isMap(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  }
  return here;
}

function renamedAt(value: Value, path: Path, key: string): Value {
  const [step, ...rest] = path;
  if (isList(value) && typeof step === "number")
    return value.map((item, index) => (index === step ? renamedAt(item, rest, key) : item));
  if (!isMap(value) || typeof step !== "string") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]): [string, Value] => {
      if (name !== step) return [name, inner];
      return rest.length > 0 ? [name, renamedAt(inner, rest, key)] : [key, inner];
    }),
  );
}

function entryAt(document: Document, path: Path): MapEntry | undefined {
  const reading = document.read();
  const key = path.at(-1);
  if (!reading.ok || typeof key !== "string") return undefined;
  return entryOf(nodeAt(reading.root, path.slice(0, -1)), key);
}

/** Another key in the place of one, in its quotes. */
function keyEdit(document: Document, path: Path, key: string): Edit | undefined {
  const range = entryAt(document, path)?.keyRange;
  if (!range) return undefined;
  const { start, end } = range;
  const quote = document.file.text.charAt(start);
  const isPlain = /^[A-Za-z0-9][\w./-]*$/.test(key);
  const text = quote === "'" && isPlain ? `'${key}'` : quote !== '"' && isPlain ? key : JSON.stringify(key);
  return { start, end, text };
}

/** The lines of entries that move, for those that are written on one line: they keep their quotes and their comments. */
function spelledIn(document: Document, wanted: Value, changes: readonly DocumentChange[]): Spelled {
  const spelled = new Map<Value, Map<string, string>>();
  for (const change of changes) {
    if (change.is !== "move") continue;
    const map = valueAt(wanted, change.to.slice(0, -1));
    const line = lineOfEntry(document, change.path, change.value, String(change.to.at(-1)));
    if (map === undefined || line === undefined) continue;
    const known = spelled.get(map) ?? new Map<string, string>();
    spelled.set(map, known.set(String(change.to.at(-1)), line));
  }
  return spelled;
}

function lineOfEntry(document: Document, path: Path, value: Value, key: string): string | undefined {
  const entry = entryAt(document, path);
  if (!entry || entry.alias || entry.value.type !== "scalar" || entry.value.value !== value) return undefined;
  const { keyRange, value: node } = entry;
  const { text } = document.file;
  const between = text.slice(keyRange.end, node.start);
  if (!/^[ \t]*:[ \t]+$/.test(between) || node.style === "literal" || node.style === "folded")
    return undefined;
  const said = text.slice(node.start, node.end);
  const [rest = ""] = /^[^\r\n]*/.exec(text.slice(node.end, node.end + 1000)) ?? [];
  if (/[\r\n]/.test(said) || !/^[ \t]*(?:#.*)?$/.test(rest)) return undefined;
  const name = path.at(-1) === key ? text.slice(keyRange.start, keyRange.end) : key;
  return `${name}${between}${said}${rest.trimEnd()}`;
}
