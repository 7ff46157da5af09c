/** What differs between two states of a mesh as text: an entry for each thing that happened, with the facts that did it. */
import type { ChangeKind, MeshChanges } from "../compare/changes.ts";
import { columns, count, grouped, padEnd, padStart, plain, wrap } from "./cells.ts";
import {
  type ChangeGroup,
  changedWorkloads,
  changeGroups,
  type NamedWorkloads,
  uncounted,
  workloadNames,
} from "./change-groups.ts";
import type { ChangesFrame, ChangesStyle } from "./mesh-changes.ts";
import { type Paint, paintOf } from "./paint.ts";

const marks: Readonly<Record<ChangeKind, string>> = {
  lost: "-",
  refused: "!",
  gained: "+",
  undecided: "?",
  decided: "=",
  changed: "~",
  added: " ",
  removed: " ",
};

/** Where what is said of an entry begins. */
const indent = 12;

/** Settings of a sidecar without a name of their own that are told of one entry. */
const mostSettings = 3;

/** The page, ending in a line end. */
export function meshChangesText(changes: MeshChanges, frame: ChangesFrame, style: ChangesStyle): string {
  const paint = paintOf(style.colour);
  const groups = changeGroups(changes, frame.isByRelease);
  const told = groups.filter(({ kind }) => !uncounted.has(kind));
  const blocks = [
    heading(changes, frame, style, paint),
    ...(frame.leads ?? []).flatMap((lead) => [...wrap(plain(lead), style.width), ""]),
    ...told.map((group) => entry(group, changes, style, paint)),
    ...arrivals(groups, style),
    ...findingLines(frame, style, paint),
    ...(frame.notes ?? []).flatMap((note) => ["", ...wrap(plain(note), style.width)]),
  ];
  return `${blocks.join("\n")}\n`;
}

function heading(
  changes: MeshChanges,
  { before, after }: ChangesFrame,
  { width }: ChangesStyle,
  paint: Paint,
): string {
  const left = plain(`Mesh changes, ${before}..${after}`);
  const number = changedWorkloads(changes);
  const total = count(changes.workloads.after, "workload");
  const right =
    number === 0 ? `none in ${total}` : `${count(number, "workload")} of ${grouped(changes.workloads.after)}`;
  const room = width - columns(left);
  return room < columns(right) + 2
    ? `${paint.heading(left)}\n${right}`
    : paint.heading(left) + padStart(right, room);
}

function entry(group: ChangeGroup, changes: MeshChanges, style: ChangesStyle, paint: Paint): string {
  const { kind, cluster, word, causes, workloads } = group;
  const room = style.width - indent;
  const lead = `${marks[kind]} ${word}`;
  const named = whoLines(workloads, changes, room, style.verbose ?? false);
  const who = cluster === null ? named : [plain(`in cluster ${cluster}`), ...named];
  const texts = textsOf(group, style).flatMap((text) => wrap(plain(text), room));
  const facts = causesOf(causes, style);
  const why = facts.flatMap((cause) => wrap(plain(cause), room));
  const lines = inOneLine(who, texts, why, room, paint) ?? [
    ...beside(who, texts, room),
    ...why.map((line) => paint.faint(line)),
  ];
  const painted = brushes(paint)[kind](lead) + " ".repeat(Math.max(1, indent - columns(lead)));
  return lines.map((line, index) => (index === 0 ? painted : " ".repeat(indent)) + line).join("\n");
}

/** Everything in one line where that is wide enough. */
function inOneLine(
  who: readonly string[],
  texts: readonly string[],
  why: readonly string[],
  room: number,
  paint: Paint,
): readonly string[] | undefined {
  if (who.length !== 1 || texts.length > 1 || why.length > 1) return undefined;
  const [first = ""] = [[...who, ...texts].join("  ")];
  const [cause] = why;
  if (cause === undefined) return columns(first) <= room ? [first] : undefined;
  return columns(first) + 2 + columns(cause) <= room ? [`${first}  ${paint.faint(cause)}`] : undefined;
}

/** One line of who and one of what as one, where there is room. */
function beside(who: readonly string[], texts: readonly string[], room: number): readonly string[] {
  const [name = ""] = who;
  const [text = ""] = texts;
  return who.length === 1 && texts.length === 1 && columns(name) + 2 + columns(text) <= room
    ? [`${name}  ${text}`]
    : [...who, ...texts];
}

/** Facts that are told of one entry. */
const mostFacts = 3;

function causesOf(causes: readonly string[], { verbose = false }: ChangesStyle): readonly string[] {
  const rest = causes.length - mostFacts;
  if (verbose || rest <= 1) return causes;
  return [...causes.slice(0, mostFacts), `and ${grouped(rest)} more facts (--verbose)`];
}

function brushes(paint: Paint): Readonly<Record<ChangeKind, (text: string) => string>> {
  return {
    lost: paint.bad,
    refused: paint.bad,
    gained: paint.good,
    undecided: paint.unsure,
    decided: paint.good,
    changed: paint.unsure,
    added: paint.faint,
    removed: paint.faint,
  };
}

function textsOf({ word, texts }: ChangeGroup, { verbose = false }: ChangesStyle): readonly string[] {
  const rest = texts.length - mostSettings;
  if (word !== "other" || verbose || rest <= 1) return texts;
  return [...texts.slice(0, mostSettings), `and ${grouped(rest)} more settings (--verbose)`];
}

/** The workloads by namespace; all sidecars there are as that. */
function whoLines(
  workloads: ChangeGroup["workloads"],
  { injected }: MeshChanges,
  room: number,
  verbose: boolean,
): readonly string[] {
  const isAll = workloads.length > 1 && workloads.length === injected.after && workloads.every(isInjected);
  if (isAll && !verbose) return [`all ${grouped(workloads.length)} sidecars`];
  const named = workloadNames(workloads, verbose);
  const namespaces = new Set(workloads.map(({ namespace }) => namespace.name)).size;
  if (namespaces > 1 && named.reduce((left, { total, more }) => left - total + more, workloads.length) > 0) {
    const some = named.flatMap(({ names }) => names).slice(0, 3);
    const many = `${count(workloads.length, "workload")} in ${count(namespaces, "namespace")}, such as ${some.join(", ")}`;
    return wrap(plain(many), room);
  }
  const width = Math.max(0, ...named.map(({ namespace }) => columns(plain(namespace))));
  const lines = named.flatMap((one) => namespaceLines(one, width, room));
  const rest = named.reduce((left, { total }) => left - total, workloads.length);
  return rest > 0 ? [...lines, `and ${count(rest, "workload")} in other namespaces`] : lines;
}

function isInjected({ decision }: ChangeGroup["workloads"][number]): boolean {
  return decision.verdict === "injected";
}

function namespaceLines(
  { namespace, names, more }: NamedWorkloads,
  width: number,
  room: number,
): readonly string[] {
  const lead = padEnd(plain(namespace), width);
  const list = [...names, ...(more > 0 ? [`${grouped(more)} more`] : [])].join(", ");
  return wrap(plain(list), room - width - 2).map(
    (line, index) => `${index === 0 ? lead : " ".repeat(width)}  ${line}`,
  );
}

/** How many workloads came and went, with their verdicts. */
function arrivals(groups: readonly ChangeGroup[], style: ChangesStyle): readonly string[] {
  return (["added", "removed"] as const).flatMap((kind) => {
    const own = groups.filter((group) => group.kind === kind);
    const total = own.reduce((sum, { workloads }) => sum + workloads.length, 0);
    if (total === 0) return [];
    const verdicts = own
      .map(({ texts, workloads }) => `${grouped(workloads.length)} ${texts[0] ?? ""}`)
      .join(", ");
    const names =
      style.verbose || total <= 3 ? own.flatMap(({ workloads }) => workloads.map(({ label }) => label)) : [];
    const list = names.length > 0 ? `: ${names.join(", ")}` : "";
    return wrap(plain(`${count(total, "workload")} (${verdicts})${list}`), style.width - indent).map(
      (line, index) => padEnd(index === 0 ? `  ${kind}` : "", indent) + line,
    );
  });
}

/** What rules find on one side alone. */
function findingLines(
  { findings, before, after }: ChangesFrame,
  style: ChangesStyle,
  paint: Paint,
): readonly string[] {
  if (!findings) return [];
  const part = (title: string, found: NonNullable<ChangesFrame["findings"]>["appear"]) =>
    found.length === 0
      ? []
      : [
          "",
          paint.heading(plain(`${title} (${grouped(found.length)})`)),
          ...found.flatMap(({ location, rule, severity, message }) => {
            const place = plain(`${location.file}:${location.line}`);
            const lines = wrap(plain(`${message} (${rule})`), style.width - 4);
            return [
              `  ${place}  ${paint.severity[severity](severity)}`,
              ...lines.map((line) => `    ${line}`),
            ];
          }),
        ];
  return [
    ...part(`Found with ${after} alone`, findings.appear),
    ...part(`Found with ${before} alone`, findings.vanish),
  ];
}
