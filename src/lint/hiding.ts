/** What hides findings, each with what it covers: comments, annotations and entries of the configuration, read from their places. */
import ignore from "ignore";
import { at, isObject, type Json } from "../kube/json.ts";
import { type Comment, commentsOf } from "../source/comments.ts";
import type { Document } from "../source/document.ts";
import { type Location, lineStarts, locationOf, positionAt } from "../source/locate.ts";
import type { Node, Range } from "../source/node.ts";
import type { SourceFile } from "../source/reading.ts";
import { placeText } from "../world/resource.ts";
import type { NamespaceRecord, Placed, Workload, World } from "../world/world.ts";
import { namesMatching } from "./names.ts";
import { ignoreAnnotation, type NamedRule, readDirective, readIgnored } from "./suppression.ts";

/** One rule (or all) that one comment, annotation or entry hides. */
export interface Hiding {
  readonly kind: "comment" | "annotation" | "config";
  /** As it is named; undefined for all rules. */
  readonly rule: string | undefined;
  /** Which word says so: `sidelint-ignore`, `sidelint.dev/ignore`, `ignore`. */
  readonly word: string;
  readonly reason: string | null;
  readonly until: string | undefined;
  /** Where it says so; undefined for a configuration that is no file. */
  readonly location: Location | undefined;
  /** "apps/web.yaml:3:5", for people. */
  readonly place: string;
  /** What is wrong with it whatever the findings are. */
  readonly problem: "no-rule" | "misplaced" | "unknown-word" | undefined;
  /** Whether it stands in a document that cannot be read, such as a template, in which nothing can be found. */
  readonly unread: boolean;
  /** The one file (by its path), document or workload outside of which it covers nothing. */
  readonly only: string | Document | Workload | undefined;
  /** Whether it covers what stands at a place. */
  covers(location: Location): boolean;
  /** Whether it covers what is found for a workload at a place. */
  coversWorkload(workload: Workload, location: Location): boolean;
  /** Whether it covers what is found in a Namespace object. */
  coversNamespace(record: NamespaceRecord): boolean;
}

const nothing = {
  until: undefined,
  problem: undefined,
  unread: false,
  only: undefined,
  covers: () => false,
  coversWorkload: () => false,
  coversNamespace: () => false,
} as const;

/** What the comments of a file hide there. */
export function hidingsOfFile(file: SourceFile, documents: readonly Document[]): readonly Hiding[] {
  if (!/sidelint-ignore/i.test(file.text)) return [];
  const lines = lineStarts(file.text);
  return documents.flatMap((document) => {
    const isFirst = document.index === 0;
    const comments = commentsOf(document, isFirst ? 0 : document.start);
    const alone = new Set(comments.flatMap((one) => (one.alone ? [positionAt(lines, one.start).line] : [])));
    return comments.flatMap((comment) => hidingsOfComment(comment, { file, document, lines, alone }));
  });
}

interface Page {
  readonly file: SourceFile;
  readonly document: Document;
  readonly lines: readonly number[];
  /** The lines that hold nothing but a comment. */
  readonly alone: ReadonlySet<number>;
}

function hidingsOfComment(comment: Comment, page: Page): readonly Hiding[] {
  const directive = readDirective(comment.text);
  if (!directive) return [];
  const { word, rules, reason } = directive;
  const whole = locationOf(page.file, { start: comment.start, end: comment.end });
  const unread = !page.document.read().ok;
  const said = { kind: "comment" as const, word: `sidelint-${word}`, reason, unread, only: page.document };
  const inPlace = (rule: NamedRule | undefined) => {
    const start = comment.start + (rule?.offset ?? 0);
    const location = rule ? locationOf(page.file, { start, end: start + rule.name.length }) : whole;
    return { ...said, rule: rule?.name, location, place: placeText(whole) };
  };
  const named = rules.length > 0 ? rules : [undefined];
  if (word === "ignore-file" && !comment.atHead) {
    const rule = rules.map(({ name }) => name).join(", ") || undefined;
    return [{ ...nothing, ...inPlace(undefined), rule, problem: "misplaced" }];
  }
  if (word === "ignore-file") {
    const isFirst = page.document.index === 0;
    const covers = within([isFirst ? everything : page.document], page.file);
    const only = isFirst ? page.file.path : page.document;
    return named.map((rule) => ({ ...nothing, ...inPlace(rule), only, covers }));
  }
  if (word !== "ignore") return [{ ...nothing, ...inPlace(undefined), problem: "unknown-word" }];
  if (rules.length === 0) return [{ ...nothing, ...inPlace(undefined), problem: "no-rule" }];
  const covers = within(rangesBelow(comment, page), page.file);
  return named.map((rule) => ({ ...nothing, ...inPlace(rule), covers }));
}

const everything: Range = { start: 0, end: Number.POSITIVE_INFINITY };

function within(ranges: readonly Range[], { path }: SourceFile): (location: Location) => boolean {
  return ({ file, start: place }) =>
    file === path && ranges.some(({ start, end }) => start <= place && place < end);
}

/** What a comment is about: its line, or what begins on the line below it, with everything in that. */
function rangesBelow(comment: Comment, page: Page): readonly Range[] {
  const { lines, file, document, alone } = page;
  const lineOf = (offset: number) => positionAt(lines, offset).line;
  const rangeOf = (line: number): Range => ({
    start: lines[line - 1] ?? file.text.length + 1,
    end: lines[line] ?? file.text.length + 1,
  });
  const own = lineOf(comment.start);
  if (!comment.alone) return [rangeOf(own)];
  let next = own + 1;
  while (alone.has(next)) next++;
  const line = rangeOf(next);
  if (line.start > file.text.length) return [];
  const indent = file.text.slice(line.start, line.end).search(/[^ \t]/);
  const reading = document.read();
  const begun = reading.ok ? nodeFrom(reading.root, line.start + Math.max(indent, 0), file.text) : undefined;
  return begun ? [line, begun] : [line];
}

/** The object, entry or item that begins at an offset, the first character of its line. */
function nodeFrom(root: Node | undefined, offset: number, text: string): Range | undefined {
  if (!root || root.start === offset) return root;
  let node: Node | undefined = root;
  while (node && node.type !== "scalar") {
    if (node.type === "map") {
      const entry: (typeof node.entries)[number] | undefined = node.entries.find(
        ({ keyRange, value, alias }) => keyRange.start <= offset && offset < (alias ?? value).end,
      );
      if (entry?.keyRange.start === offset) return { start: offset, end: (entry.alias ?? entry.value).end };
      node = entry?.alias ? undefined : entry?.value;
    } else {
      const item: Node | undefined = node.items.find(({ end }) => offset < end);
      if (item && item.start >= offset && isDashed(text.slice(offset, item.start)))
        return { start: offset, end: item.end };
      node = item;
    }
  }
  return undefined;
}

/** Whether between the begin of a line and an item there is nothing but its dash, or that of the list that it is the first of. */
function isDashed(text: string): boolean {
  return /^(?:-\s+)*$/.test(text);
}

/** What the annotations of workloads, pod templates and Namespaces hide. */
export function hidingsOfAnnotations(world: World): readonly Hiding[] {
  const hidings: Hiding[] = [];
  for (const workload of world.workloads) {
    const paths = [["metadata"], [...workload.template, "metadata"]];
    for (const path of workload.template.length === 0 ? paths.slice(0, 1) : paths) {
      const value = annotationAt(workload.value, path);
      if (value === undefined) continue;
      const coversWorkload = (one: Workload) => one === workload;
      const locate = () => workload.locate([...path, "annotations", ignoreAnnotation], "value");
      const covered = { only: workload, coversWorkload };
      hidings.push(...hidingsOfValue(value, locate() ?? workload.start(), covered));
    }
  }
  for (const record of world.namespaces) {
    const value = record.placed && annotationAt(record.placed.value, ["metadata"]);
    if (value === undefined) continue;
    const coversWorkload = ({ namespace, root }: Workload) =>
      namespace.name === record.name && (record.root === null || record.root === root);
    const location =
      record.placed?.locate(["metadata", "annotations", ignoreAnnotation], "value") ?? record.origin.location;
    const coversNamespace = (one: NamespaceRecord) => one === record;
    if (location) hidings.push(...hidingsOfValue(value, location, { coversWorkload, coversNamespace }));
  }
  return hidings;
}

function annotationAt(value: Json, path: readonly (string | number)[]): string | undefined {
  const annotations = at(value, [...path, "annotations"]);
  const said = isObject(annotations) ? annotations[ignoreAnnotation] : undefined;
  return typeof said === "string" ? said : undefined;
}

function hidingsOfValue(
  value: string,
  location: Location,
  covered: Partial<Pick<Hiding, "only" | "coversWorkload" | "coversNamespace">>,
): readonly Hiding[] {
  const said = { kind: "annotation" as const, word: ignoreAnnotation, location, place: placeText(location) };
  const ignored = readIgnored(value);
  if (ignored.length === 0)
    return [{ ...nothing, ...said, rule: undefined, reason: null, problem: "no-rule" }];
  return ignored.map(({ rule, reason }) => ({ ...nothing, ...said, ...covered, rule, reason }));
}

/** What the configuration's `ignore` hides. */
export function hidingsOfConfig({ configuration }: World): readonly Hiding[] {
  const { config, configPath, locateInConfig, belowConfig } = configuration;
  return (config.ignore ?? []).flatMap((entry, index): readonly Hiding[] => {
    if (typeof entry === "string") return [];
    const { rules, paths, namespaces, reason = null, until } = entry;
    const matcher = paths && ignore().add([...paths]);
    const inPaths = (path: string) => {
      const below = belowConfig(path);
      return below !== undefined && matcher?.ignores(below) === true;
    };
    const isNamed = namespaces && namesMatching(namespaces);
    const whole = locateInConfig(["ignore", index]);
    const common = {
      kind: "config" as const,
      word: "ignore",
      reason,
      until,
      place: whole ? placeText(whole) : (configPath ?? "the configuration"),
      problem: undefined,
      unread: false,
      only: undefined,
      covers: ({ file }: Location) => !isNamed && (!matcher || inPaths(file)),
      coversWorkload: ({ namespace, resource, root }: Workload, { file }: Location) =>
        (!isNamed || (namespace.name !== null && isNamed(namespace.name))) &&
        (!matcher ||
          inPaths(file) ||
          inPaths(resource.document.file.path) ||
          (root !== null && inPaths(`${root}/kustomization.yaml`))),
      coversNamespace: ({ name, placed }: NamespaceRecord) =>
        isNamed?.(name) === true && (!matcher || (placed !== undefined && inPaths(fileOf(placed)))),
    };
    if (!rules) return [{ ...common, rule: undefined, location: whole }];
    return rules.map((rule, nth) => {
      const location = locateInConfig(["ignore", index, "rules", nth]) ?? whole;
      return { ...common, rule, location };
    });
  });
}

function fileOf({ resource }: Placed): string {
  return resource.document.file.path;
}
