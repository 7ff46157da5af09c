/** From changes of objects, as rules want them, to changes of the documents that set what is to change. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import type { Change, Holder, Proposal } from "../lint/edits.ts";
import type { Document } from "../source/document.ts";
import { nodeAt, type Path, toValue, type Value } from "../source/node.ts";
import type { World } from "../world/world.ts";
import { isSame } from "./same.ts";
import { takenBack } from "./uninject.ts";

/** One change of a document; paths are the document's. */
export type DocumentChange = { readonly document: Document } & (
  | {
      readonly is: "set";
      readonly path: Path;
      readonly value: Value;
      /** Whether nothing stood there, and of an entry the key that it follows. */
      readonly isNew?: true;
      readonly beside?: string;
    }
  | { readonly is: "remove"; readonly path: Path }
  | { readonly is: "rename"; readonly path: Path; readonly key: string }
  | { readonly is: "move"; readonly path: Path; readonly to: Path; readonly value: Value }
);

export type Resolved =
  | { readonly ok: true; readonly changes: readonly DocumentChange[] }
  | { readonly ok: false; readonly reason: string };

type One =
  | { readonly ok: true; readonly change: DocumentChange }
  | { readonly ok: false; readonly reason: string };

/** The changes of documents that make what is proposed for an object; or why there are none. What is so already needs no change. */
export function resolveProposal(world: World, { holder, changes }: Proposal): Resolved {
  const resolved: DocumentChange[] = [];
  for (const change of changes) {
    if (isSo(holder, change)) continue;
    const one = resolve(world, holder, change);
    if (!one.ok) return one;
    resolved.push(one.change);
  }
  return { ok: true, changes: resolved };
}

/** Whether a change would say what is said already. */
function isSo({ value }: Holder, change: Change): boolean {
  const said = change.is === "set" ? at(value, change.path) : undefined;
  return change.is === "set" && said !== undefined && isSame(said as Value, change.value as Value);
}

/** Where what a change is about stands: a new entry stands where its sibling does, or what is around it. */
export function anchorOf(holder: Holder, change: Change): Path {
  if (change.is === "run") return [];
  if (change.is !== "set" || at(holder.value, change.path) !== undefined) return change.path;
  if (change.beside) return change.beside;
  let { path } = change;
  while (path.length > 0 && at(holder.value, path) === undefined) path = path.slice(0, -1);
  return path;
}

function resolve(world: World, holder: Holder, change: Change): One {
  switch (change.is) {
    case "run":
      return resolveRun(world, holder);
    case "set":
      return at(holder.value, change.path) === undefined
        ? resolveNew(holder, change.path, change.value, change.beside)
        : resolveWritten(holder, change.path, (written) => ({ ok: true, value: change.value, written }));
    case "quote":
      return resolveWritten(holder, change.path, spelling);
    case "remove":
    case "rename":
    case "move":
      return resolveEntry(holder, change);
  }
}

const refuse = (reason: string): One => ({ ok: false, reason });

/** What a place of a document is part of. */
export type Form = "object" | "json-patch" | "kustomization";

const kustomizationName = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;

/** What form a document has that sets something of an object. */
export function formOf({ file, within, read }: Document): Form {
  const reading = read();
  if (reading.ok && reading.root?.type === "list") return "json-patch";
  return !within && kustomizationName.test(file.path) ? "kustomization" : "object";
}

/** A value that is written, with what stands there. */
interface Written {
  readonly document: Document;
  readonly path: Path;
  readonly form: Form;
  /** The scalar as it is spelled; undefined where it has quotes, or is none. */
  readonly spelled: string | undefined;
}

function writtenAt(holder: Holder, path: Path): Written | string {
  const { document, path: place } = holder.sourceOf(path);
  const reading = document.read();
  const node = reading.ok ? nodeAt(reading.root, place) : undefined;
  const name = nameOf(path);
  if (!node || !isSame(toValue(node), (at(holder.value, path) ?? null) as Value))
    return `${name} does not stand in any file as it arrives in the cluster`;
  const isPlain = node.type === "scalar" && node.style === "plain" && node.end > node.start;
  return {
    document,
    path: place,
    form: formOf(document),
    spelled: isPlain ? document.file.text.slice(node.start, node.end) : undefined,
  };
}

/** A path for people: the key of a label or annotation, else the path. */
export function nameOf(path: Path): string {
  const map = path.at(-2);
  return map === "labels" || map === "annotations" ? String(path.at(-1)) : path.join(".");
}

function resolveWritten(
  holder: Holder,
  path: Path,
  make: (
    written: Written,
  ) => { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string },
): One {
  const written = writtenAt(holder, path);
  if (typeof written === "string") return refuse(written);
  const made = make(written);
  if (!made.ok) return made;
  const { document, path: place } = written;
  return { ok: true, change: { document, is: "set", path: place, value: made.value as Value } };
}

function spelling({
  spelled,
}: Written): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string } {
  if (spelled === undefined || /[\r\n]/.test(spelled))
    return { ok: false, reason: "the value is not written on one line without quotes" };
  return { ok: true, value: spelled };
}

function resolveNew(holder: Holder, path: Path, value: Json, beside: Path | undefined): One {
  const anchor = anchorOf(holder, { is: "set", path, value, ...(beside && { beside }) });
  const target = counterpart(holder, anchor, path);
  if (typeof target === "string") return refuse(target);
  const isSibling = beside !== undefined && samePath(beside.slice(0, -1), path.slice(0, -1));
  const sibling = isSibling ? String(beside.at(-1)) : undefined;
  return {
    ok: true,
    change: {
      ...target,
      is: "set",
      value: value as Value,
      isNew: true,
      ...(sibling !== undefined && { beside: sibling }),
    },
  };
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** The place of a path of the object in the document that sets another one. */
function counterpart(
  holder: Holder,
  anchor: Path,
  path: Path,
): { readonly document: Document; readonly path: Path } | string {
  const { document, path: place } = holder.sourceOf(anchor);
  let shared = 0;
  while (shared < anchor.length && shared < path.length && anchor[shared] === path[shared]) shared++;
  const below = anchor.slice(shared);
  const head = place.slice(0, place.length - below.length);
  if (place.length < below.length || !samePath(place.slice(head.length), below))
    return elsewhere(anchor, document);
  const form = formOf(document);
  // Of these, only what stands side by side is written side by side.
  const isBeside = below.length === 1 && path.length === shared + 1 && place.length > 1;
  if (form === "kustomization" && !isBeside) return elsewhere(anchor, document);
  if (form === "json-patch" && (head.length < 2 || head[1] !== "value")) return elsewhere(anchor, document);
  const reading = document.read();
  if (!reading.ok || !nodeAt(reading.root, place))
    return `${nameOf(anchor)} does not stand in any file as it arrives in the cluster`;
  return { document, path: [...head, ...path.slice(shared)] };
}

function elsewhere(path: Path, document: Document): string {
  const form = formOf(document);
  const by =
    form === "json-patch"
      ? "an operation of a JSON patch"
      : form === "kustomization"
        ? "a kustomization, for all its objects"
        : "something that does not have the form of the object";
  return `${nameOf(path)} is set by ${by} (${document.file.path})`;
}

type EntryChange = Extract<Change, { is: "remove" | "rename" | "move" }>;

function resolveEntry(holder: Holder, change: EntryChange): One {
  const { path } = change;
  const written = writtenAt(holder, path);
  if (typeof written === "string") return refuse(written);
  const { document, path: place, form } = written;
  if (typeof place.at(-1) !== "string" || place.at(-1) !== path.at(-1))
    return refuse(elsewhere(path, document));
  if (form === "json-patch" && place.length < 3) return refuse(elsewhere(path, document));
  if (form === "kustomization" && change.is !== "rename") return refuse(elsewhere(path, document));
  if (change.is === "remove") return { ok: true, change: { document, is: "remove", path: place } };
  if (change.is === "rename") {
    if (at(holder.value, [...path.slice(0, -1), change.key]) !== undefined)
      return refuse(`${change.key} is there as well`);
    return { ok: true, change: { document, is: "rename", path: place, key: change.key } };
  }
  if (at(holder.value, change.to) !== undefined) return refuse(`${nameOf(change.to)} is there as well`);
  const target = counterpart(holder, path, change.to);
  if (typeof target === "string") return refuse(target);
  const value = (change.value ?? at(holder.value, path) ?? null) as Value;
  return { ok: true, change: { document, is: "move", path: place, to: target.path, value } };
}

function resolveRun(world: World, holder: Holder): One {
  const workload = world.workloads.find((one) => one === holder);
  if (!workload) return refuse("it is no workload");
  const { document, path, value } = holder.resource;
  const result = takenBack(world, workload, value);
  if (!result.ok) return refuse(result.errors.map(({ message }) => message).join("; "));
  if (result.was === "untouched") return refuse("injection left no record that says what to take out");
  const written = at(documentValue(document), path);
  if (!isObject(written)) return refuse("it does not stand in a file as an object");
  // The kind of an item of a list may be the list's to say.
  const after: JsonObject = Object.fromEntries(
    Object.entries(result.object).filter(
      ([key]) => Object.hasOwn(written, key) || !Object.hasOwn(value, key),
    ),
  );
  return { ok: true, change: { document, is: "set", path, value: after as Value } };
}

function documentValue(document: Document): Json {
  const reading = document.read();
  return (reading.ok && reading.root ? toValue(reading.root) : null) as Json;
}
