/** Findings that were there before: what of today's is new, what is left of them, and what is gone. */
import type { Document } from "../source/document.ts";
import type { Location } from "../source/locate.ts";
import { type MapEntry, type MapNode, type Node, nodeAt, type Path } from "../source/node.ts";
import type { Finding } from "./finding.ts";

/** What tells one finding from another whatever the lines and files are. */
export interface Fingerprint {
  readonly rule: string;
  /** "Deployment/web in shop", as the object that the finding points into is written; empty when it points into none. */
  readonly object: string;
  /** Where in the object: `spec.template.metadata.annotations['sidecar.istio.io/proxyCPU']`. */
  readonly path: string;
  /** The message without places, numbers of workloads, releases of Istio, which upgrades change, and whether the pod is injected for sure. */
  readonly message: string;
}

/** A finding as a baseline holds it. */
export interface BaselineEntry extends Fingerprint {
  /** Where it was, relative to the baseline's directory; it only tells equal findings apart. */
  readonly file: string;
  /** How many there are that nothing tells apart. */
  readonly count: number;
  readonly reason?: string;
  /** The last day on which it is held, as 2026-12-31. */
  readonly expires?: string;
}

export interface Baseline {
  readonly findings: readonly BaselineEntry[];
}

export interface BaselineSources {
  /** The documents of a file in which a finding is. */
  documentsOf(file: string): readonly Document[] | undefined;
  /** A path as the baseline writes it, from one of a finding; default: as it is. */
  pathFor?(file: string): string;
  /** Whether a file of the baseline is there and was not looked at; default: everything was. */
  isBeyond?(file: string): boolean;
  /** Without it nothing expires. */
  readonly today?: string | undefined;
}

export interface Comparison {
  /** What the baseline does not hold, in order; what it held until a day that is past says so in its help. */
  readonly fresh: readonly Finding[];
  /** What it holds. */
  readonly known: readonly Finding[];
  /** Entries that nothing answers to any more, with how many of each. */
  readonly gone: readonly BaselineEntry[];
}

/** Compares findings with a baseline. Equal ones are counted; their files say which of them are new. */
export function compareWith(
  findings: readonly Finding[],
  baseline: Baseline,
  sources: BaselineSources,
): Comparison {
  const shelves = shelvesOf(baseline, sources);
  const told = identified(findings, sources);
  const taken = new Map<Finding, Held>();
  // Those of the same file first: what is left over may have moved to another.
  for (const sameFile of [true, false]) {
    for (const { finding, key, file } of told) {
      if (taken.has(finding)) continue;
      const held = shelves.get(key)?.find((one) => one.left > 0 && answers(one, file, sameFile));
      if (!held) continue;
      held.left--;
      taken.set(finding, held);
    }
  }
  const isKnown = (finding: Finding) => taken.get(finding)?.expired === false;
  return {
    fresh: findings.filter((finding) => !isKnown(finding)).map((one) => withExpiry(one, taken.get(one))),
    known: findings.filter(isKnown),
    gone: [...shelves.values()]
      .flat()
      .filter(({ left, beyond }) => left > 0 && !beyond)
      .map(({ entry, left }) => ({ ...entry, count: left }))
      .sort(inOrder),
  };
}

/** The baseline of findings; what an earlier one says by hand of those that are left stays, and what it holds of files beyond. */
export function baselineOf(
  findings: readonly Finding[],
  sources: BaselineSources,
  before: Baseline = { findings: [] },
): Baseline {
  const entries = new Map<string, BaselineEntry>();
  const shelves = shelvesOf(before, sources);
  for (const { print, key, file } of identified(findings, sources)) {
    const place = `${key}\n${file}`;
    const known = entries.get(place);
    if (known) {
      entries.set(place, { ...known, count: known.count + 1 });
      continue;
    }
    const shelf = shelves.get(key) ?? [];
    const { reason, expires } = (shelf.find(({ entry }) => entry.file === file) ?? shelf[0])?.entry ?? {};
    entries.set(place, {
      ...print,
      file,
      count: 1,
      ...(reason !== undefined && { reason }),
      ...(expires !== undefined && { expires }),
    });
  }
  const beyond = before.findings.filter(({ file }) => sources.isBeyond?.(file) === true);
  return { findings: [...entries.values(), ...beyond].sort(inOrder) };
}

/** A baseline without the entries that are gone. */
export function pruned(baseline: Baseline, gone: readonly BaselineEntry[]): Baseline {
  const less = new Map<string, number>();
  for (const entry of gone) {
    const key = `${keyOf(entry)}\n${entry.file}`;
    less.set(key, (less.get(key) ?? 0) + entry.count);
  }
  const findings = baseline.findings.flatMap((entry) => {
    const key = `${keyOf(entry)}\n${entry.file}`;
    const drop = Math.min(less.get(key) ?? 0, entry.count);
    less.set(key, (less.get(key) ?? 0) - drop);
    return drop === entry.count ? [] : [{ ...entry, count: entry.count - drop }];
  });
  return { findings };
}

/** An entry while findings are laid against it. */
interface Held {
  readonly entry: BaselineEntry;
  readonly expired: boolean;
  readonly beyond: boolean;
  left: number;
}

function shelvesOf(
  { findings }: Baseline,
  { isBeyond, today }: BaselineSources,
): ReadonlyMap<string, Held[]> {
  const shelves = new Map<string, Held[]>();
  for (const entry of findings) {
    const { expires, file, count } = entry;
    const expired = expires !== undefined && today !== undefined && expires < today;
    const held = { entry, expired, beyond: isBeyond?.(file) === true, left: count };
    const shelf = shelves.get(keyOf(entry));
    if (shelf) shelf.push(held);
    else shelves.set(keyOf(entry), [held]);
  }
  return shelves;
}

function answers({ entry, beyond }: Held, file: string, sameFile: boolean): boolean {
  return sameFile ? entry.file === file : !beyond;
}

function withExpiry(finding: Finding, held: Held | undefined): Finding {
  if (!held?.entry.expires) return finding;
  const { expires, reason } = held.entry;
  const why = reason === undefined ? "" : ` (${reason})`;
  const said = `the baseline held it until ${expires}${why}`;
  return { ...finding, help: finding.help === undefined ? said : `${finding.help}; ${said}` };
}

interface Identified {
  readonly finding: Finding;
  readonly print: Fingerprint;
  readonly key: string;
  readonly file: string;
}

function identified(findings: readonly Finding[], sources: BaselineSources): readonly Identified[] {
  const documents = new Map<string, readonly Document[]>();
  const documentsOf = (file: string) => {
    const known = documents.get(file) ?? sources.documentsOf(file) ?? [];
    documents.set(file, known);
    return known;
  };
  return findings.map((finding) => {
    const print = fingerprintOf(finding, documentsOf);
    const { file } = finding.location;
    return { finding, print, key: keyOf(print), file: sources.pathFor?.(file) ?? file };
  });
}

function keyOf({ rule, object, path, message }: Fingerprint): string {
  return [rule, object, path, withoutDoubt(message)].join("\n");
}

/** What stays the same of a finding when lines move, files are renamed and manifests are written in another style. */
export function fingerprintOf(
  { rule, message, location, group }: Finding,
  documentsOf: (file: string) => readonly Document[] | undefined,
): Fingerprint {
  const said = withoutPlaces(message);
  // Where a finding stands that was counted over several workloads depends on which of them comes first.
  if (group !== undefined) return { rule, object: "", path: "", message: said };
  return { rule, ...placeIn(location, documentsOf(location.file) ?? []), message: said };
}

// Words are looked at from their start alone: a long one would take its length squared otherwise.
const place = /(?<![^\s()"',])(?:[^\s()"',]+\.(?:ya?ml|json)\b(?::\d+){0,2}|[^\s()"',]+:\d+:\d+)/g;
const amount =
  /\b(?:this pod|every pod|the one workload|both workloads|(?:all )?\d[\d,.\u202f\u00a0]* (?:other )?workloads?)\b/g;

/** A message as it is where the pod is injected for sure: files that are not looked at may say so, and take nothing from what was found. */
function withoutDoubt(message: string): string {
  if (!message.includes("is injected")) return message;
  return message
    .replace(/ \(if the pod is injected\)|, if (?:the pod|it) is injected\b(?!,)/g, "")
    .replace(": if the pod is injected, the injector refuses it,", ": the injector refuses the pod,")
    .replace(/: if the pod is injected, it (?:refuses it|is refused),/, ": it refuses the pod,")
    .replace(": if the pod is injected, ", ": ");
}

function withoutPlaces(message: string): string {
  return withoutDoubt(message)
    .replace(/ \(and those of [^()]*\)/g, "")
    .replace(place, "<file>")
    .replace(/\bline \d+/g, "line <n>")
    .replace(/\bIstio \d+\.\d+(?:\.\d+)?/g, "Istio <release>")
    .replace(amount, "<workloads>");
}

/** The object in which something stands, and where there. */
function placeIn({ start }: Location, documents: readonly Document[]): Pick<Fingerprint, "object" | "path"> {
  const document = documents.find((one) => one.start <= start && start < one.end) ?? documents.at(-1);
  const reading = document?.read();
  const root = reading?.ok ? reading.root : undefined;
  if (!root) return { object: "", path: "" };
  const path = pathAt(root, start);
  const item = itemOf(root, path);
  return { object: nameOf(nodeAt(root, path.slice(0, item))), path: pathText(root, path, item) };
}

/** The path of the deepest entry or item around an offset. */
function pathAt(root: Node, offset: number): Path {
  const path: (string | number)[] = [];
  for (let node: Node | undefined = root; node && node.type !== "scalar"; ) {
    if (node.type === "list") {
      const index: number = node.items.findIndex(({ start, end }) => start <= offset && offset < end);
      if (index < 0) break;
      path.push(index);
      node = node.items[index];
      continue;
    }
    const entry = entryAround(node, offset);
    if (!entry) break;
    path.push(entry.key);
    node = entry.alias ? undefined : entry.value;
  }
  return path;
}

function entryAround({ entries }: MapNode, offset: number): MapEntry | undefined {
  return entries.find(({ keyRange, value, alias }) => {
    const end = Math.max(keyRange.end, (alias ?? value).end);
    return keyRange.start <= offset && offset < end;
  });
}

/** How much of a path leads to the object: the items of a List are objects themselves. */
function itemOf(root: Node, path: Path): number {
  let depth = 0;
  while (path[depth] === "items" && typeof path[depth + 1] === "number") {
    const kind = textAt(nodeAt(root, path.slice(0, depth)), ["kind"]);
    if (!kind.endsWith("List")) break;
    depth += 2;
  }
  return depth;
}

/** "Deployment/web in shop", as it is written. */
function nameOf(object: Node | undefined): string {
  const kind = textAt(object, ["kind"]);
  const name = textAt(object, ["metadata", "name"]) || textAt(object, ["metadata", "generateName"]);
  const namespace = textAt(object, ["metadata", "namespace"]);
  return `${kind}${name && `/${name}`}${namespace && ` in ${namespace}`}`;
}

function textAt(node: Node | undefined, path: Path): string {
  const found = nodeAt(node, path);
  return found?.type === "scalar" && found.value !== null ? String(found.value) : "";
}

/** A path below an object for people; items of lists go by their names where they have some. */
function pathText(root: Node, path: Path, from: number): string {
  let text = "";
  for (let depth = from; depth < path.length; depth++) {
    const step = path[depth] ?? "";
    if (typeof step === "string") {
      const plain = /^[A-Za-z_][\w-]*$/.test(step);
      text += plain ? `${text && "."}${step}` : `['${step}']`;
    } else {
      const name = textAt(nodeAt(root, path.slice(0, depth + 1)), ["name"]);
      text += name ? `[name=${name}]` : `[${step}]`;
    }
  }
  return text;
}

/** Entries by object, path, rule, message and file, so that what changes is a line where it belongs. */
function inOrder(a: BaselineEntry, b: BaselineEntry): number {
  return (
    byText(a.object, b.object) ||
    byText(a.path, b.path) ||
    byText(a.rule, b.rule) ||
    byText(a.message, b.message) ||
    byText(a.file, b.file)
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
