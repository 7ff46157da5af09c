/** What a document says after some changes, and how its text gets there. */
import { commentsOf } from "../source/comments.ts";
import { type Document, readDocuments } from "../source/document.ts";
import { entryOf, type MapEntry, nodeAt, type Path, toValue, type Value } from "../source/node.ts";
import { applyEdits, type Edit } from "../source/splice.ts";
import type { Spelled } from "./edit-task.ts";
import { beforeLine, isBlank, lineEnd, lineStart } from "./lines.ts";
import type { DocumentChange } from "./resolve.ts";
import { isList, isMap, type ValueMap } from "./same.ts";
import { editsOfDocument, type ValueEdits } from "./value-edits.ts";

/**
 * The edits that make changes of one document, checked by reading it again; or why there are none. Comments stay, but for those on the
 * lines of entries that are removed.
 */
export function editsOfChanges(document: Document, changes: readonly DocumentChange[]): ValueEdits {
  const reading = document.read();
  if (!reading.ok || !reading.root) return { ok: false, reason: "there is nothing that can be read" };
  const wanted = wantedBy(toValue(reading.root), changes);
  if (wanted === undefined) return { ok: false, reason: "what leads to the place is no map" };
  const renames = changes.flatMap((change) => (change.is === "rename" ? [change] : []));
  const also = renames.flatMap(({ path, key }) => keyEdit(document, path, key) ?? []);
  if (also.length < renames.length)
    return { ok: false, reason: "a key that is to be renamed is not written" };
  const final = withRenames(wanted, changes);
  const moved = movedEntries(document, changes);
  const attempt = (withComments: boolean): ValueEdits => {
    const taken = withComments
      ? moved.flatMap(({ comments, perched }) => [comments ?? [], perched ?? []].flat())
      : [];
    const remarks = moved.flatMap(({ remark }) => remark ?? []);
    const spelled = spelledIn(wanted, moved, withComments);
    const options = {
      ordered: true,
      keepsAliases: true,
      spelled,
      also: [...also, ...taken, ...remarks],
      final,
    };
    const result = editsOfDocument(document, wanted, [], options);
    const lost = result.ok ? lostComment(document, result.edits, changes) : undefined;
    return lost === undefined ? result : { ok: false, reason: `the comment ${lost} would be lost` };
  };
  const first = attempt(true);
  return first.ok || moved.every(({ above }) => above.length === 0) ? first : attempt(false);
}

/** A comment that edits take out, and that does not stand on the line of an entry that goes. */
function lostComment(
  document: Document,
  edits: readonly Edit[],
  changes: readonly DocumentChange[],
): string | undefined {
  // An object that is replaced as a whole takes with it what is written in it.
  if (changes.some((change) => change.is === "set" && typeof change.value === "object")) return undefined;
  const comments = commentsOf(document);
  if (comments.length === 0) return undefined;
  const { start, end, file } = document;
  const inside = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  const applied = applyEdits(file.text.slice(start, end), inside);
  const [after] = applied.ok ? readDocuments({ path: "", text: applied.text }) : [];
  const left = new Map<string, number>();
  for (const { text } of after ? commentsOf(after) : [])
    left.set(text.trim(), (left.get(text.trim()) ?? 0) + 1);
  const gone = changes.flatMap((change) => {
    const entry = change.is === "remove" ? entryAt(document, change.path) : undefined;
    return entry ? [{ from: entry.keyRange.start, to: lineEnd(file.text, entry.value.end) }] : [];
  });
  for (const comment of comments) {
    const text = comment.text.trim();
    const count = left.get(text) ?? 0;
    if (count > 0) left.set(text, count - 1);
    else if (!gone.some(({ from, to }) => comment.start >= from && comment.start <= to)) return text;
  }
  return undefined;
}

/** The places of a document that a change touches. */
export function touchedBy(change: DocumentChange): readonly Path[] {
  if (change.is === "move") return [change.path, change.to];
  if (change.is === "rename") return [change.path, [...change.path.slice(0, -1), change.key]];
  return [change.path];
}

/** The value after all changes, in which keys may stand in another order; undefined where something is in the way. */
export function changedValue(before: Value, changes: readonly DocumentChange[]): Value | undefined {
  const wanted = wantedBy(before, changes);
  return wanted === undefined ? undefined : withRenames(wanted, changes);
}

function withRenames(value: Value, changes: readonly DocumentChange[]): Value {
  return changes.reduce(
    (renamed, change) => (change.is === "rename" ? renamedAt(renamed, change.path, change.key) : renamed),
    value,
  );
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

/** The value at a path; undefined when there is none. */
export function valueAt(value: Value, path: Path): Value | undefined {
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

/** An entry that moves and is written on one line: it keeps its quotes and its comments. */
interface MovedEntry {
  readonly to: Path;
  readonly line: string;
  /** The lines of comments above it that are about it alone, and what takes them away there. */
  readonly above: readonly string[];
  readonly comments: Edit | undefined;
  /** Those lines above the flow map that it goes into. */
  readonly perched: Edit | undefined;
  /** Its comment behind the flow map that it goes into, where that ends its line. */
  readonly remark: Edit | undefined;
}

function movedEntries(document: Document, changes: readonly DocumentChange[]): readonly MovedEntry[] {
  const leaving = new Set(changes.flatMap((one) => (one.is === "move" ? [JSON.stringify(one.path)] : [])));
  const going = new Set(changes.flatMap((one) => (one.is === "remove" ? [JSON.stringify(one.path)] : [])));
  return changes.flatMap((change) => {
    if (change.is !== "move") return [];
    const line = lineOfEntry(document, change.path, change.value, String(change.to.at(-1)));
    if (line === undefined) return [];
    const remark = remarkBehind(document, change.to.slice(0, -1), line);
    const said = commentsAbove(document, change.path, { leaving, going });
    return [
      {
        to: change.to,
        line,
        remark,
        ...said,
        perched: aboveFlow(document, change.to.slice(0, -1), said.above),
      },
    ];
  });
}

function remarkBehind(document: Document, path: Path, line: string): Edit | undefined {
  const comment = /[ \t]+#[^"']*$/.exec(line)?.[0];
  const reading = document.read();
  const map = reading.ok ? nodeAt(reading.root, path) : undefined;
  if (comment === undefined || map?.type !== "map" || !map.flow) return undefined;
  const { text } = document.file;
  const end = lineEnd(text, map.end);
  const isOnOneLine = lineStart(text, map.start) === lineStart(text, map.end) && isBlank(text, map.end, end);
  return isOnOneLine ? { start: end, end, text: comment } : undefined;
}

/** Lines of comments above the line of a flow map, where its key begins that line. */
function aboveFlow(document: Document, path: Path, lines: readonly string[]): Edit | undefined {
  const entry = lines.length === 0 ? undefined : entryAt(document, path);
  if (entry?.value.type !== "map" || !entry.value.flow) return undefined;
  const { text } = document.file;
  const start = lineStart(text, entry.keyRange.start);
  if (!isBlank(text, start, entry.keyRange.start)) return undefined;
  const pad = text.slice(start, entry.keyRange.start);
  const newline = /\r?\n|\r/.exec(text)?.[0] ?? "\n";
  return { start, end: start, text: lines.map((line) => `${pad}${line}${newline}`).join("") };
}

function spelledIn(wanted: Value, moved: readonly MovedEntry[], withComments: boolean): Spelled {
  const spelled = new Map<Value, Map<string, readonly string[]>>();
  for (const { to, line, above } of moved) {
    const map = valueAt(wanted, to.slice(0, -1));
    if (map === undefined) continue;
    const known = spelled.get(map) ?? new Map<string, readonly string[]>();
    spelled.set(map, known.set(String(to.at(-1)), withComments ? [...above, line] : [line]));
  }
  return spelled;
}

const noComments = { above: [], comments: undefined };

/** Places of entries that move, and of those that are removed. */
interface Departures {
  readonly leaving: ReadonlySet<string>;
  readonly going: ReadonlySet<string>;
}

/** Comments above an entry that are not about what follows it: then a comment or nothing does. Of a map's only entry those above the map. */
function commentsAbove(
  document: Document,
  path: Path,
  { leaving, going }: Departures,
): { readonly above: readonly string[]; readonly comments: Edit | undefined } {
  const reading = document.read();
  const map = reading.ok ? nodeAt(reading.root, path.slice(0, -1)) : undefined;
  const entry = entryAt(document, path);
  if (map?.type !== "map" || map.flow || !entry) return noComments;
  const { text } = document.file;
  const index = map.entries.indexOf(entry);
  const next = map.entries[index + 1];
  const follows = next ? text.slice(entry.value.end, next.keyRange.start) : "";
  const isLeft = next !== undefined && !leaving.has(JSON.stringify([...path.slice(0, -1), next.key]));
  if (isLeft && !/\n[ \t]*(?:#|\r?\n)/.test(follows)) return noComments;
  const own = linesAbove(text, document.start, entry.keyRange.start);
  const nameOf = (one: MapEntry) => JSON.stringify([...path.slice(0, -1), one.key]);
  const goesWhole = map.entries.every((one) => leaving.has(nameOf(one)) || going.has(nameOf(one)));
  // A map without entries is taken out with what stands between its key and the first of them.
  if (own && goesWhole && index === 0 && metadataMaps.has(path.at(-2)))
    return { above: own.above, comments: undefined };
  if (own) return own;
  const outer = map.entries.length === 1 ? entryAt(document, path.slice(0, -1)) : undefined;
  return (outer && linesAbove(text, document.start, outer.keyRange.start)) ?? noComments;
}

/** The lines of comments right above a line that begins at an offset, at its column. */
function linesAbove(
  text: string,
  from: number,
  offset: number,
): { readonly above: readonly string[]; readonly comments: Edit } | undefined {
  const start = lineStart(text, offset);
  if (!isBlank(text, start, offset)) return undefined;
  const above: string[] = [];
  let first = start;
  while (first > from) {
    const line = lineStart(text, beforeLine(text, first));
    const said = text.slice(line, lineEnd(text, line));
    if (line < from || said.trimStart() !== said.slice(offset - start) || !said.trimStart().startsWith("#"))
      break;
    above.unshift(said.trim());
    first = line;
  }
  if (above.length === 0 || first === from) return undefined;
  return { above, comments: { start: beforeLine(text, first), end: beforeLine(text, start), text: "" } };
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
